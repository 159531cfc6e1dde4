"""Layer `camera`: signs that the frames come from a file or a virtual camera instead of a sensor. What attests the camera's
path is not here: a good forgery shows none of these signs.
"""

from __future__ import annotations

from statistics import fmean, median, pstdev

from padkit_liveness.layers.base import Found
from padkit_liveness.observation import Observation
from padkit_sdk.ports import LayerState

FRAMES = 10  # fewer say nothing
REPEATS, REPEATS_SHARE = 2, 0.02  # frames that a camera's driver may give twice
SAME_NOISE = 0.2  # of the blocks are the frame's before
EVEN = 0.003  # spread of the times between frames, of their mean: no queue on the way was ever that even
LONG = 1.5  # of the middle time: a gap where frames were lost; it says nothing of evenness


class Camera:
    """Its score is the worst of its signs, 0 to 1, a half at its limit."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()
        self._repeats = self._frames = 0
        self._noise: list[float] = []
        self._times_s: list[float] = []

    def feed(self, seen: Observation) -> None:
        self._frames += 1
        if seen.digest in self._digests:
            self._repeats += 1
        elif self._frames > 1:
            self._noise.append(seen.same_noise)
        self._digests.add(seen.digest)
        self._times_s.append(seen.at_s)

    def found(self) -> Found:
        repeated = self._repeats / max(REPEATS, REPEATS_SHARE * self._frames)
        noise = (median(self._noise) if self._noise else 0.0) / SAME_NOISE
        score = min(1.0, max(repeated / 2, noise / 2))
        reasons = [
            *(["camera.repeated_frames"] if repeated > 1 else []),
            *(["camera.same_noise"] if noise > 1 else []),
        ]
        if reasons:
            return Found(LayerState.FAILED, score, 0.5, (*reasons, *self._even()))
        if self._frames < FRAMES:
            return Found(LayerState.INCONCLUSIVE, score, 0.5, ("camera.few_frames",))
        if even := self._even():
            return Found(LayerState.INCONCLUSIVE, score, 0.5, even)
        return Found(LayerState.PASSED, score, 0.5)

    def _even(self) -> tuple[str, ...]:
        """Times as even as those of a recorded file: a sign only, for a recording that is judged has it too."""
        gaps = [later - sooner for sooner, later in zip(self._times_s, self._times_s[1:], strict=False)]
        if len(gaps) < FRAMES:
            return ()
        usual = [gap for gap in gaps if gap <= LONG * median(gaps)]
        return ("camera.even_times",) if pstdev(usual) < EVEN * fmean(usual) else ()
