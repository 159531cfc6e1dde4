"""The card box of the model world: hopper, path, gate, bin, hand, a counter, and a power switch."""

from __future__ import annotations

from dataclasses import dataclass, field

from padkit_agent.core.events import AnyEvent, BoxFault, Doubtful, Moved, Place, Seen
from padkit_sim.compare.rules import Place as Where


@dataclass
class ModelCard:
    voucher: str
    card_no: str
    chip: str
    mute: bool = False


@dataclass
class ModelBox:
    hopper: list[ModelCard]
    card: ModelCard | None = None
    at_gate: bool = False
    bin: list[ModelCard] = field(default_factory=list)
    hand: list[ModelCard] = field(default_factory=list)
    counter: int | None = 7
    ready: bool = True
    bin_full: bool = False
    jammed: bool = False  # nothing moves, and `prepare` says so, until a person has helped
    feeds: int = 0

    def place(self) -> Place:
        if self.card is None:
            return Place.NONE
        return Place.GATE if self.at_gate else Place.INSIDE

    def where(self, voucher: str) -> Where:
        places = {Where.HOPPER: self.hopper, Where.BIN: self.bin, Where.HAND: self.hand}
        for place, cards in places.items():
            if any(card.voucher == voucher for card in cards):
                return place
        if self.card is not None and self.card.voucher == voucher:
            return Where.GATE if self.at_gate else Where.PATH
        return Where.ABSENT

    def seen(self, *, lost_power: bool = False) -> Seen:
        return Seen(self.place(), self.counter, self.bin_full, not self.hopper, lost_power)

    def look(self) -> Seen:
        """As `prepare` and STATUS do: move nothing, and say once that power was lost."""
        lost_power, self.ready = not self.ready, True
        return self.seen(lost_power=lost_power)

    def lose_power(self, *, forget_counter: bool) -> None:
        self.ready = False
        if forget_counter:
            self.counter = 0

    def stage(self) -> AnyEvent:
        if not self.ready or self.card is not None:
            return Doubtful("refused by the driver")
        if not self.hopper:
            return BoxFault("box.empty", self.seen())
        if self.bin_full:
            return BoxFault("box.bin_full", self.seen())
        self.feeds += 1
        self.card, self.at_gate = self.hopper.pop(0), False
        return Moved(self.seen())

    def move(self, to: str) -> AnyEvent:
        """Never feeds: without a card in play the driver refuses."""
        if not self.ready or self.card is None:
            return Doubtful("refused by the driver")
        if self.jammed:
            return BoxFault("box.jam", self.seen())
        if to == "bin":
            if self.bin_full:
                return BoxFault("box.bin_full", self.seen())
            self.capture()
        else:
            self.at_gate = to == "gate"
        return Moved(self.seen())

    def capture(self) -> None:
        assert self.card is not None
        self.bin.append(self.card)
        self.card, self.at_gate = None, False
        self.counter = None if self.counter is None else self.counter + 1

    def take(self) -> None:
        """The customer pulls the card."""
        assert self.card is not None
        assert self.at_gate
        self.hand.append(self.card)
        self.card, self.at_gate = None, False
