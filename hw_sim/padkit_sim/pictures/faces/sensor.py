"""The camera: when it takes a frame, its noise, its exposure, its JPEG. A virtual camera lacks what chance adds."""

from __future__ import annotations

import random
from collections.abc import Iterator

import cv2
import numpy as np

from padkit_sim.pictures.faces.pixels import Pixels, shown

QUALITY = 80
BYTES_MEAN, BYTES_SPREAD = 255.0, 104.5  # of the sum of two random bytes
LOST = 0.015  # of the frames never come


class Sensor:
    """One camera with `frames_per_s`; a real one for a real picture, a `virtual` one for a stream put in its place."""

    def __init__(self, rng: random.Random, *, virtual: bool = False) -> None:
        self.frames_per_s = 15.0 if virtual else round(rng.uniform(10.5, 15.0), 1)
        self._virtual = virtual
        self._rng = rng
        self._chance = np.random.default_rng(rng.getrandbits(64))
        self._noise = rng.uniform(1.6, 3.2)
        self._blur = rng.uniform(0.5, 0.8)
        self._grain = self._new_grain()

    def moments(self, until_s: float) -> Iterator[float]:
        """When frames come, in seconds, rising; real ones come a little early or late, and some get lost."""
        number, last_s = 0, -1.0
        while (at_s := number / self.frames_per_s) < until_s:
            number += 1
            if not self._virtual:
                if self._rng.random() < LOST and number > 1:
                    continue
                at_s = max(at_s + self._rng.gauss(0, 0.0035), last_s + 0.005, 0.0)
            last_s = at_s
            yield round(at_s, 4)

    def jpeg(self, light: Pixels) -> bytes:
        """The frame as a camera gives it."""
        if not self._virtual:
            self._grain = self._new_grain()
        exposure = 1.0 if self._virtual else 1 + self._rng.gauss(0, 0.006)
        soft = cv2.GaussianBlur(light, (0, 0), self._blur).astype(np.float32)
        frame = shown(soft * np.float32(exposure) + self._grain)
        done, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        assert done
        return bytes(data)

    def _new_grain(self) -> Pixels:
        two = np.frombuffer(self._chance.bytes(2 * 480 * 640 * 3), np.uint8).reshape(2, 480, 640, 3)
        grain = two[0].astype(np.float32) + two[1]
        grain -= BYTES_MEAN
        grain *= self._noise / BYTES_SPREAD
        return np.asarray(grain)
