"""The requests and replies of the control socket, one object per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from padkit_sim.faults import ArgValue
from padkit_sim.journal import Record

SERIAL = r"\A[ -~]{0,126}\Z"  # it becomes a file's content, and a line of a kernel's message
TTY = r"\A(tty[A-Za-z]+[0-9]+)?\Z"  # it becomes a file's name


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    """Base of all requests; `do` names the verb."""


class State(Asked, frozen=True, tag="state"):
    """The truth about every device."""


class Fault(Asked, frozen=True, tag="fault"):
    """Arm a fault; `times` 0 strikes for ever, `chance` replaces `nth`, `after_s` lets it sleep at first."""

    name: str
    args: dict[str, ArgValue] = {}
    nth: int = 1
    times: int = 1
    chance: float | None = None
    device: str = ""
    after_s: float = 0.0


class Clear(Asked, frozen=True, tag="clear"):
    """Disarm one fault (or all) and lift what it left behind."""

    name: str | None = None


class Faults(Asked, frozen=True, tag="faults"):
    """What is armed and what has fired."""


class PowerCycle(Asked, frozen=True, tag="power_cycle"):
    device: str


class Unplug(Asked, frozen=True, tag="unplug"):
    device: str


class Plug(Asked, frozen=True, tag="plug"):
    """Plug again; `as` shows another USB serial number (another device), `tty` another port name."""

    device: str
    serial: Annotated[str, Meta(pattern=SERIAL)] = msgspec.field(name="as", default="")
    tty: Annotated[str, Meta(pattern=TTY)] = ""


class Hand(Asked, frozen=True, tag="hand"):
    """Let a person act."""

    device: str
    action: str
    person: str = ""
    pan: str = ""
    item: str = ""


class Auto(Asked, frozen=True, tag="auto"):
    """The customer takes a presented card by himself after so many mechanical seconds; null: not at all."""

    device: str
    take_after_s: float | None


class JournalSince(Asked, frozen=True, tag="journal"):
    """Byte journal records numbered above `since`, at most `limit`, those of one device when `device` is given."""

    since: int = 0
    limit: int = 1000
    device: str = ""


class Speed(Asked, frozen=True, tag="speed"):
    value: float


class Tamper(Asked, frozen=True, tag="tamper"):
    """Move a card by magic."""

    device: str
    pan: str
    place: str


class Hardware(Asked, frozen=True, tag="hardware"):
    """Swap a part of the tablet: its trait has another value from now on; an empty one takes it away."""

    trait: str
    value: str


class Camera(Asked, frozen=True, tag="camera"):
    """Let a person act before the kit's camera: lay or take a document, sit down or leave, do a step."""

    action: str
    item: str = ""
    person: str = ""


Request = (
    State
    | Fault
    | Clear
    | Faults
    | PowerCycle
    | Unplug
    | Plug
    | Hand
    | Auto
    | JournalSince
    | Speed
    | Tamper
    | Hardware
    | Camera
)
VERBS = (
    "state", "fault", "clear", "faults", "power_cycle", "unplug", "plug", "hand", "auto", "journal", "speed", "tamper",
    "hardware", "camera",
)  # fmt: skip


class Reply(msgspec.Struct, frozen=True):
    """Base of all replies."""

    ok: bool = msgspec.field(default=True, name="ok")


class Refusal(msgspec.Struct, frozen=True):
    error: str
    ok: bool = False


class StateReply(Reply, frozen=True, kw_only=True):
    kit: str
    seed: int
    speed: float
    devices: Mapping[str, Mapping[str, object]]
    hardware: Mapping[str, str]
    camera: Mapping[str, str] = {}


class ArmedReply(Reply, frozen=True, kw_only=True):
    """The fault's index, by which firings name it."""

    index: int


class ClearedReply(Reply, frozen=True, kw_only=True):
    """How many faults were still waiting."""

    cleared: int


class ArmedFault(msgspec.Struct, frozen=True):
    index: int
    name: str
    device: str
    args: Mapping[str, ArgValue]
    nth: int
    times: int
    chance: float | None
    seen: int
    fired: int


class FiredFault(msgspec.Struct, frozen=True):
    index: int
    name: str
    device: str


class FaultsReply(Reply, frozen=True, kw_only=True):
    armed: Sequence[ArmedFault]
    fired: Sequence[FiredFault]


class JournalReply(Reply, frozen=True, kw_only=True):
    records: Sequence[Record]


Answered = Reply | Refusal
