"""The counts that must come out even for every batch (card_opening, section 7). No I/O here."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from padkit_contract.messages import CardState
from padkit_sim.compare.match import Meeting
from padkit_sim.compare.rules import Core, Place


class Sum(enum.Enum):
    """The name of one equation."""

    HOPPER = "hopper"  # cards in the box's hopper = cards loaded in the book
    # live accounts = handed over + captured live + issued; what a flow works on, or another card replaced, is left out
    LIVE = "live"
    BIN = "bin"  # cards in the box's bin = captured + captured live + to be voided; what is missing is left out
    ORDER = "order"  # cards that lie loaded although a later one has left = 0: the box feeds in order


@dataclass(frozen=True, slots=True)
class Equation:
    """One sum of one batch: what was counted, and what the book says."""

    name: Sum
    batch: str
    counted: int
    booked: int

    @property
    def holds(self) -> bool:
        return self.counted == self.booked


def equations(meetings: Sequence[Meeting]) -> tuple[Equation, ...]:
    """Return every equation of every batch, also those that hold. The meetings come in voucher order."""
    batches = sorted({met.batch for met in meetings})
    return tuple(it for batch in batches for it in _batch(batch, [met for met in meetings if met.batch == batch]))


def _batch(batch: str, cards: Sequence[Meeting]) -> Iterable[Equation]:
    known = [met for met in cards if met.kit is not CardState.MISSING]
    settled = [met for met in known if not met.in_flow and met.kit is not CardState.RESERVED]
    settled = [met for met in settled if met.core is not Core.REPLACED]
    live = _booked(settled, CardState.HANDED_OVER, CardState.CAPTURED_LIVE, CardState.ISSUED)
    binned = _booked(known, CardState.CAPTURED, CardState.CAPTURED_LIVE, CardState.VOID_PENDING)
    yield Equation(Sum.HOPPER, batch, _counted(cards, Place.HOPPER), _booked(cards, CardState.LOADED))
    yield Equation(Sum.LIVE, batch, sum(met.core is Core.LIVE for met in settled), live)
    yield Equation(Sum.BIN, batch, _counted(known, Place.BIN), binned)
    yield Equation(Sum.ORDER, batch, _overtaken(cards), 0)


def _counted(cards: Sequence[Meeting], place: Place) -> int:
    return sum(met.place is place for met in cards)


def _booked(cards: Sequence[Meeting], *states: CardState) -> int:
    return sum(met.kit in states for met in cards)


def _overtaken(cards: Sequence[Meeting]) -> int:
    used = [place for place, met in enumerate(cards) if met.kit not in (None, CardState.LOADED)]
    return sum(met.kit is CardState.LOADED for met in cards[: used[-1]]) if used else 0
