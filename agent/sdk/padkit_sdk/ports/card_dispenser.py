"""The port of a card box: stage a blank card or push one out, move it, tell where it is. Names follow CEN/XFS CRD and XFS4IoT.

Money rules that every driver keeps (reference: CRT-591 manual, sequences and power-loss notes):
nothing on the driver's own account ever moves a card except on the caller's word; a retract is never done with a
command that could feed; after a doubtful answer the driver looks (status) before it repeats a motion, and a card that
is out of reach at once (`eject`) is never asked for twice.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from padkit_sdk.ports.device import Device


class Capability(enum.Enum):
    """What a box can do; the flow picks its variant from these, never from a model name."""

    STAGE = "stage"  # bring a card from the hopper to the inner read position
    READ_INSIDE = "read_inside"  # offers `ChipCard` for the staged card
    PRESENT = "present"  # hold a card at the gate
    DETECT_TAKEN = "detect_taken"  # sees the gate cleared
    CAPTURE = "capture"  # move a card to the reject bin
    BIN_COUNT = "bin_count"  # counts captured cards
    HOPPER_COUNT = "hopper_count"  # counts the cards left, not only levels
    EJECT = "eject"  # push a card from the hopper out of the mouth in one go; one without STAGE can do nothing else


class CardPlace(enum.Enum):
    """Where the box says its one card in play is."""

    NONE = "none"
    GATE = "gate"
    INSIDE = "inside"
    UNCLEAR = "unclear"  # the box reported something we do not know, or its sensors contradict each other


class HopperLevel(enum.Enum):
    EMPTY = "empty"
    LOW = "low"
    ENOUGH = "enough"
    UNCLEAR = "unclear"


class Slot(enum.Enum):
    """Where a card in play can be sent."""

    READER = "reader"  # inner contact station
    GATE = "gate"  # held at the mouth, the customer can pull it
    BIN = "bin"  # reject bin; it does not come back
    OUT = "out"  # pushed out of the mouth, not held


@dataclass(frozen=True, slots=True)
class BoxStatus:
    """One look at the box.

    `bin_count` is the box's own counter of captured cards (0..999), None when it could not be read.
    `ready` is False before `prepare` succeeded since power-on; a box that keeps no card in play is ready always.
    """

    card: CardPlace
    hopper: HopperLevel
    bin_full: bool
    bin_count: int | None
    ready: bool = True


class CardDispenser(Device, Protocol):
    """A box that issues cards. One card is in play at most; every method may be cancelled, see `stage`, `move`, `eject`.

    What a box has no capability for it refuses as ``box.cannot``, before anything is sent: `stage` and `move` without
    STAGE, `eject` without EJECT.
    """

    async def capabilities(self) -> frozenset[Capability]:
        """What this box can do. No I/O."""
        ...

    async def prepare(self, *, timeout_s: float) -> BoxStatus:
        """Make the box ready after power-on or a fault without moving any card; a card found inside stays there.

        Raises: `DeviceFault` (the fault persists), `LinkLost`, `OutcomeUnknown`.
        """
        ...

    async def status(self, *, timeout_s: float) -> BoxStatus:
        """Look, move nothing. A box that lost power reports ``ready=False``. Raises `LinkLost`, `OutcomeUnknown`."""
        ...

    async def stage(self, *, timeout_s: float) -> BoxStatus:
        """Feed one card from the hopper to the inner read position (point P0). Looks first.

        Returns a status with ``card=INSIDE``. A cancel stops the motion; where the card is then, `status` says.

        Raises:
            Refused: ``box.card_in_play`` when a card is already in the path, ``box.not_ready`` before `prepare`.
            DeviceFault: ``box.empty``, ``box.jam``, ``box.double_feed``, ``box.bin_full`` or another; latched until `prepare`.
            OutcomeUnknown: no certain answer; call `status` next, never `stage`.
        """
        ...

    async def move(self, to: Slot, *, timeout_s: float) -> BoxStatus:
        """Bring the card in play to `to`; never feeds a card. Looks first and does nothing when it is there already.

        A move to BIN raises the bin counter by one; the returned status holds the new count.

        Raises:
            Refused: ``box.no_card`` when no card is in play.
            DeviceFault: ``box.jam``, ``box.bin_full``, ``box.retract_failed`` or another; the card stays where `status` says.
            OutcomeUnknown: no certain answer; call `status` next.
        """
        ...

    async def eject(self, *, timeout_s: float) -> BoxStatus:
        """Feed one card from the hopper and push it out of the mouth (point P0). Looks first.

        The card is out of the box's reach at once: nothing takes it back, and nobody has read it. The returned status has
        ``card=NONE``. A cancel does not stop the motion, and its outcome is then unknown.

        Raises:
            Refused: ``box.cannot`` without EJECT, ``box.card_in_play`` while the last card still sticks out of the mouth,
                ``box.busy`` when the box was at work all the time; no card was moved.
            DeviceFault: ``box.empty``, ``box.jam`` or another; latched until `prepare`.
            OutcomeUnknown: a card may be out. Never call `eject` again for it: somebody looks into mouth and hopper.
        """
        ...
