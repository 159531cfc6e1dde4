"""The whole box behind its line: acknowledge, wait for the go-ahead, work, and say how it stands when asked. No I/O, no clock.

Where the maker's document is silent this unit decides: a command is carried out at the host's ``05``; the stacker says 1 for
few and 2 for none; RS moves no card; pre-dispensing is off after power-on, the line rate is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from padkit_sim.devices.bank_card import BankCard
from padkit_sim.devices.device import HandAction, Moment, Piece, PieceKind, Step
from padkit_sim.devices.eject_box import wire
from padkit_sim.devices.eject_box.feeder import Feeder, Place, Run
from padkit_sim.devices.eject_box.hands import HANDS
from padkit_sim.devices.eject_box.state import CardState, EjectSettings, EjectState
from padkit_sim.devices.hands import in_words
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

RATES = {f"B{place}": rate for place, rate in enumerate((1200, 2400, 4800, 9600, 19200, 38400))}
KINDS: Mapping[str, str] = {"DC": "dispense", "AP": "status", "RS": "reset"} | dict.fromkeys(
    ("IP", "IE", *RATES), "setting"
)
GAP_S = 0.2  # ours: a word that stops for so long is forgotten
READY, BUSY, DONE, FAILED, AHEAD, CANNOT = "0", "1", "3", "4", "5", "6"
ENOUGH, FEW, NONE = "0", "1", "2"


class EjectBox:
    """A simulated box that only ejects; see `Device`."""

    def __init__(self, settings: EjectSettings, dial: Dial) -> None:
        self._address = f"{settings.address:02d}".encode("ascii")
        self._low_at = settings.low_at
        self._cards = [BankCard(data) for data in settings.cards]
        self._feeder = Feeder(self._cards)
        self._dial = dial
        self._ear = wire.Ear()
        self._baud = settings.baud
        self._heard_at_s = 0.0
        self._acknowledged = ""  # a command that waits for the go-ahead
        self._once = ""  # what the next status says, and no other
        self._unsaid = False  # the running dispense will not be told
        self._resets_left: int | None = None  # until the stuck card works loose; None: never by itself
        self._ahead = False
        self._late: list[tuple[float, bytes]] = []
        self.take_after_s = settings.take_after_s

    # -- Device

    def receive(self, data: bytes, at: Moment, baud: int | None) -> Step:
        """Bytes at a rate that the unit does not listen at are noise."""
        pieces = self._pass_time(at)
        if baud not in (None, self._baud):
            return self._step(pieces, f"noise: sent at {baud} baud, the box listens at {self._baud}")
        if self._ear.midway and at.line_s - self._heard_at_s > GAP_S:
            self._ear.forget()
        self._heard_at_s = at.line_s
        for word in self._ear.hear(data):
            if word.address != self._address:
                continue
            match word:
                case wire.Order(code=code):
                    pieces += self._order(code, at)
                case wire.Go():
                    pieces += self._go(at)
                case wire.Spoiled():
                    pieces.append(self._deny())
        return self._step(pieces)

    def update(self, at: Moment) -> Step:
        return self._step(self._pass_time(at))

    def power_cycle(self, at: Moment) -> Step:
        pieces = self._pass_time(at)
        self._feeder.halt()
        self._ear.forget()
        self._acknowledged = self._once = ""
        self._ahead, self._late = False, []
        return self._step(pieces)

    def hand(self, action: HandAction, at: Moment) -> Step:
        pieces = self._pass_time(at)
        match action.action:
            case "take_card":
                if not self._feeder.take():
                    raise SimRefused("eject box: take_card: no card sticks out of the mouth; dispense one first")
            case "remove_card":
                self._refuse_while_moving("remove_card")
                self._feeder.lift_out()
            case other:
                raise SimRefused(f"eject box: nobody can {other!r} it; a hand can {in_words(HANDS)}")
        return self._step(pieces)

    def fault_cleared(self, name: str) -> None:
        if name == "eject.jam":
            self._feeder.stuck = False

    def state(self, at: Moment) -> EjectState:
        cards = [CardState(c.pan, c.slip_pan, c.serial, place) for c, place in self._feeder.places()]
        return EjectState(
            moving=self._feeder.run is not None,
            stuck=self._feeder.stuck,
            ahead=self._ahead,
            baud=self._baud,
            hopper=len(self._feeder.hopper),
            take_after_s=self.take_after_s,
            cards=sorted(cards, key=lambda card: card.serial),
        )

    # -- for demonstrations

    def tamper(self, pan: str, place: str) -> None:
        """Put the card with `pan` somewhere else by magic. Raises `SimRefused`."""
        card = next((it for it in self._cards if it.pan == pan), None)
        if card is None or place not in {it.value for it in Place}:
            known = ", ".join(Place)
            raise SimRefused(
                f"eject box: tamper: card {pan!r}, place {place!r}; give a card of 'state' and one of {known}"
            )
        self._refuse_while_moving("tamper")
        self._feeder.put(card, Place(place))

    def _refuse_while_moving(self, what: str) -> None:
        if self._feeder.run is not None:
            raise SimRefused(f"eject box: {what}: its motor is running; wait until state says moving = false")

    # -- what the host says

    def _order(self, code: str, at: Moment) -> list[Piece]:
        self._acknowledged = ""
        kind = KINDS.get(code)
        if kind is None or self._dial.strike("eject.nak", on=kind):
            return [self._deny()]
        if self._dial.strike("eject.silent", on=kind):
            if code == "DC":
                self._dispense(at)
            return []
        self._acknowledged = code
        return [Piece(PieceKind.ACK, wire.taken(self._address))]

    def _deny(self) -> Piece:
        return Piece(PieceKind.CONTROL, wire.denied(self._address))

    def _go(self, at: Moment) -> list[Piece]:
        code, self._acknowledged = self._acknowledged, ""
        match code:
            case "AP":
                return self._tell(at)
            case "DC":
                self._dispense(at)
            case "RS":
                self._reset(at)
            case "IP" | "IE":
                self._ahead = code == "IP"
                self._feed_ahead(at)
            case rate if rate in RATES:
                self._baud = RATES[rate]
        return []

    def _tell(self, at: Moment) -> list[Piece]:
        spoiled = self._dial.strike("eject.bcc") is not None
        said = wire.status(self._address, self._work(), self._stacker(), spoiled=spoiled)
        self._once = "" if self._feeder.run is None else self._once
        if late := self._dial.strike("eject.late"):
            self._late.append((at.mech_s + late.number("seconds"), said))
            return []
        return [Piece(PieceKind.FRAME, said)]

    def _work(self) -> str:
        if self._feeder.run is not None:
            return AHEAD if self._feeder.run is Run.AHEAD else BUSY
        return FAILED if self._feeder.stuck else self._once or READY

    def _stacker(self) -> str:
        if self._empty():
            return NONE
        return FEW if len(self._feeder.hopper) <= self._low_at else ENOUGH

    def _empty(self) -> bool:
        return self._dial.standing("eject.empty") is not None or not self._feeder.hopper

    # -- what it does

    def _dispense(self, at: Moment) -> None:
        if self._feeder.run is not None:
            return
        lacks = self._dial.standing("eject.empty") is not None
        self._dial.passed("eject.empty")
        if lacks or not self._feeder.can_dispense:
            self._once = CANNOT
            return
        jam = self._dial.strike("eject.jam")
        self._resets_left = jam.whole_or_none("clears_after") if jam else None
        self._unsaid = self._dial.strike("eject.unsaid") is not None
        self._once = ""
        self._feeder.begin(Run.OUT, at.mech_s, sticks=jam is not None)

    def _reset(self, at: Moment) -> None:
        if self._feeder.run is not None:
            return
        self._once = ""
        if self._feeder.stuck and self._resets_left is not None:
            self._resets_left -= 1
            self._feeder.stuck = self._resets_left > 0
        self._feeder.begin(Run.RESET, at.mech_s)

    def _feed_ahead(self, at: Moment) -> None:
        idle = self._feeder.run is None and self._feeder.path is None
        if self._ahead and idle and not self._empty():
            self._feeder.begin(Run.AHEAD, at.mech_s)

    def _pass_time(self, at: Moment) -> list[Piece]:
        if self._feeder.update(at.mech_s) is Run.OUT and not self._feeder.stuck:
            self._once = "" if self._unsaid else DONE
            self._feed_ahead(at)
        taken_at_s = self._taken_at_s()
        if taken_at_s is not None and at.mech_s >= taken_at_s:
            self._feeder.take()
        due = [said for due_s, said in self._late if due_s <= at.mech_s]
        self._late = [it for it in self._late if it[0] > at.mech_s]
        return [Piece(PieceKind.FRAME, said) for said in due]

    def _taken_at_s(self) -> float | None:
        since_s = self._feeder.mouth_since_s
        return None if since_s is None or self.take_after_s is None else since_s + self.take_after_s

    def _step(self, pieces: list[Piece], note: str = "") -> Step:
        wakes = (self._feeder.ends_at_s, self._taken_at_s(), *(due_s for due_s, _ in self._late))
        return Step(tuple(pieces), min((it for it in wakes if it is not None), default=None), note)
