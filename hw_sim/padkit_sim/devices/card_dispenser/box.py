"""The whole card box behind its line: hand-shake around the unit, the customer at the gate, and the true state. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from padkit_sim.devices.bank_card import BankCard, CardData
from padkit_sim.devices.card_dispenser.hands import HANDS
from padkit_sim.devices.card_dispenser.mechanism import Mechanism
from padkit_sim.devices.card_dispenser.mishaps import Mishaps
from padkit_sim.devices.card_dispenser.outcome import Answer, Outcome
from padkit_sim.devices.card_dispenser.track import Input, Place, Push, Take
from padkit_sim.devices.card_dispenser.unit import INITIALIZE, Labels, Unit
from padkit_sim.devices.card_dispenser.wire import Command, Control, Damaged, Ear, negative, positive
from padkit_sim.devices.device import HandAction, Moment, Piece, PieceKind, Step
from padkit_sim.devices.hands import in_words
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

BAUDS = (9600, 19200, 38400, 57600)  # manual section 2: detected on the first INITIALIZE after power-on, then kept
GAP_S = 0.2  # ours: a frame that stops for so long is forgotten, else it would swallow its own repetition
ACK = Piece(PieceKind.ACK, bytes([Control.ACK.value]))
NAK = Piece(PieceKind.CONTROL, bytes([Control.NAK.value]))
EOT = Piece(PieceKind.CONTROL, bytes([Control.EOT.value]))


@dataclass(frozen=True, slots=True)
class BoxSettings:
    """What a kit file says of a card box. `take_after_s`: the customer takes a presented card by himself, None: never."""

    cards: tuple[CardData, ...] = ()
    address: int = 0
    low_at: int = 5
    bin_capacity: int = 20
    bin_counter_survives: bool = True
    take_after_s: float | None = None
    labels: Labels = Labels()


@dataclass(frozen=True, slots=True)
class CardState:
    """One card. `pan` is what its chip carries, `slip_pan` what the pack's slip promises for `serial`."""

    pan: str
    slip_pan: str
    serial: str
    place: Place


@dataclass(frozen=True, slots=True)
class BoxState:
    """The truth about a card box, whatever its sensors say."""

    initialised: bool
    moving: bool
    error: str
    sensors: str
    entry_allowed: bool
    chip_powered: bool
    hopper: int
    bin: int
    bin_counter: int
    counting: bool
    take_after_s: float | None
    cards: Sequence[CardState]


class CardBox:
    """A simulated card box; see `Device`."""

    def __init__(self, settings: BoxSettings, dial: Dial) -> None:
        self._address = settings.address
        self._cards = [BankCard(data) for data in settings.cards]
        self._mechanism = Mechanism(self._cards, settings.bin_capacity)
        self._mishaps = Mishaps(dial, self._mechanism)
        survives = settings.bin_counter_survives
        self._unit = Unit(self._mechanism, self._mishaps, settings.labels, settings.low_at, counter_survives=survives)
        self._ear = Ear()
        self._heard_at_s = 0.0
        self._baud: int | None = None
        self._running: Command | None = None
        self._last_answer: Piece | None = None
        self._cancelled = False
        self.take_after_s = settings.take_after_s

    # -- Device

    def receive(self, data: bytes, at: Moment, baud: int | None) -> Step:
        """Bytes at a rate that the unit does not listen at are noise."""
        pieces = self._pass_time(at)
        if self._ear.midway and at.line_s - self._heard_at_s > GAP_S:
            self._ear.forget()
        self._heard_at_s = at.line_s
        if baud is not None and (baud not in BAUDS or self._baud not in (None, baud)):
            return self._step(pieces, f"noise: sent at {baud} baud, the unit listens at {self._baud or BAUDS}")
        for word in self._ear.hear(data):
            match word:
                case Command():
                    pieces += self._command(word, at, baud)
                case Damaged():
                    pieces += [NAK] if word.frame[1] == self._address else []
                case Control():
                    pieces += self._control(word, at)
        return self._step(pieces)

    def update(self, at: Moment) -> Step:
        return self._step(self._pass_time(at))

    def power_cycle(self, at: Moment) -> Step:
        pieces = self._pass_time(at)
        self._unit.power_cycle(at.mech_s)
        self._ear.forget()
        self._running, self._last_answer, self._cancelled, self._baud = None, None, False, None
        return self._step(pieces)

    def hand(self, action: HandAction, at: Moment) -> Step:
        pieces = self._pass_time(at)
        match action.action:
            case "take_card":
                pieces += self._take(at)
            case "push_card":
                pieces += self._act(Push(self._in_hand(action.pan)), at)
            case "clear_jam":
                self._mechanism.free(at.mech_s)
            case "remove_card":
                self._refuse_while_moving("remove_card")
                for card in [c for c, place in self._mechanism.places() if place in (Place.PATH, Place.GATE)]:
                    self._mechanism.put(card, Place.OUT)
                self._mechanism.free(at.mech_s)
            case other:
                raise SimRefused(f"card box: nobody can {other!r} it; a hand can {in_words(HANDS)}")
        return self._step(pieces + self._pass_time(at))

    def fault_cleared(self, name: str) -> None:
        self._mishaps.lift(name)

    def state(self, at: Moment) -> BoxState:
        unit, mechanism = self._unit, self._mechanism
        cards = [CardState(c.pan, c.slip_pan, c.serial, place) for c, place in mechanism.places()]
        return BoxState(
            initialised=unit.initialised,
            moving=mechanism.moving,
            error=unit.error,
            sensors="".join("1" if dark else "0" for dark in mechanism.sensors()),
            entry_allowed=unit.entry_allowed,
            chip_powered=unit.contacts.powered,
            hopper=len(mechanism.hopper),
            bin=len(mechanism.bin),
            bin_counter=unit.bin_count,
            counting=unit.counting,
            take_after_s=self.take_after_s,
            cards=sorted(cards, key=lambda c: c.serial),
        )

    # -- for demonstrations

    def tamper(self, pan: str, place: str) -> None:
        """Put the card with `pan` somewhere else by magic. Raises `SimRefused`."""
        if place not in {p.value for p in Place}:
            raise SimRefused(f"card box: place {place!r} is unknown; give {', '.join(Place)}")
        self._refuse_while_moving("tamper")
        self._mechanism.put(self._find(pan), Place(place))

    def _refuse_while_moving(self, what: str) -> None:
        if self._mechanism.moving:
            raise SimRefused(f"card box: {what}: its motors are running; wait until state says moving = false")

    # -- hand-shake

    def _command(self, command: Command, at: Moment, baud: int | None) -> list[Piece]:
        if command.address != self._address:
            return []
        if self._running is not None:
            return [ACK] if command == self._running else []  # our choice: a repetition means that our ACK was lost
        self._cancelled, self._last_answer = False, None
        if command.cm == INITIALIZE:
            self._baud = baud
        self._running = command
        return [ACK, *self._finish(self._unit.start(command, at.mech_s))]

    def _control(self, control: Control, at: Moment) -> list[Piece]:
        match control:
            case Control.ACK:
                self._last_answer = None
            case Control.NAK if self._last_answer:
                return [self._last_answer]
            case Control.EOT if self._running or self._cancelled:
                self._unit.stop(at.mech_s)
                self._running, self._cancelled = None, True  # a second EOT is a host that missed our first
                return [EOT]
        return []

    def _finish(self, outcome: Outcome | None) -> list[Piece]:
        command = self._running
        if outcome is None or command is None:
            return []
        self._running = None
        if isinstance(outcome, Answer):
            status = self._unit.status(command.cm)
            frame = positive(self._address, command.cm, command.pm, status, outcome.data)
        else:
            frame = negative(self._address, command.cm, command.pm, outcome.code, outcome.data)
        self._last_answer = Piece(PieceKind.FRAME, frame)
        return [self._last_answer]

    # -- time and people

    def _pass_time(self, at: Moment) -> list[Piece]:
        pieces = self._finish(self._unit.update(at.mech_s))
        taken_at_s = self._taken_at_s()
        if taken_at_s is not None and at.mech_s >= taken_at_s:
            pieces += self._act(Take(), at)
        return pieces

    def _taken_at_s(self) -> float | None:
        """When the customer takes the card that waits at the gate."""
        since_s = self._mechanism.at_gate_since_s
        if since_s is None or self.take_after_s is None or self._mishaps.ignored:
            return None
        return since_s + self.take_after_s

    def _step(self, pieces: list[Piece], note: str = "") -> Step:
        wakes = (self._unit.wake_at_s, self._mechanism.wake_at_s, self._taken_at_s())
        return Step(tuple(pieces), min((w for w in wakes if w is not None), default=None), note)

    def _act(self, one: Input, at: Moment) -> list[Piece]:
        return self._finish(self._unit.act(one, at.mech_s))

    def _take(self, at: Moment) -> list[Piece]:
        if self._mechanism.sticks_out():
            return self._act(Take(), at)
        if self._mechanism.out:
            self._mechanism.hand.append(self._mechanism.out.pop())
            return []
        raise SimRefused("card box: take_card: no card sticks out of the gate; present one first")

    def _in_hand(self, pan: str) -> BankCard:
        """The card that is to be pushed in, no longer in the hand."""
        if not self._unit.entry_allowed or not self._mechanism.path_empty:
            raise SimRefused(
                "card box: push_card: the gate is shut or a card is inside; allow entry (33/30) with an empty path"
            )
        card = self._find(pan) if pan else next(iter(reversed(self._mechanism.hand)), None)
        if card is None or card not in self._mechanism.hand:
            raise SimRefused(f"card box: push_card: card {pan or 'any'} is not in the customer's hand; take one first")
        self._mechanism.hand.remove(card)
        return card

    def _find(self, pan: str) -> BankCard:
        found = next((card for card in self._cards if card.pan == pan), None)
        if found is None:
            raise SimRefused(f"card box: no card has number {pan!r}; 'state' lists them all")
        return found
