"""One sitting: its plan, its layers, the best frame so far. It keeps numbers, one picture, and nothing else of its frames."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2

from padkit_liveness.config import Config
from padkit_liveness.eyes import Before, Eyes, Frame
from padkit_liveness.layers import Camera, Challenge, Continuity, Flash, HeadInFrame, Layer, Passive
from padkit_liveness.layers.head import PRESENT
from padkit_liveness.observation import Observation
from padkit_liveness.plan import FLASH_S
from padkit_sdk import HiddenBytes, Refused
from padkit_sdk.ports import FacePlan, FaceStepKind, FaceVerdict, FrameView, LayerResult
from padkit_vision.pictures import Pixels

FRAMES_PER_S = 12.0  # wanted
LEAST_S = 1 / 30 - 0.004  # between frames; a camera of 30 a second is sometimes a little early
MAX_FRAMES = 600
SPARE_S = 10.0  # beyond the steps' own times
SAMPLE_S = 0.5  # between embeddings
PASSIVE_EACH = 4  # frames
JPEG_QUALITY = 92
COLOURED = 0.25  # what a frame's sharpness counts under a colour: a person who looks at it wants plain light


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the next frame is to be looked at for."""

    before: Before | None
    sample: bool
    passive: bool


class Sitting:
    """Frames are announced with `expect` as they come and given with `take` when they were looked at."""

    def __init__(self, plan: FacePlan, eyes: Eyes, config: Config, *, replayed: bool) -> None:
        self.plan = plan
        self._eyes, self._config, self._replayed = eyes, config, replayed
        self._challenge = Challenge(plan.steps)
        self._continuity = Continuity(config.same_face_distance, eyes.embedder.distance)
        self._layers: dict[str, Layer] = {
            "head_in_frame": HeadInFrame(),
            "passive": Passive(config.passive_threshold, available=eyes.has_passive),
            "challenge": self._challenge,
            "flash": Flash(plan.steps, config.flash_threshold, replayed=replayed),
            "continuity": self._continuity,
            "camera": Camera(),
        }
        self._step = self._frames = 0
        self._step_s: float | None = None
        self._first_s = self._last_s = 0.0
        self._sampled_s = float("-inf")
        self._before: Before | None = None
        self._best: tuple[float, Pixels] | None = None

    def expect(self, at_s: float) -> Wanted:
        """Take note of a frame's time. Raises `Refused` ``face.time``, ``face.frames``, ``face.session``."""
        session = self.plan.session
        if not math.isfinite(at_s):
            raise Refused("face.time", f"sitting {session}: frame at {at_s} s; give seconds of the source's clock")
        if self._frames and at_s - self._last_s < LEAST_S:
            told = f"sitting {session}: frame at {at_s:.4f} s comes {at_s - self._last_s:.4f} s after the one before"
            raise Refused("face.time", f"{told}; give rising times, at most 30 frames a second")
        if self._frames >= MAX_FRAMES:
            raise Refused("face.frames", f"sitting {session}: {MAX_FRAMES} frames are all it may have; finish it")
        self._first_s = self._first_s if self._frames else at_s
        if at_s - self._first_s > sum(step.timeout_s for step in self.plan.steps) + SPARE_S:
            raise Refused(
                "face.session", f"sitting {session}: over its time at {at_s - self._first_s:.0f} s; finish it"
            )
        self._last_s, self._frames = at_s, self._frames + 1
        sample = at_s - self._sampled_s >= SAMPLE_S or self._continuity.doubt
        return Wanted(self._before, sample, self._frames % PASSIVE_EACH == 0)

    def take(self, at_s: float, frame: Frame) -> FrameView:
        """Feed the layers with a frame that was looked at, and say what is wanted next."""
        self._step_s = at_s if self._step_s is None else self._step_s
        seen = Observation(at_s, self._step, frame.faces, frame.seen, frame.digest, frame.same_noise)
        for layer in self._layers.values():
            layer.feed(seen)
        if frame.seen is not None and frame.seen.embedding is not None:
            self._sampled_s = at_s
        self._before = frame.before
        self._keep_best(frame)
        if self._step_over(at_s):
            self._step, self._step_s = self._step + 1, at_s
        return FrameView(self._step, frame.hint, frame.box)

    def verdict(self) -> FaceVerdict:
        """What the rule says of all that was seen."""
        found = {name: layer.found() for name, layer in self._layers.items()}
        judged = self._config.rule.judge(found)
        layers = tuple(
            LayerResult(
                name, it.state, it.score, it.threshold, judged.contributions[name], it.reasons, self._eyes.models(name)
            )
            for name, it in found.items()
        )
        return FaceVerdict(
            judged.live,
            judged.score,
            self._config.rule.threshold,
            self._config.rule.name,
            layers,
            HiddenBytes(self._best_jpeg()),
            self._frames,
            self._replayed,
        )

    def _step_over(self, at_s: float) -> bool:
        if self._step >= len(self.plan.steps) or self._step_s is None:
            return False
        if self.plan.steps[self._step].kind is FaceStepKind.FLASH:
            return at_s - self._step_s >= FLASH_S
        return self._challenge.over

    def _keep_best(self, frame: Frame) -> None:
        """Of the frames whose face was compared and is the sitting's own: a portrait is held against this one picture."""
        if frame.seen is None or frame.faces != 1 or frame.seen.presence < PRESENT:
            return
        if frame.seen.embedding is None or self._continuity.doubt or not self._challenge.still(frame.seen):
            return
        plain = self._step < len(self.plan.steps) and self.plan.steps[self._step].kind is not FaceStepKind.FLASH
        worth = frame.seen.sharpness * (1 if plain else COLOURED)
        if self._best is None or worth > self._best[0]:
            self._best = (worth, frame.small)

    def _best_jpeg(self) -> bytes:
        """Made anew from pixels: what else the camera wrote into the file is left behind."""
        if self._best is None:
            return b""
        done, data = cv2.imencode(".jpg", self._best[1], (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
        return data.tobytes() if done else b""
