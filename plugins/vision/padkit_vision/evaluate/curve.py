"""A DET picture as SVG: both error rates on normal-deviate axes, one line a curve. No library; numbers only go in."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from statistics import NormalDist

from padkit_vision.evaluate.measures import Curve

SIZE, EDGE = 460, 64
TICKS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4)
LEAST, MOST = 0.0005, 0.6  # what the axes show; rates beyond lie on the edge
COLOURS = ("#005f73", "#bb3e03", "#6a4c93", "#2a9d8f", "#9b2226", "#8d6b00", "#444444")


def det_svg(curves: Sequence[Curve], x_title: str, y_title: str) -> str:
    """Return the picture: `x_title` names the share of those to be stopped that pass, `y_title` of those stopped in error."""
    box = f'viewBox="0 0 {SIZE + 2 * EDGE + 120} {SIZE + 2 * EDGE}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="sans-serif" font-size="12">',
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#888"/>',
    ]
    for tick in TICKS:
        x, y = _x(tick), _y(tick)
        parts += [
            f'<path d="M{x:.1f} {EDGE}V{EDGE + SIZE}M{EDGE} {y:.1f}H{EDGE + SIZE}" stroke="#ddd"/>',
            f'<text x="{x:.1f}" y="{EDGE + SIZE + 16}" text-anchor="middle">{tick:.1%}</text>',
            f'<text x="{EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:.1%}</text>',
        ]
    middle = EDGE + SIZE / 2
    parts += [
        f'<text x="{middle}" y="{EDGE + SIZE + 40}" text-anchor="middle">{escape(x_title)}</text>',
        f'<text x="13" y="{middle}" text-anchor="middle" transform="rotate(-90 13 {middle})">{escape(y_title)}</text>',
    ]
    for place, curve in enumerate(curves):
        colour = COLOURS[place % len(COLOURS)]
        path = "L".join(f"{_x(it.passed):.1f} {_y(it.stopped):.1f}" for it in curve.points)
        parts += [
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{EDGE + SIZE + 8}" y="{EDGE + 14 + 16 * place}" fill="{colour}">{escape(curve.name)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _place(rate: float) -> float:
    """0 to 1 along an axis."""
    low, high = NormalDist().inv_cdf(LEAST), NormalDist().inv_cdf(MOST)
    return (NormalDist().inv_cdf(min(MOST, max(LEAST, rate))) - low) / (high - low)


def _x(rate: float) -> float:
    return EDGE + SIZE * _place(rate)


def _y(rate: float) -> float:
    return EDGE + SIZE * (1 - _place(rate))
