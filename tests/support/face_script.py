"""Scripted observations of a sitting, frame by frame, for the layers of liveness."""

from __future__ import annotations

from dataclasses import replace

from padkit_liveness.observation import Observation, Seen

GREY = (0.4, 0.4, 0.4)
FACE = Seen(0.35, 0.2, 0.65, 0.75, 1.0, 0.0, 0.6, 0.1, GREY, (GREY, GREY), 150.0, 100.0)


class Script:
    """Builds observations, 12 a second, each with its own digest."""

    def __init__(self) -> None:
        self.at_s, self.count = 0.0, 0

    def frame(self, step: int = 0, *, faces: int = 1, digest: bytes | None = None, same_noise: float = 0.0, **seen):
        """The next frame; keys of `Seen` change the face, ``faces=0`` takes it away."""
        self.count += 1
        self.at_s += 1 / 12 + 0.002 * (self.count % 3)
        face = replace(FACE, **seen) if faces else None
        own = digest if digest is not None else self.count.to_bytes(4, "big")
        return Observation(self.at_s, step, faces, face, own, same_noise)
