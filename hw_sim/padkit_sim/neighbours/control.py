"""What tests and demonstrations may ask of the core bank besides business: the words of ``POST /control``. No I/O here."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated, Literal

import msgspec

from padkit_sim.card_number import CardNumber
from padkit_sim.neighbours.books import AccountState, Books, CardSet, Tampered
from padkit_sim.neighbours.checks import SetCheck
from padkit_sim.neighbours.faults import FaultArgs, FaultName, Faults

Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class ControlRefused(Exception):
    """The word cannot be followed; the message says what, which value and what next."""


class _Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    """Base of all words."""


class ArmFault(_Word, frozen=True, tag="fault"):
    """Arm a fault."""

    name: FaultName
    nth: Count = 1
    times: Count = 1
    args: FaultArgs = FaultArgs()


class ClearFaults(_Word, frozen=True, tag="clear"):
    """Disarm one fault by name, or all."""

    name: FaultName | None = None


class ListFaults(_Word, frozen=True, tag="faults"):
    """List what is armed, how often it was met and how often it fired."""


class SetDay(_Word, frozen=True, tag="day"):
    """Let the core's day be this one; null gives it back to the clock."""

    date: dt.date | None


class SetRule(_Word, frozen=True, tag="rule"):
    """Switch the class-I limit on (a number) or off (null)."""

    class1_max_per_entity: Count | None


class NewState(enum.Enum):
    """What a tampered account becomes; ``none`` takes it away."""

    LIVE = "live"
    REVERSED = "reversed"
    CLOSED = "closed"
    NONE = "none"


class Tamper(_Word, frozen=True, tag="tamper"):
    """Change one account behind the bank's back, to show that the compare finds it."""

    card_no: str
    state: NewState

    def __repr__(self) -> str:
        return f"Tamper({CardNumber(self.card_no)!r}, {self.state})"


class SetCard(_Word, frozen=True, tag="card"):
    """Put a card in another condition: as after three wrong PINs, a long sleep, a loss report, an order of a court."""

    card_no: str
    condition: Literal["normal", "pin_locked", "dormant", "lost", "lost_by_phone", "controlled"]

    def __repr__(self) -> str:
        return f"SetCard({CardNumber(self.card_no)!r}, {self.condition})"


Word = ArmFault | ClearFaults | ListFaults | SetDay | SetRule | SetCheck | SetCard | Tamper
_DECODER: msgspec.json.Decoder[Word] = msgspec.json.Decoder(Word)


def parse_word(raw: bytes) -> Word:
    """Read one word from hostile bytes. Raises `ControlRefused`."""
    try:
        return _DECODER.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        known = "fault, clear, faults, day, rule, check, card, tamper"
        raise ControlRefused(f"core control: {str(exc)[:200]}; say one of {known}, with the documented keys") from exc


def arm(faults: Faults, word: ArmFault) -> None:
    """Arm as told. Raises `ControlRefused`."""
    try:
        faults.arm(word.name, nth=word.nth, times=word.times, args=word.args)
    except ValueError as exc:
        raise ControlRefused(str(exc)) from exc


def conditioned(books: Books, word: SetCard) -> CardSet:
    """Return the event of a card's new condition. Raises `ControlRefused` when there is no such account."""
    return CardSet(_account(books, word.card_no), word.condition)


def _account(books: Books, number: str) -> CardNumber:
    card_no = CardNumber(number)
    if card_no not in books.accounts:
        raise ControlRefused(f"core: no account for the card ending {card_no.ends_with}; see GET /audit")
    return card_no


def tampering(books: Books, word: Tamper) -> Tampered:
    """Return the event of a tampering. Raises `ControlRefused` when there is no such account."""
    card_no = _account(books, word.card_no)
    state = None if word.state is NewState.NONE else AccountState(word.state.value)
    return Tampered(card_no, state)


def fault_lines(faults: Faults) -> list[dict[str, object]]:
    """Return the armed faults as plain lines."""
    return [
        {
            "name": fault.name.value,
            "nth": fault.nth,
            "times": fault.times,
            "met": fault.met,
            "fired": fault.fired,
            "args": msgspec.to_builtins(fault.args),
        }
        for fault in faults.armed
    ]
