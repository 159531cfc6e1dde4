"""A signature for the eye: SVG text and a transparent PNG, cut to what was written. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, hypot

from padkit_sdk.signature import PenPoint, PenState, Scale
from padkit_signature_pad.png import encode_rgba

PIXELS_PER_INCH = 200
MOST_PX = 1600  # of the longer side
MARGIN_PX = 6.0
THIN_PX, THICK_PX = 1.2, 4.0  # pen's width at no pressure and at the largest
STEP_PX = 0.5
MOST_DOTS = 20_000  # a pad that jumps about costs no more than this
OPAQUE = 255


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the picture, with the pen's width there."""

    x: float
    y: float
    width: float


def strokes(scale: Scale, points: Sequence[PenPoint]) -> tuple[int, int, list[list[Dot]]]:
    """Width and height of the picture, and the strokes on it."""
    down: list[list[PenPoint]] = []
    was_down = False
    for point in points:
        is_down = PenState.TIP_DOWN in point.state
        if is_down and not was_down:
            down.append([])
        if is_down:
            down[-1].append(point)
        was_down = is_down
    written = [point for stroke in down for point in stroke]
    if not written:
        return 1, 1, []
    left, top = min(p.x for p in written), min(p.y for p in written)
    units = max(max(p.x for p in written) - left, max(p.y for p in written) - top, 1)
    factor = min(PIXELS_PER_INCH / scale.resolution_dpi, (MOST_PX - 2 * MARGIN_PX) / units)

    def dot(point: PenPoint) -> Dot:
        width = THIN_PX + (THICK_PX - THIN_PX) * point.pressure / scale.max_pressure
        return Dot((point.x - left) * factor + MARGIN_PX, (point.y - top) * factor + MARGIN_PX, width)

    drawn = [[dot(point) for point in stroke] for stroke in down]
    wide, high = (ceil(max(v) + MARGIN_PX) for v in zip(*((d.x, d.y) for s in drawn for d in s), strict=True))
    return wide, high, drawn


def svg(scale: Scale, points: Sequence[PenPoint]) -> str:
    """One path a stroke, as wide as its mean pressure."""
    width, height, drawn = strokes(scale, points)
    paths = "".join(_path(stroke) for stroke in drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none" stroke="#000" '
        f'stroke-linecap="round" stroke-linejoin="round">{paths}</svg>'
    )


def _path(stroke: list[Dot]) -> str:
    width = sum(dot.width for dot in stroke) / len(stroke)
    line = " ".join(f"{dot.x:.1f} {dot.y:.1f}" for dot in (stroke if len(stroke) > 1 else stroke * 2))
    return f'<path d="M{line}" stroke-width="{width:.1f}"/>'


def png(scale: Scale, points: Sequence[PenPoint]) -> bytes:
    """Black on transparent, edges smoothed."""
    width, height, drawn = strokes(scale, points)
    alpha = bytearray(width * height)
    for dot in _dots(drawn):
        _stamp(alpha, width, height, dot)
    rgba = bytearray(width * height * 4)
    rgba[3::4] = alpha
    return encode_rgba(width, height, bytes(rgba))


def _dots(drawn: list[list[Dot]]) -> Iterator[Dot]:
    """Dots along every stroke, so close that they make a line."""
    pairs = [pair for stroke in drawn for pair in pairwise(stroke)]
    way = sum(hypot(b.x - a.x, b.y - a.y) for a, b in pairs)
    step = max(STEP_PX, way / MOST_DOTS)
    for stroke in drawn:
        yield stroke[0]
    for a, b in pairs:
        count = max(1, int(hypot(b.x - a.x, b.y - a.y) / step))
        for i in range(1, count + 1):
            part = i / count
            yield Dot(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part, a.width + (b.width - a.width) * part)


def _stamp(alpha: bytearray, width: int, height: int, dot: Dot) -> None:
    radius = dot.width / 2
    reach = radius + 0.5
    for y in range(max(0, int(dot.y - reach)), min(height, int(dot.y + reach) + 2)):
        for x in range(max(0, int(dot.x - reach)), min(width, int(dot.x + reach) + 2)):
            cover = reach - hypot(x - dot.x, y - dot.y)
            if cover > 0:
                at = y * width + x
                alpha[at] = max(alpha[at], min(OPAQUE, int(cover * OPAQUE)))
