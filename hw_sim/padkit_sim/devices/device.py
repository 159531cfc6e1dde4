"""What every simulated device looks like from outside: bytes and moments in, pieces of line traffic out. No I/O, no clock."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Moment(NamedTuple):
    """One instant on two scales: `line_s` for what the protocol times, `mech_s` for what moves (scaled by `speed`)."""

    line_s: float
    mech_s: float


class PieceKind(enum.Enum):
    """What a piece of line traffic is, so that a line fault can pick its target."""

    ACK = "ack"
    CONTROL = "control"  # NAK, EOT
    FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Piece:
    """Something a device says in one go."""

    kind: PieceKind
    data: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """What one call made a device say, and when (`mech_s`) it wants to be woken; None when only an input can wake it.

    `note` is for the journal: why it ignored what it heard.
    """

    pieces: tuple[Piece, ...] = ()
    wake_at_s: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandAction:
    """Something a person does to a device, as the control socket words it; empty fields do not matter to the action.

    `item` is what it is done with: which finger, which drawn signature, which keys.
    """

    action: str
    person: str = ""
    pan: str = ""
    item: str = ""


class Device(Protocol):
    """A simulated device. Every call may be made at any moment; moments never run backwards."""

    def receive(self, data: bytes, at: Moment, baud: int | None) -> Step:
        """Take bytes from the line, sent at `baud` (None: the wire does not know)."""
        ...

    def update(self, at: Moment) -> Step:
        """Let time pass up to `at`."""
        ...

    def power_cycle(self, at: Moment) -> Step:
        """Cut the power and give it back: electronics forget, mechanics stay as they are."""
        ...

    def hand(self, action: HandAction, at: Moment) -> Step:
        """Let a person act. Raises `SimRefused` when the action is unknown or impossible now."""
        ...

    def fault_cleared(self, name: str) -> None:
        """Lift what a fired fault left behind."""
        ...

    def state(self, at: Moment) -> object:
        """The true state, as a frozen dataclass that encodes to JSON."""
        ...
