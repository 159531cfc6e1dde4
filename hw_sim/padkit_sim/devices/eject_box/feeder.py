"""Hopper, path and mouth of a box that only ejects: where its cards are. A pure function of time; the protocol is not here."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence

from padkit_sim.devices.bank_card import BankCard


class Run(enum.Enum):
    """What the motor can do; the value is how long it takes, in mechanical seconds."""

    OUT = 1.5  # a card from path or hopper to the mouth
    AHEAD = 0.8  # a card from the hopper into the path, for the next time
    RESET = 0.5  # turns the roller; no card moves


class Place(enum.StrEnum):
    """Where a card truly is, in the words of the control socket."""

    HOPPER = "hopper"
    PATH = "path"
    OUT = "out"
    HAND = "hand"


class Feeder:
    """One motor. `mouth` is the card that sticks out, not held; `stuck` the one that does not move."""

    def __init__(self, cards: Sequence[BankCard]) -> None:
        self.hopper = list(cards)
        self.path: BankCard | None = None
        self.mouth: BankCard | None = None
        self.hand: list[BankCard] = []
        self.stuck = False
        self.run: Run | None = None
        self.ends_at_s: float | None = None
        self.mouth_since_s: float | None = None
        self._sticks = False

    @property
    def can_dispense(self) -> bool:
        """Whether there is a card to push, and room in the mouth."""
        return (self.path is not None or bool(self.hopper)) and self.mouth is None and not self.stuck

    def begin(self, run: Run, now_s: float, *, sticks: bool = False) -> None:
        """Start the motor; with `sticks` the card does not arrive. A run for a card needs one, see `can_dispense`."""
        if run is not Run.RESET and self.path is None:
            self.path = self.hopper.pop(0)
        self.run, self.ends_at_s, self._sticks = run, now_s + run.value, sticks

    def update(self, now_s: float) -> Run | None:
        """Let time pass; the run that ended, None for none."""
        if self.run is None or self.ends_at_s is None or now_s < self.ends_at_s:
            return None
        run, at_s, self.run, self.ends_at_s = self.run, self.ends_at_s, None, None
        if self._sticks:
            self.stuck = True
        elif run is Run.OUT:
            self.mouth, self.path, self.mouth_since_s = self.path, None, at_s
        return run

    def halt(self) -> None:
        """The power is cut: the motor stops, the card stays where it is."""
        self.run = self.ends_at_s = None

    def take(self) -> bool:
        """A hand takes the card in the mouth; False when none is there."""
        if self.mouth is None:
            return False
        self.hand.append(self.mouth)
        self.mouth = self.mouth_since_s = None
        return True

    def lift_out(self) -> None:
        """A person opens the box and takes the card out of the path."""
        if self.path is not None:
            self.hand.append(self.path)
        self.path, self.stuck = None, False

    def places(self) -> Iterator[tuple[BankCard, Place]]:
        """Each card with its place."""
        yield from ((card, Place.HOPPER) for card in self.hopper)
        yield from ((card, Place.PATH) for card in (self.path,) if card)
        yield from ((card, Place.OUT) for card in (self.mouth,) if card)
        yield from ((card, Place.HAND) for card in self.hand)

    def put(self, card: BankCard, place: Place) -> None:
        """Put `card` somewhere by magic; what is in the way goes to the hand. In the mouth nobody takes it by himself."""
        self.hopper = [it for it in self.hopper if it is not card]
        self.hand = [it for it in self.hand if it is not card]
        self.path = None if self.path is card else self.path
        self.mouth = None if self.mouth is card else self.mouth
        match place:
            case Place.HOPPER:
                self.hopper.insert(0, card)
            case Place.HAND:
                self.hand.append(card)
            case Place.PATH:
                self.lift_out()
                self.path = card
            case Place.OUT:
                self.take()
                self.mouth = card
        self.stuck = self.stuck and self.path is not None
        self.mouth_since_s = None
