"""The port of a signature pad: show a picture, have a person sign, bind what was written to the document's hash.

How the series of points is laid out and what the binding digests is said in `padkit_sdk.signature`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from padkit_sdk.ports.device import Device
from padkit_sdk.secrets import HiddenBytes, HiddenText

DOCUMENT_HASH_BYTES = 32  # SM3 or SHA-256


class PadLanguage(enum.Enum):
    """The language of the words on the pad's screen."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class PadCapability:
    """What the pad says of itself.

    `width_px` and `height_px` are its screen, `max_x` and `max_y` the largest digitiser coordinates, `resolution_dpi` the
    digitiser's units per inch, `max_pressure` the largest pressure, `rate_hz` its reports per second. `colour_bits` is 1, 16 or
    24. `sequenced`: the pad numbers and times its reports itself, so that a lost one is seen.
    """

    width_px: int
    height_px: int
    max_x: int
    max_y: int
    max_pressure: int
    rate_hz: int
    resolution_dpi: int
    colour_bits: int
    sequenced: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, whole. Everything that shows the hand is hidden.

    `series` is every point in device units, `binding` the digest over it and `document_hash`, made as `binding_scheme` says.
    `iso_record` is an ISO/IEC 19794-7 record, `svg` and `png` (transparent, black ink) are for the eye. `lost` counts the
    reports that the pad sent and that never came (None: the pad does not number them), `repeated` those that came twice.
    `duration_ms` runs from the first touch of the pen to its last lift.
    """

    document_hash: bytes
    series: HiddenBytes
    iso_record: HiddenBytes
    svg: HiddenText
    png: HiddenBytes
    binding: bytes
    binding_scheme: str
    points: int
    strokes: int
    duration_ms: int
    lost: int | None
    repeated: int


class SignaturePad(Device, Protocol):
    """A pad with a screen. One call at a time; a second one waits inside its own time."""

    async def capability(self) -> PadCapability:
        """What the pad is. No I/O."""
        ...

    async def show(self, picture: HiddenBytes, *, timeout_s: float) -> None:
        """Show a picture of exactly the screen's size: a PNG, or raw bytes R, G, B by rows. A cancel leaves the screen unclear.

        Emits ``signature.screen_progress``.

        Raises:
            Refused: ``signature.picture`` (no such picture, another size), ``pad.busy``.
            DeviceFault: ``pad.image``, ``pad.wrong_state`` or another ``pad.``; `raw` is the pad's own code.
            LinkLost, OutcomeUnknown: the wire; show it again.
        """
        ...

    async def clear(self, *, timeout_s: float) -> None:
        """Wipe the screen. Raises as `show` does."""
        ...

    async def sign(
        self,
        document_hash: bytes,
        *,
        language: PadLanguage = PadLanguage.CHINESE,
        background: HiddenBytes = HiddenBytes(b""),  # noqa: B008 - a frozen value
        timeout_s: float,
    ) -> Signature:
        """Have a person sign; ends when they touch "confirm". The screen is wiped at every end, a cancel included.

        The pad shows the beginning of `document_hash` (32 bytes) and areas to confirm, to begin anew and to cancel, in
        `language`, over `background` when one is given (a picture as in `show`). "Confirm" with nothing written goes on waiting
        (event ``signature.nothing_written``).

        Raises:
            AskAgain: ``signature.cancelled`` (the person touched "cancel"), ``signature.timeout`` (no "confirm" within
                `timeout_s`), ``signature.too_long``. Nothing of the hand is kept.
            Refused: ``signature.document_hash`` (not 32 bytes), ``signature.picture``, ``pad.busy``.
            DeviceFault: ``pad.wrong_state``, ``pad.image``, ``pad.numbering`` or another ``pad.``.
            LinkLost, OutcomeUnknown: the wire; nothing half written comes back.
        """
        ...
