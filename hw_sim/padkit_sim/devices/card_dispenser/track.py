"""The words of the card box's mechanics: the path in millimetres, what can be asked of it, what happens on it.

The path is a line in millimetres. A card is 85.6 mm long and lies with its middle at `x_mm`:

    bin -60 … throat 0 (under the hopper) … RF 50, IC 60 … gate 150 (27.8 mm stick out) … out 210

Sensors are light barriers that a card darkens. Times are mechanical seconds: whoever calls scales them.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from padkit_sim.devices.bank_card import BankCard

HALF_CARD_MM = 42.8
MOUTH_MM = 165.0
GRIP_MM = 10.0  # what must stick out for fingers to hold it
ENTRY_MM = 155.0
SENSORS_MM = (0.0, 40.0, 75.0, 110.0, 140.0, MOUTH_MM + GRIP_MM, -60.0)  # S1 throat … S6 gate, S7 bin mouth
GATE_SENSOR = 5
THROAT_MM = 0.0
FEED_MM_S = 24.0  # 2.5 s from the hopper to the IC station
CARRY_MM_S = 75.0  # 1.2 s from the IC station to the gate
CAPTURE_MM_S = 105.0  # 2.0 s from the gate to the bin
SELF_TEST_S = 0.8


class Stop(enum.Enum):
    """Where a motion can end; the value is the position of the card's middle in mm."""

    BIN = -60.0
    RF = 50.0
    IC = 60.0
    GATE = 150.0
    OUT = 210.0


class Place(enum.StrEnum):
    """Where a card truly is, in the words of the control socket."""

    HOPPER = "hopper"
    PATH = "path"
    GATE = "gate"
    HAND = "hand"
    BIN = "bin"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Jam:
    """A card that does not move. `left` counts the self-tests until it works loose; None waits for a person."""

    code: str
    at_mm: float
    left: int | None = None


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Turn the rollers a little; works a jam loose when its time has come."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Draw a card from the hopper to `to`. `pair` draws two; `overrun` lets the card run out of the mouth."""

    to: Stop
    pair: str = ""  # "stacked" or "behind"
    counts: int = 1
    fails_with: str = ""
    overrun: bool = False
    jam: Jam | None = None


@dataclass(frozen=True, slots=True)
class Carry:
    """Bring the card in play to `to`; with `jam` it stops where the jam says, when that lies on its way."""

    to: Stop
    jam: Jam | None = None


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop the motors now; the card stays where it is."""


@dataclass(frozen=True, slots=True)
class Take:
    """A hand pulls the card that sticks out."""


@dataclass(frozen=True, slots=True)
class Push:
    """A hand pushes `card` in at the mouth; it is drawn to the RF station."""

    card: BankCard


Input = SelfTest | Feed | Carry | Halt | Take | Push


@dataclass(frozen=True, slots=True)
class Done:
    """The motion ended where it should."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The motion ended short of its goal; `code` is the unit's e1 e0."""

    code: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A hand has taken what stuck out."""


@dataclass(frozen=True, slots=True)
class Captured:
    """Something fell into the bin; `counts` is what the bin's light barrier makes of it."""

    counts: int


Output = Done | Failed | Taken | Captured


@dataclass(frozen=True, slots=True)
class Update:
    """What happened up to now, and when the running motion ends."""

    outputs: tuple[Output, ...]
    wake_at_s: float | None


@dataclass(slots=True, eq=False)
class Rider:
    """One card in the path, or two that stick together; the last of `cards` lies on top, under the contacts."""

    cards: tuple[BankCard, ...]
    x_mm: float
    counts: int = 1

    @property
    def sticks_out(self) -> bool:
        """Whether fingers can hold it."""
        return self.x_mm + HALF_CARD_MM >= MOUTH_MM + GRIP_MM

    @property
    def place(self) -> Place:
        """The gate when it can be pulled, the path otherwise."""
        return Place.GATE if self.sticks_out else Place.PATH


@dataclass(frozen=True, slots=True)
class Leg:
    to_mm: float
    mm_per_s: float


@dataclass(frozen=True, slots=True)
class Motion:
    """A run of the motors since `started_s`; without a rider it is a self-test."""

    started_s: float
    rider: Rider | None = None
    from_mm: float = 0.0
    legs: tuple[Leg, ...] = ()
    jam: Jam | None = None
    fails_with: str = ""
    takes_s: float = field(init=False, default=SELF_TEST_S)

    def __post_init__(self) -> None:
        if self.legs:
            starts = (self.from_mm, *(leg.to_mm for leg in self.legs[:-1]))
            total = sum(abs(leg.to_mm - a) / leg.mm_per_s for a, leg in zip(starts, self.legs, strict=True))
            object.__setattr__(self, "takes_s", total)

    def position(self, now_s: float) -> float:
        """Where the rider is at `now_s`."""
        at_mm, left_s = self.from_mm, now_s - self.started_s
        for leg in self.legs:
            needs_s = abs(leg.to_mm - at_mm) / leg.mm_per_s
            if left_s < needs_s:
                return at_mm + (leg.to_mm - at_mm) * left_s / needs_s
            at_mm, left_s = leg.to_mm, left_s - needs_s
        return at_mm
