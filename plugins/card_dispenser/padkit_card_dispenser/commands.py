"""The command table of the CRT-591 family, as values. No frames and no I/O here.

"Manual n" means section n of the CRT-591-M001 protocol description (V1.0, 2013). Left out on purpose: memory cards
(53, 54), which no bank card is, and the two commands only one source knows (A6, 60/39).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Literal

from padkit_sdk import Refused
from padkit_sdk.ports.chip_card import MAX_COMMAND

QUERY_S = 2.0  # manual 4: limit of a query
MOTION_S = 20.0  # manual 4: limit of INITIALIZE and MOVE
CARD_S = 10.0  # manual 4: limit of an exchange with a card
MIN_APDU = 4
MAX_COUNT = 999  # manual 5: the bin counter has three digits


class Group(enum.IntEnum):
    """First command byte (CM)."""

    INITIALIZE = 0x30
    STATUS = 0x31
    MOVE = 0x32
    ENTRY = 0x33
    CARD_TYPE = 0x50
    CPU = 0x51
    SAM = 0x52
    RF = 0x60
    SERIAL = 0xA2
    CONFIGURATION = 0xA3
    VERSION = 0xA4
    BIN_COUNTER = 0xA5


class Again(enum.Enum):
    """What may happen when a command got no ACK, so that nobody knows whether the box has it."""

    FREELY = "freely"  # send it again: twice does no more than once
    LOOK_FIRST = "look_first"  # a motion: ask STATUS before it is sent again
    NEVER = "never"  # a card may count it twice: listen for the answer


class Initialize(enum.IntEnum):
    """What INITIALIZE does with a card it finds; the ``_COUNTING`` ones switch the bin counter on."""

    TO_GATE = 0x30
    TO_BIN = 0x31
    LEAVE = 0x33
    TO_GATE_COUNTING = 0x34
    TO_BIN_COUNTING = 0x35
    LEAVE_COUNTING = 0x37


class MoveTo(enum.IntEnum):
    """Where MOVE brings the card. READER and RF feed one from the stacker when the path is empty."""

    GATE = 0x30
    READER = 0x31
    RF = 0x32
    BIN = 0x33
    OUT = 0x39


class Vcc(enum.IntEnum):
    """Supply of a card on reset; the box takes EMV when none is given."""

    EMV_5V = 0x30
    ISO_5V = 0x33
    ISO_3V = 0x35


class Via(enum.IntEnum):
    """Protocol of an exchange with a contact card or SAM."""

    T0 = 0x33
    T1 = 0x34
    AUTO = 0x39


class RfVia(enum.IntEnum):
    """Protocol of an exchange with an RF card."""

    MIFARE = 0x33
    TYPE_A = 0x34
    TYPE_B = 0x35


class SamSlot(enum.IntEnum):
    """SAM slots as the box numbers them; INITIALIZE selects the first."""

    FIRST = 0x30
    SECOND = 0x31
    THIRD = 0x32
    FOURTH = 0x33
    FIFTH = 0x34


@dataclass(frozen=True, slots=True)
class Command:
    """One request; `name` is for messages. `data` may hold what a card must keep secret, so it is never shown."""

    name: str
    cm: int
    pm: int
    data: bytes = field(default=b"", repr=False)
    again: Again = Again.FREELY
    limit_s: float = QUERY_S


def initialize(card: Initialize) -> Command:
    """Clear latched faults, forbid entry, power the contacts down; `card` says what becomes of a card inside."""
    name = f"INITIALIZE {card.name.lower()}"
    return Command(name, Group.INITIALIZE, card, again=Again.LOOK_FIRST, limit_s=MOTION_S)


def move(to: MoveTo) -> Command:
    return Command(f"MOVE {to.name.lower()}", Group.MOVE, to, again=Again.LOOK_FIRST, limit_s=MOTION_S)


def entry(*, allowed: bool) -> Command:
    """Allow or forbid insertion at the gate."""
    return Command("ENTRY", Group.ENTRY, 0x30 if allowed else 0x31)


STATUS = Command("STATUS", Group.STATUS, 0x30)
STATUS_SENSORS = Command("STATUS sensors", Group.STATUS, 0x31)
CONTACT_TYPE = Command("TYPE contact", Group.CARD_TYPE, 0x30, limit_s=CARD_S)
RF_TYPE = Command("TYPE rf", Group.CARD_TYPE, 0x31, limit_s=CARD_S)
RF_OFF = Command("RF off", Group.RF, 0x31, limit_s=CARD_S)
RF_STATE = Command("RF state", Group.RF, 0x32)
SERIAL = Command("SERIAL", Group.SERIAL, 0x30)
CONFIGURATION = Command("CONFIGURATION", Group.CONFIGURATION, 0x30)
VERSION = Command("VERSION", Group.VERSION, 0x30)
READ_COUNTER = Command("BIN COUNTER read", Group.BIN_COUNTER, 0x30)


def set_counter(count: int) -> Command:
    """Set the reject-bin counter (0..999). Raises `Refused` ``bin_count.range``."""
    if not 0 <= count <= MAX_COUNT:
        raise Refused("bin_count.range", f"bin counter: {count} is not in 0..{MAX_COUNT}; give the true count")
    return Command("BIN COUNTER set", Group.BIN_COUNTER, 0x31, b"%03d" % count)


Seat = Literal[Group.CPU, Group.SAM]  # what the commands below reach: the card at the contacts, the selected SAM


def cold_reset(seat: Seat, vcc: Vcc | None = None) -> Command:
    data = b"" if vcc is None else bytes([vcc])
    return Command(f"{seat.name} cold reset", seat, 0x30, data, limit_s=CARD_S)


def warm_reset(seat: Seat) -> Command:
    return Command(f"{seat.name} warm reset", seat, 0x38, limit_s=CARD_S)


def chip_off(seat: Seat) -> Command:
    return Command(f"{seat.name} off", seat, 0x31)


def chip_state(seat: Seat) -> Command:
    return Command(f"{seat.name} state", seat, 0x32)


def chip_exchange(seat: Seat, apdu: bytes, via: Via = Via.AUTO) -> Command:
    """One C-APDU. Raises `Refused` ``apdu.length``."""
    return Command(f"{seat.name} exchange", seat, via, _checked(apdu), Again.NEVER, CARD_S)


def sam_select(slot: SamSlot) -> Command:
    return Command("SAM select", Group.SAM, 0x40, bytes([slot]))


def rf_activate(first: str = "A", second: str = "B") -> Command:
    """Look for an RF card; the order of protocols is given as ``A``, ``B`` or ``0`` (none)."""
    if first not in ("A", "B", "0") or second not in ("A", "B", "0"):
        raise Refused("rf.order", f"RF activate: {first!r} then {second!r} is no order of A, B, 0; give two of them")
    return Command("RF activate", Group.RF, 0x30, (first + second).encode(), limit_s=CARD_S)


def rf_exchange(apdu: bytes, via: RfVia) -> Command:
    """One C-APDU, or a MIFARE pseudo-APDU. Raises `Refused` ``apdu.length``."""
    return Command("RF exchange", Group.RF, via, _checked(apdu), Again.NEVER, CARD_S)


def _checked(apdu: bytes) -> bytes:
    if not MIN_APDU <= len(apdu) <= MAX_COMMAND:
        raise Refused("apdu.length", f"C-APDU of {len(apdu)} bytes; the box takes {MIN_APDU}..{MAX_COMMAND}")
    return apdu
