"""What a kit file says of a box that only ejects, and what may be seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from padkit_sim.devices.bank_card import CardData
from padkit_sim.devices.eject_box.feeder import Place


@dataclass(frozen=True, slots=True)
class EjectSettings:
    """`take_after_s`: somebody takes the card from the mouth after so long (mechanical time), None: nobody."""

    cards: tuple[CardData, ...] = ()
    address: int = 0
    low_at: int = 5
    baud: int = 9600
    take_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class CardState:
    """One card. `pan` is what its chip carries, `slip_pan` what the pack's slip promises for `serial`."""

    pan: str
    slip_pan: str
    serial: str
    place: Place


@dataclass(frozen=True, slots=True)
class EjectState:
    """The truth about the box, whatever it says. `stuck`: a card is; `ahead`: it may pre-dispense."""

    moving: bool
    stuck: bool
    ahead: bool
    baud: int
    hopper: int
    take_after_s: float | None
    cards: Sequence[CardState]
