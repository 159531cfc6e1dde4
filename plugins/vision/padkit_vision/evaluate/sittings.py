"""Sittings: a recorded session through `FaceChecker`, frame by frame at its own times, and the verdict beside its label."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from padkit_sdk import Refused
from padkit_sdk.ports import FaceChecker, FaceVerdict, LayerState, Picture
from padkit_sdk.secrets import HiddenBytes
from padkit_vision.evaluate.documents import named
from padkit_vision.evaluate.labels import SessionLabel, pictures, within

CALL_S = 60.0
SOURCE = "evaluation"
OVER = "face.session"
JPEG_QUALITY = 95


@dataclass(frozen=True, slots=True)
class Sitting:
    """One recorded session: a folder of frames, or a video; with its label."""

    path: Path
    label: SessionLabel

    def frames(self) -> Iterator[tuple[float, bytes]]:
        """Yield time and bytes of each frame. Raises `Refused` ``label.file``, ``video.*``."""
        if self.path.is_dir():
            for at_s, path in self.shots():
                yield at_s, path.read_bytes()
        else:
            yield from _of_video(self.path)

    def shots(self) -> list[tuple[float, Path]]:
        """Time and file of each frame of a folder. Raises `Refused` ``label.file``."""
        if self.label.frames:
            return [(frame.at_s, within(self.path, frame.file, self.path)) for frame in self.label.frames]
        return [(number / self.label.fps, path) for number, path in enumerate(pictures(self.path))]


@dataclass(frozen=True, slots=True)
class Sat:
    """What became of one sitting: the verdict's score and layers, or an error. `ms` are the times of its frames."""

    sitting: Sitting
    live: bool = False
    score: float = 0.0
    threshold: float = 0.0
    layers: Mapping[str, LayerState] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    refused: int = 0
    error: str = ""
    ms: tuple[float, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)

    def passes(self, threshold: float | None) -> bool:
        """Whether it passes at `threshold`, None for the driver's own: a veto of its rule holds at every threshold."""
        if self.error or threshold is None:
            return self.live and not self.error
        return self.rank >= threshold

    @property
    def rank(self) -> float:
        """The score for a curve: what was refused in spite of its score passes at no threshold above nought."""
        return 0.0 if self.error or (not self.live and self.score >= self.threshold) else self.score


async def sit(checker: FaceChecker, sitting: Sitting) -> Sat:
    """Play the session to `checker`."""
    ms: list[float] = []
    refused = 0
    try:
        plan = await checker.begin(steps=sitting.label.plan(), timeout_s=CALL_S)
        for at_s, data in sitting.frames():
            began_s = time.monotonic()
            try:
                await checker.frame(plan.session, Picture(HiddenBytes(data), SOURCE, at_s), timeout_s=CALL_S)
            except Refused as exc:
                refused += 1
                if exc.reason == OVER:
                    break
            ms.append((time.monotonic() - began_s) * 1000)
        return _sat(sitting, await checker.finish(plan.session, timeout_s=CALL_S), refused, tuple(ms))
    except Exception as exc:  # noqa: BLE001 - whatever the judged driver lets through is its result
        return Sat(sitting, error=named(exc), refused=refused, ms=tuple(ms))


def lost(sitting: Sitting) -> Sat:
    """The outcome of a sitting whose process ended."""
    return Sat(sitting, error="process ended")


def _sat(sitting: Sitting, verdict: FaceVerdict, refused: int, ms: tuple[float, ...]) -> Sat:
    return Sat(
        sitting,
        verdict.live,
        verdict.score,
        verdict.threshold,
        {it.layer: it.state for it in verdict.layers},
        tuple(reason for it in verdict.layers for reason in it.reasons),
        refused,
        ms=ms,
        models={use.name: use.sha256 for it in verdict.layers for use in it.models},
    )


def _of_video(path: Path) -> Iterator[tuple[float, bytes]]:
    try:
        import cv2
    except ImportError as exc:
        raise Refused("video.reader", f"{path}: videos need OpenCV; install opencv-python-headless") from exc
    video = cv2.VideoCapture(str(path))
    try:
        count = 0
        while True:
            at_s = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
            there, pixels = video.read()
            if not there:
                break
            count += 1
            _, encoded = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
            yield at_s, encoded.tobytes()
        if not count:
            raise Refused("video.frames", f"{path}: OpenCV finds no frame in it; give a video that it reads")
    finally:
        video.release()
