"""The port of a fingerprint reader: one touch gives a grey picture, its quality and, where the machine can, a template.

Pictures and templates are a person's body: they travel hidden, and a driver keeps none of them after the call. A score is
evidence for a person who decides, never a decision by itself.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from padkit_sdk.ports.device import Device
from padkit_sdk.secrets import HiddenBytes


class FingerprintCapability(enum.Enum):
    """What a reader can do; the flow picks its variant from these, never from a model name."""

    IMAGE = "image"  # a sample has a picture
    TEMPLATE = "template"  # a sample has an ISO/IEC 19794-2 record, and `match` takes such records
    MATCH_ON_DEVICE = "match_on_device"  # the reader keeps its own library; enrolment is the driver's, beyond this port


class Finger(enum.Enum):
    """Finger positions of ISO/IEC 19794-2:2005, table 2."""

    UNKNOWN = 0
    RIGHT_THUMB = 1
    RIGHT_INDEX = 2
    RIGHT_MIDDLE = 3
    RIGHT_RING = 4
    RIGHT_LITTLE = 5
    LEFT_THUMB = 6
    LEFT_INDEX = 7
    LEFT_MIDDLE = 8
    LEFT_RING = 9
    LEFT_LITTLE = 10


@dataclass(frozen=True, slots=True)
class FingerprintSample:
    """One accepted touch.

    `image` has `width` times `height` bytes, 8-bit grey, ridges dark on light, the finger's tip up; `dpi` is nominal, no
    reader was calibrated. `quality` is 0 (worst) to 100. `template` is one ISO/IEC 19794-2:2005 record of one view, empty
    when the reader's capabilities lack `TEMPLATE`.
    """

    finger: Finger
    image: HiddenBytes
    width: int
    height: int
    dpi: int
    quality: int
    template: HiddenBytes = HiddenBytes(b"")


@dataclass(frozen=True, slots=True)
class FingerprintMatch:
    """How alike two templates are: `score` from 0, on the scale of `engine`; the reader's setting calls `threshold` enough."""

    score: int
    threshold: int
    engine: str

    @property
    def alike(self) -> bool:
        return self.score >= self.threshold


class FingerprintReader(Device, Protocol):
    """A reader for one finger at a time.

    While it waits it emits `DeviceEvent`: `finger.waiting` with `for` = touch or lift, `finger.on`, `finger.off`.
    """

    async def capabilities(self) -> frozenset[FingerprintCapability]:
        """What this reader can do on this machine; does not change while it is open."""
        ...

    async def capture(self, finger: Finger, *, timeout_s: float) -> FingerprintSample:
        """Wait for a touch, take its picture, wait until the finger is lifted. `finger` is what the person was asked for.

        Raises:
            AskAgain: ``finger.not_touched`` (no touch in time), ``finger.remove`` (the finger of the capture before still
                lies there), ``finger.dry``, ``finger.wet``, ``finger.partial``, ``finger.centre`` (touch again, better).
            DeviceFault: ``finger.*`` of the reader: it does not start, gives no usable picture, refuses.
            Refused: ``reader.busy``, another call has the reader until `timeout_s` is over.
            LinkLost, BadFrame, OutcomeUnknown: the wire; nothing of the person was kept.
        """
        ...

    async def match(self, first: HiddenBytes, second: HiddenBytes, *, timeout_s: float) -> FingerprintMatch:
        """Compare two templates of this port's kind, 1:1. Moves nothing, and needs no finger.

        Raises:
            Refused: ``template.unsupported`` without the capability `TEMPLATE`; ``template.format`` for what is no record.
            DeviceFault: ``finger.templates``, no score in `timeout_s`; asking again is harmless.
        """
        ...
