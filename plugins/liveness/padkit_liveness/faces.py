"""A face as a detector found it, and which of several boxes are the same face. No model here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from padkit_sdk.ports import Point

Floats = NDArray[np.floating]
SAME = 0.3  # overlap (intersection over union) from which two boxes are one face


@dataclass(frozen=True, slots=True)
class Face:
    """One face in pixels of the picture: box, the person's `right` and `left` eye, `nose` and middle of the `mouth`.

    `score` is the detector's own, 0 to 1.
    """

    left: float
    top: float
    width: float
    height: float
    score: float
    right_eye: Point
    left_eye: Point
    nose: Point
    mouth: Point

    @property
    def centre(self) -> Point:
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def corners(self) -> tuple[Point, ...]:
        """The four corners, clockwise from the top left."""
        right, bottom = self.left + self.width, self.top + self.height
        return (self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom)


def kept(boxes: Floats, scores: Floats) -> list[int]:
    """Return the indices of the boxes (n x 4: left, top, width, height) that stay, the best score first.

    A box that overlaps a better one by `SAME` or more goes. Equal scores keep their order, so a second run says the same.
    """
    left, top = boxes[:, 0], boxes[:, 1]
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    area = boxes[:, 2] * boxes[:, 3]
    order = np.argsort(-scores, kind="stable")
    stay: list[int] = []
    while order.size:
        best, rest = order[0], order[1:]
        stay.append(int(best))
        wide = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest])
        high = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest])
        both = np.maximum(wide, 0) * np.maximum(high, 0)
        order = rest[both < SAME * np.maximum(area[best] + area[rest] - both, 1e-9)]
    return stay
