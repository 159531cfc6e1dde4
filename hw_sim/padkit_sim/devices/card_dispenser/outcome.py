"""How a command can end, and how a handler says what it needs until then."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from padkit_sim.devices.card_dispenser.track import Input

UNKNOWN_COMMAND = "00"
WRONG_PARAMETER = "01"
WRONG_SEQUENCE = "02"
NOT_FITTED = "03"
BAD_DATA = "04"
COUNTER_OVERFLOW = "50"
STACKER_EMPTY = "A0"
BIN_FULL = "A1"
NOT_INITIALISED = "B0"
MECHANICAL = frozenset(
    {"05", "10", "12", "13", "14", "16", "40", "41", "43", "45", "50", "51"}
)  # latched until INITIALIZE


@dataclass(frozen=True, slots=True)
class Answer:
    """Carried out."""

    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Refused or failed; `code` is e1 e0."""

    code: str
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Wait:
    """Work that takes `seconds` without moving anything."""

    seconds: float


Outcome = Answer | Refusal
Script = Generator[Input | Wait, str, Outcome]
"""A command at work: it yields motions and waits, is sent '' or the code of what failed, and returns its outcome."""
Handler = Callable[[bytes], Outcome | Script]
"""What one (CM, PM) does with its request data."""
