"""The APDU port (ISO/IEC 7816-4): a dispenser's inner contact station offers it, and so does a PC/SC reader."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

MAX_COMMAND = 261  # short APDU: 4 header + Lc + 255 data + Le
MAX_RESPONSE = 258  # 256 data + SW1 SW2


class CardProtocol(enum.Enum):
    T0 = "T=0"
    T1 = "T=1"


@dataclass(frozen=True, slots=True)
class AnswerToReset:
    """What a card said on reset (ISO/IEC 7816-3), at most 33 bytes."""

    protocol: CardProtocol
    atr: bytes


class ChipCard(Protocol):
    """A contact chip that can be powered and spoken to. One user at a time."""

    async def power_on(self, *, timeout_s: float) -> AnswerToReset:
        """Power the chip and reset it (cold).

        Raises: `DeviceFault` ``chip.absent``, ``chip.mute`` or ``chip.activation``; `LinkLost`; `OutcomeUnknown`.
        """
        ...

    async def transmit(self, command: bytes, *, timeout_s: float) -> bytes:
        """Send one C-APDU (4..261 bytes), return the R-APDU: data, then SW1 SW2.

        ``61 xx`` and ``6C xx`` are followed inside (at most 32 rounds), so the caller never sees them.

        Raises: `Refused` ``apdu.length``; `DeviceFault` ``chip.mute``, ``chip.off``, ``chip.transmission``, ``chip.absent`` (the
        card was pulled); `LinkLost`; `OutcomeUnknown`.
        """
        ...

    async def power_off(self, *, timeout_s: float) -> None:
        """Take power from the contacts; safe to call twice."""
        ...
