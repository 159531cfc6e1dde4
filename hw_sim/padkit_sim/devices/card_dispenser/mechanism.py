"""The card box's mechanics: hopper, one transport path, gate, bin, and the customer's hand. A pure function of time.

What the unit reports is derived from the sensors, never from our knowledge. What jams stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from padkit_sim.devices.bank_card import BankCard
from padkit_sim.devices.card_dispenser.track import (
    CAPTURE_MM_S,
    CARRY_MM_S,
    ENTRY_MM,
    FEED_MM_S,
    HALF_CARD_MM,
    SENSORS_MM,
    THROAT_MM,
    Captured,
    Carry,
    Done,
    Failed,
    Feed,
    Halt,
    Input,
    Jam,
    Leg,
    Motion,
    Output,
    Place,
    Push,
    Rider,
    SelfTest,
    Stop,
    Take,
    Taken,
    Update,
)


class Mechanism:
    """All cards of one box and the motors that move them."""

    def __init__(self, hopper: Sequence[BankCard], bin_capacity: int) -> None:
        self.hopper = list(hopper)  # the first is the next to leave
        self.bin: list[BankCard] = []
        self.hand: list[BankCard] = []
        self.out: list[BankCard] = []
        self.bin_capacity = bin_capacity
        self.jam: Jam | None = None
        self.at_gate_since_s: float | None = None
        self._path: list[Rider] = []
        self._motion: Motion | None = None

    # -- what the unit can know: sensors

    def sensors(self) -> tuple[bool, ...]:
        """S1..S7: dark (True) or light."""
        return tuple(any(abs(r.x_mm - s) <= HALF_CARD_MM for r in self._path) for s in SENSORS_MM)

    @property
    def moving(self) -> bool:
        return self._motion is not None

    @property
    def path_empty(self) -> bool:
        return not any(self.sensors())

    def card_at(self, *stops: Stop) -> BankCard | None:
        """The card that lies on top exactly at one of `stops`."""
        return next((r.cards[-1] for r in self._path if any(r.x_mm == s.value for s in stops)), None)

    # -- what only the simulation knows

    def sticks_out(self) -> bool:
        """Whether a hand could pull a card now."""
        return self._pullable() is not None

    def places(self) -> list[tuple[BankCard, Place]]:
        """Every card with its place."""
        listed = [(card, rider.place) for rider in self._path for card in rider.cards]
        for cards, place in (
            (self.hopper, Place.HOPPER),
            (self.hand, Place.HAND),
            (self.bin, Place.BIN),
            (self.out, Place.OUT),
        ):
            listed += [(card, place) for card in cards]
        return listed

    def put(self, card: BankCard, place: Place) -> None:
        """Move `card` by magic, as if it had always been there."""
        for heap in (self.hopper, self.bin, self.hand, self.out):
            if card in heap:
                heap.remove(card)
        for rider in [r for r in self._path if card in r.cards]:
            self._drop(rider)
            if len(rider.cards) > 1:
                self._path.append(replace(rider, cards=tuple(c for c in rider.cards if c is not card), counts=1))
        match place:
            case Place.HOPPER:
                self.hopper.insert(0, card)
            case Place.PATH | Place.GATE:
                stop = Stop.IC if place is Place.PATH else Stop.GATE
                self._path.append(Rider((card,), stop.value))
            case Place.HAND:
                self.hand.append(card)
            case Place.BIN:
                self.bin.append(card)
            case Place.OUT:
                self.out.append(card)

    def free(self, now_s: float) -> None:
        """A person opens the flap and works the card loose; it stays where it lies."""
        self.jam = None
        self._note_gate(now_s)

    # -- time

    def update(self, now_s: float, *inputs: Input) -> Update:
        """Let time pass up to `now_s`, then take the inputs."""
        outputs = self._advance(now_s)
        for one in inputs:
            outputs += self._take_input(one, now_s)
        self._note_gate(now_s)
        return Update(tuple(outputs), self.wake_at_s)

    @property
    def wake_at_s(self) -> float | None:
        """When the running motion ends."""
        return self._motion.started_s + self._motion.takes_s if self._motion else None

    def _take_input(self, one: Input, now_s: float) -> list[Output]:
        match one:
            case SelfTest():
                self._motion = Motion(now_s)
            case Feed():
                return self._feed(one, now_s)
            case Carry():
                return self._carry(one, now_s)
            case Halt():
                self._motion = None
            case Take():
                return self._take()
            case Push():
                self._path.append(Rider((one.card,), ENTRY_MM))
                return self._carry(Carry(Stop.RF), now_s)
        return []

    def _feed(self, feed: Feed, now_s: float) -> list[Output]:
        if self.jam:
            return [Failed(self.jam.code)]
        rider = Rider((self.hopper.pop(0),), THROAT_MM)
        self._path.append(rider)
        if feed.pair and self.hopper:
            second = self.hopper.pop(0)
            if feed.pair == "stacked":
                rider.cards, rider.counts = (*rider.cards, second), feed.counts
            else:
                self._path.append(Rider((second,), THROAT_MM))
        legs = [Leg(feed.to.value, FEED_MM_S)]
        if feed.overrun:
            legs.append(Leg(Stop.OUT.value, CARRY_MM_S))
        self._run(rider, tuple(legs), now_s, jam=feed.jam, fails_with=feed.fails_with)
        return []

    def _carry(self, carry: Carry, now_s: float) -> list[Output]:
        rider = self._in_play()
        if self.jam:
            return [Failed(self.jam.code)]
        if rider is None:
            return [Failed("02")]
        if rider.x_mm == carry.to.value:
            return [Done()]
        speed = CAPTURE_MM_S if carry.to is Stop.BIN else CARRY_MM_S
        self._run(rider, (Leg(carry.to.value, speed),), now_s, jam=carry.jam)
        return []

    def _run(
        self, rider: Rider, legs: tuple[Leg, ...], now_s: float, *, jam: Jam | None = None, fails_with: str = ""
    ) -> None:
        start, end = rider.x_mm, legs[-1].to_mm
        if jam and min(start, end) < jam.at_mm < max(start, end):
            legs = (replace(legs[0], to_mm=jam.at_mm),)
        else:
            jam = None
        self._motion = Motion(now_s, rider, start, legs, jam, fails_with)

    def _advance(self, now_s: float) -> list[Output]:
        motion = self._motion
        if motion is None:
            return []
        ended = now_s >= motion.started_s + motion.takes_s
        if motion.rider:
            motion.rider.x_mm = motion.legs[-1].to_mm if ended else motion.position(now_s)
        if not ended:
            return []
        self._motion = None
        return self._arrive(motion) if motion.rider else self._tested()

    def _tested(self) -> list[Output]:
        if self.jam and self.jam.left is not None:
            self.jam = replace(self.jam, left=self.jam.left - 1) if self.jam.left > 1 else None
        return [Failed(self.jam.code)] if self.jam else [Done()]

    def _arrive(self, motion: Motion) -> list[Output]:
        rider = motion.rider
        assert rider is not None
        if motion.jam:
            self.jam = motion.jam
            return [Failed(motion.jam.code)]
        ended: list[Output] = [Failed(motion.fails_with)] if motion.fails_with else [Done()]
        if rider.x_mm == Stop.OUT.value:
            self._path.remove(rider)
            self.out += rider.cards
        elif rider.x_mm == Stop.BIN.value:
            return [*self._fall_into_bin(rider), *ended]
        return ended

    def _fall_into_bin(self, rider: Rider) -> list[Output]:
        """A captured card pushes whatever lay between it and the bin in front of itself."""
        fallen = [r for r in self._path if r is not rider] + [rider]
        self._path.clear()
        for one in fallen:
            self.bin += one.cards
        return [Captured(sum(one.counts for one in fallen))]

    def _take(self) -> list[Output]:
        rider = self._pullable()
        if rider is None:
            return []
        moved = self._motion is not None and self._motion.rider is rider
        self._drop(rider)
        self.hand += rider.cards
        if self.jam:
            self.jam = None  # what was stuck is out
        return [Taken(), Failed("45")] if moved else [Taken()]

    def _drop(self, rider: Rider) -> None:
        self._path.remove(rider)
        if self._motion and self._motion.rider is rider:
            self._motion = None

    def _in_play(self) -> Rider | None:
        return max(self._path, key=lambda r: r.x_mm, default=None)

    def _pullable(self) -> Rider | None:
        return next((r for r in self._path if r.sticks_out), None)

    def _note_gate(self, now_s: float) -> None:
        if self.moving or not self.sticks_out():
            self.at_gate_since_s = None
        elif self.at_gate_since_s is None:
            self.at_gate_since_s = now_s
