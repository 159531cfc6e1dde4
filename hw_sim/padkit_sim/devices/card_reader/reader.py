"""A USB reader for contact cards: one slot, one card in it, whole APDUs. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from padkit_sim.devices.card_reader import ccid
from padkit_sim.devices.card_reader.ccid import Asked, Error, Icc, Request
from padkit_sim.devices.card_reader.hands import HANDS
from padkit_sim.devices.card_reader.slot import CardSeen, ReaderCard, Seat, Silence
from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.hands import in_words
from padkit_sim.devices.usb import HIGH_SPEED, Descriptors, Endpoint, Interface, Kind, Setup, Transfer, UsbStep
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

OUT, IN, NOTIFY = 0x01, 0x82, 0x83
SMART_CARD = 0x0B  # class of the interface
ABORT, GET_CLOCKS, GET_RATES = 0x01, 0x02, 0x03  # class requests, CCID 5.3
RESET_S = 0.1
EXCHANGE_S = 0.02
EXTENSION_S = 0.5
MUTE_S = 1.0

DESCRIPTORS = Descriptors(
    interfaces=(
        Interface(
            *(0, SMART_CARD, 0, 0),
            endpoints=(
                Endpoint(OUT, Kind.BULK, 512),
                Endpoint(IN, Kind.BULK, 512),
                Endpoint(NOTIFY, Kind.INTERRUPT, 8, interval=4),
            ),
            extra=ccid.class_descriptor(),
        ),
    ),
    speed=HIGH_SPEED,
)


@dataclass(frozen=True, slots=True)
class CardReaderSettings:
    """What a kit file says of a reader: the cards at hand, and which of them lies in it, counted from 1; 0 for none."""

    cards: tuple[ReaderCard, ...] = ()
    inserted: int = 0


@dataclass(frozen=True, slots=True)
class CardReaderState:
    """The truth about a reader. `inserted` is the number of the card in it, "" for none; `numbers` are those of all cards."""

    inserted: str
    powered: bool
    moving: bool
    numbers: Sequence[str]
    cards: Sequence[CardSeen]


@dataclass(slots=True)
class Work:
    """A command under way: `extensions` times "wait" first, each `EXTENSION_S`, then what `answer` gives."""

    request: Request
    due_s: float
    answer: Callable[[], bytes]
    extensions: int = 0


class CardReader:
    """A simulated CCID reader; see `UsbDevice`."""

    def __init__(self, settings: CardReaderSettings, dial: Dial) -> None:
        self._dial = dial
        self._seat = Seat(settings.cards, dial)
        if settings.inserted:
            self._seat.insert(item=str(settings.inserted))
        self._ear = ccid.Ear()
        self._work: Work | None = None
        self._saying: list[Transfer] = []
        self._does: Mapping[int, Callable[[Request, Moment], None]] = {
            Asked.POWER_ON: self._power_on,
            Asked.POWER_OFF: self._power_off,
            Asked.SLOT_STATUS: self._status,
            Asked.ABORT: self._status,
            Asked.GET_PARAMETERS: self._parameters,
            Asked.RESET_PARAMETERS: self._parameters,
            Asked.SET_PARAMETERS: self._set_parameters,
            Asked.EXCHANGE: self._exchange,
        }

    # -- UsbDevice

    @property
    def descriptors(self) -> Descriptors:
        return DESCRIPTORS

    def control(self, setup: Setup, data: bytes, at: Moment) -> UsbStep:
        """ABORT is taken (its twin on the bulk pipe does it); fixed clock and rates have no lists to give."""
        self._pass_time(at)
        return self._step(stalled=setup.request != ABORT)

    def out(self, endpoint: int, data: bytes, at: Moment) -> UsbStep:
        self._pass_time(at)
        if endpoint != OUT:
            return self._step(stalled=True)
        for request in self._ear.hear(data):
            self._take(request, at)
        return self._step()

    def update(self, at: Moment) -> UsbStep:
        self._pass_time(at)
        return self._step()

    def power_cycle(self, at: Moment) -> UsbStep:
        """The card loses its power too; when the power is back the reader tells of a card that lies in it."""
        self._work = None
        self._saying.clear()
        self._ear.forget()
        self._seat.power_off()
        if self._seat.card is not None:
            self._notify()
        return self._step()

    def hand(self, action: HandAction, at: Moment) -> UsbStep:
        self._pass_time(at)
        match action.action:
            case "insert_card":
                self._seat.insert(action.pan, action.item)
                self._notify()
            case "remove_card":
                self._seat.remove()
                self._pulled()
            case other:
                raise SimRefused(f"card reader: nobody can {other!r} it; a hand can {in_words(HANDS)}")
        return self._step()

    def fault_cleared(self, name: str) -> None:
        """A card that was spoilt is as it was made; its own faults leave nothing behind."""
        if name.startswith("card."):
            self._seat.heal()

    def state(self, at: Moment) -> CardReaderState:
        card, cards = self._seat.card, self._seat.seen()
        return CardReaderState(
            inserted=card.pan if card else "",
            powered=self._seat.powered,
            moving=self._work is not None,
            numbers=tuple(it.pan for it in cards),
            cards=cards,
        )

    # -- time and people

    def _pass_time(self, at: Moment) -> None:
        while (work := self._work) is not None and at.mech_s >= work.due_s:
            if work.extensions:
                work.extensions -= 1
                work.due_s += EXTENSION_S
                self._say(ccid.wait(work.request, self._seat.icc))
            else:
                self._work = None
                self._say(work.answer())

    def _pulled(self) -> None:
        """What the card was asked stays without its answer; then the slot is told to be empty."""
        work, self._work = self._work, None
        if work is not None:
            self._say(ccid.failed(work.request, self._seat.icc, Error.MUTE))
        self._notify()

    def _notify(self) -> None:
        self._saying.append(Transfer(NOTIFY, ccid.slot_changed(present=self._seat.card is not None)))

    def _say(self, message: bytes) -> None:
        self._saying.append(Transfer(IN, message))

    def _step(self, *, stalled: bool = False) -> UsbStep:
        said, self._saying = tuple(self._saying), []
        return UsbStep(said, stalled=stalled, wake_at_s=self._work.due_s if self._work else None)

    # -- commands

    def _take(self, request: Request, at: Moment) -> None:
        does = self._does.get(request.type)
        if request.slot:
            return self._refuse(request, Error.BAD_SLOT)
        if request.type == Asked.ABORT:
            self._work = None
        if self._work is not None:
            return self._refuse(request, Error.SLOT_BUSY)
        if does is None:
            return self._refuse(request, Error.BAD_LENGTH if request.type < 0 else Error.NOT_SUPPORTED)
        return does(request, at)

    def _refuse(self, request: Request, error: Error) -> None:
        self._say(ccid.failed(request, self._seat.icc, error))

    def _power_on(self, request: Request, at: Moment) -> None:
        if self._seat.card is None:
            return self._refuse(request, Error.MUTE)

        def answer() -> bytes:
            try:
                atr = self._seat.power_on()
            except Silence:
                return ccid.failed(request, self._seat.icc, Error.MUTE)
            return ccid.done(request, self._seat.icc, atr)

        self._work = Work(request, at.mech_s + RESET_S, answer)
        return None

    def _power_off(self, request: Request, at: Moment) -> None:
        self._seat.power_off()
        self._status(request, at)

    def _status(self, request: Request, at: Moment) -> None:
        self._say(ccid.done(request, self._seat.icc))

    def _parameters(self, request: Request, at: Moment) -> None:
        if self._seat.card is None:
            return self._refuse(request, Error.MUTE)
        protocol = self._seat.card.protocol
        return self._say(ccid.done(request, self._seat.icc, protocol.parameters, protocol.number))

    def _set_parameters(self, request: Request, at: Moment) -> None:
        if self._seat.card is None:
            return self._refuse(request, Error.MUTE)
        protocol = self._seat.card.protocol
        if request.own[0] != protocol.number or len(request.data) != len(protocol.parameters):
            return self._refuse(request, Error.BAD_PROTOCOL)
        return self._say(ccid.done(request, self._seat.icc, request.data, protocol.number))

    def _exchange(self, request: Request, at: Moment) -> None:
        if self._seat.icc is not Icc.ACTIVE:
            return self._refuse(request, Error.MUTE)
        self._dial.strike("pcsc.daemon_killed")  # who runs the daemon hears of it
        due_s = at.mech_s + EXCHANGE_S
        if self._dial.strike("reader.parity"):
            self._work = Work(request, due_s, lambda: ccid.failed(request, Icc.ACTIVE, Error.PARITY))
        elif self._dial.strike("reader.card_pulled"):
            self._work = Work(request, due_s, lambda: self._pulled_at(request))
        elif self._dial.strike("reader.mute"):
            self._work = self._mute(request, at)
        else:
            slow = self._dial.strike("reader.slow")
            self._work = self._asked(request, at, slow.whole("extensions") if slow else 0)
        return None

    def _asked(self, request: Request, at: Moment, extensions: int) -> Work:
        """The card is asked at once; its answer takes its time."""
        try:
            answer = self._seat.exchange(request.data)
        except Silence:
            return self._mute(request, at)
        due_s = at.mech_s + (EXTENSION_S if extensions else EXCHANGE_S)
        return Work(request, due_s, lambda: ccid.done(request, self._seat.icc, answer), extensions)

    def _mute(self, request: Request, at: Moment) -> Work:
        return Work(request, at.mech_s + MUTE_S, lambda: ccid.failed(request, self._seat.icc, Error.MUTE))

    def _pulled_at(self, request: Request) -> bytes:
        self._seat.remove()
        self._notify()
        return ccid.failed(request, self._seat.icc, Error.MUTE)
