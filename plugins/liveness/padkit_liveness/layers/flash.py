"""Layer `flash`: the light on the skin follows the colours of the screen, and what is behind does not follow as strongly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from padkit_liveness.layers.alignment import Windows, aligned
from padkit_liveness.layers.base import Found
from padkit_liveness.observation import Light, Observation
from padkit_sdk.ports import FaceStep, FaceStepKind, LayerState

GAMMA = 2.2
PAGE = 0.45  # linear light of the page between flashes, of a white screen's
SHINE = 0.7  # light of a white screen on a face, of the room's: what a change is measured in
STRENGTH = 0.2  # of what `SHINE` would give; less is too little to tell from noise
BEHIND = 0.35  # of the skin's strength: from here on it is one surface with the face
FRAMES = 5  # with a face in all colours together, for each colour
FLOOR = 3e-3  # of linear light: darker than this colours mean nothing
LAG_S = (-0.1, 0.7)  # a page and a camera are late
BEFORE_S = 0.4  # of the page's own light, to compare with
LOOKING_S = 1.0  # a recording keeps its own time, but no colour falls on a person who has just sat down

Floats = NDArray[np.floating]


class Flash:
    """Its score is the correlation of the skin's colour with the sequence, -1 to 1."""

    def __init__(self, steps: Sequence[FaceStep], threshold: float, *, replayed: bool) -> None:
        self._kinds = [step.kind for step in steps]
        self._colours = [step.colour for step in steps if step.kind is FaceStepKind.FLASH]
        self._threshold = threshold
        self._replayed = replayed
        self._began_s: dict[int, float] = {}
        self._times_s: list[float] = []
        self._light: list[tuple[Light, Light, Light]] = []

    def feed(self, seen: Observation) -> None:
        if seen.step < len(self._kinds) and self._kinds[seen.step] is FaceStepKind.FLASH:
            self._began_s.setdefault(seen.step, seen.at_s)
        if seen.seen is not None:
            self._times_s.append(seen.at_s)
            self._light.append((seen.seen.skin, *seen.seen.behind))

    def found(self) -> Found:
        if not self._colours:
            return self._said(LayerState.NOT_AVAILABLE, 0.0, "flash.not_asked")
        times = np.array(self._times_s)
        windows = self._windows(times)
        if windows is None:
            return self._said(LayerState.INCONCLUSIVE, 0.0, "flash.not_done")
        part = times >= windows.began_s[0] + windows.slack_s[0] - BEFORE_S
        if part.sum() < FRAMES * len(self._colours):
            return self._said(LayerState.INCONCLUSIVE, 0.0, "flash.few_frames")
        return self._followed(times[part], chroma(np.array(self._light)[part]), windows)

    def _windows(self, times: Floats) -> Windows | None:
        """When each colour may have begun: after it was asked for, or in a recording at any time."""
        if self._replayed:
            if not len(times):
                return None
            return Windows([times[0]] * len(self._colours), (LOOKING_S, float(times[-1] - times[0])))
        if len(self._began_s) < len(self._colours):
            return None
        return Windows([self._began_s[step] for step in sorted(self._began_s)], LAG_S)

    def _followed(self, times: Floats, shown: Floats, windows: Windows) -> Found:
        expected = np.array([answer(colour) for colour in self._colours])
        moments = aligned(times, shown[:, 0], expected, windows)
        if moments is None:
            return self._said(LayerState.INCONCLUSIVE, 0.0, "flash.few_frames")
        wanted = np.concatenate((np.zeros((1, 2)), expected))[moments]
        (score, skin), *behind = (_fit(wanted, shown[:, part]) for part in range(3))
        if score < self._threshold:
            return self._said(LayerState.FAILED, score, "flash.not_followed")
        if skin < STRENGTH:
            return self._said(LayerState.INCONCLUSIVE, score, "flash.too_bright")
        if np.mean([strength for _, strength in behind]) > BEHIND * skin:
            return self._said(LayerState.FAILED, score, "flash.background")
        return self._said(LayerState.PASSED, score)

    def _said(self, state: LayerState, score: float, *reasons: str) -> Found:
        return Found(state, score, self._threshold, reasons)


def chroma(light: Floats) -> Floats:
    """How red and how blue light (…, 3) is against its green, as logarithms (…, 2)."""
    logs = np.log(np.maximum(light, FLOOR))
    return np.stack((logs[..., 2] - logs[..., 1], logs[..., 0] - logs[..., 1]), axis=-1)


def answer(colour: str) -> Floats:
    """The change of chroma that ``#rrggbb`` on the screen gives a face at `SHINE`."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    lit = (1 + SHINE * np.array([blue, green, red]) ** GAMMA) / (1 + SHINE * PAGE)
    return chroma(lit)


def _fit(wanted: Floats, shown: Floats) -> tuple[float, float]:
    """Correlation of both, and how strongly `shown` follows."""
    x, y = wanted - wanted.mean(axis=0), shown - shown.mean(axis=0)
    xx, yy, xy = float((x * x).sum()), float((y * y).sum()), float((x * y).sum())
    return xy / max((xx * yy) ** 0.5, 1e-9), xy / max(xx, 1e-9)
