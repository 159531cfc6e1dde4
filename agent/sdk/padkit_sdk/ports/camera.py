"""The port of a camera that belongs to the kit: it gives the newest picture, and keeps none."""

from __future__ import annotations

import enum
from typing import Protocol

from padkit_sdk.ports.device import Device
from padkit_sdk.ports.picture import Picture


class CameraView(enum.Enum):
    """What the camera looks at."""

    DOCUMENT = "document"
    FACE = "face"


class Camera(Device, Protocol):
    """A camera. One call at a time."""

    async def views(self) -> frozenset[CameraView]:
        """What this camera can look at. No I/O."""
        ...

    async def take(self, view: CameraView, *, timeout_s: float) -> Picture:
        """Wait for the next picture of `view` that was not given before, and return it.

        Raises:
            AskAgain: ``camera.no_picture`` (none in `timeout_s`).
            Refused: ``camera.view`` (it does not look there), ``picture.size`` (over `MAX_PICTURE_BYTES`).
            LinkLost, BadFrame: the source is away, or sends what is no picture.
        """
        ...
