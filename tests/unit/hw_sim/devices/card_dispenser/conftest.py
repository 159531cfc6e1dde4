"""A card box on a bench: time is stepped by hand, frames are built by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

import pytest

from padkit_sim.devices.bank_card import numbered
from padkit_sim.devices.card_dispenser import FAULTS, NAMES, BoxSettings, CardBox
from padkit_sim.devices.card_dispenser.box import BoxState
from padkit_sim.devices.device import HandAction, Moment, Piece, PieceKind, Step
from padkit_sim.faults import ArgValue, FaultBook, FaultRequest

BIN = "999900"
LONG_S = 60.0


def frame(cm: int, pm: int, data: bytes = b"", address: int = 0) -> bytes:
    body = bytes([0xF2, address]) + (len(data) + 3).to_bytes(2, "big") + bytes([0x43, cm, pm]) + data + b"\x03"
    return body + bytes([reduce(xor, body)])


@dataclass(frozen=True)
class Said:
    """A response taken apart: `status` of a positive one, `code` of a negative one."""

    status: str = ""
    code: str = ""
    data: bytes = b""


@dataclass
class Bench:
    """`now_s` is both clocks; `heard` are all pieces since the last look."""

    box: CardBox
    book: FaultBook
    now_s: float = 0.0
    heard: list[Piece] = field(default_factory=list)
    wake_at_s: float | None = None

    def _at(self) -> Moment:
        return Moment(self.now_s, self.now_s)

    def take(self, step: Step) -> list[Piece]:
        self.heard += step.pieces
        self.wake_at_s = step.wake_at_s
        return list(step.pieces)

    def send(self, data: bytes, baud: int | None = None) -> list[Piece]:
        """Say something to the box; what it says at once."""
        return self.take(self.box.receive(data, self._at(), baud))

    def run(self, seconds: float) -> list[Piece]:
        """Let time pass, waking the box whenever it wants; all that it says meanwhile."""
        end_s, said = self.now_s + seconds, list[Piece]()
        while self.wake_at_s is not None and self.wake_at_s <= end_s:
            self.now_s = max(self.now_s, self.wake_at_s)
            said += self.take(self.box.update(self._at()))
        self.now_s = end_s
        return said + self.take(self.box.update(self._at()))

    def ask(self, cm: int, pm: int, data: bytes = b"") -> Said:
        """One whole command: frame, ACK, response, ACK."""
        said = self.send(frame(cm, pm, data))
        assert said[0].kind is PieceKind.ACK
        while not (answers := [p.data for p in said if p.kind is PieceKind.FRAME]):
            assert self.wake_at_s is not None, "the box waits for nothing and has not answered"
            said = self.run(self.wake_at_s - self.now_s)
        self.send(b"\x06")
        return taken_apart(answers[0])

    def ready(self) -> Bench:
        """Past the power-on state, counting."""
        assert self.ask(0x30, 0x37).code == ""
        return self

    def staged(self) -> Bench:
        """With a card at the IC station."""
        assert self.ready().ask(0x32, 0x31).status[0] == "2"
        return self

    def presented(self) -> Bench:
        """With a card held at the gate."""
        assert self.staged().ask(0x32, 0x30).status[0] == "1"
        return self

    def hand(self, action: str, pan: str = "") -> list[Piece]:
        return self.take(self.box.hand(HandAction(action, pan=pan), self._at()))

    def arm(self, name: str, *, nth: int = 1, times: int = 1, **args: ArgValue) -> None:
        self.book.arm(FaultRequest(name, args, nth=nth, times=times))

    def power_cycle(self) -> None:
        self.take(self.box.power_cycle(self._at()))

    def state(self) -> BoxState:
        self.take(self.box.update(self._at()))
        return self.box.state(self._at())

    def places(self) -> list[str]:
        """Where the cards are, in the order of their serials."""
        return [card.place.value for card in self.state().cards]


def taken_apart(raw: bytes) -> Said:
    body = raw[7:-2]
    if raw[4:5] == b"P":
        return Said(status=body[:3].decode(), data=body[3:])
    return Said(code=body[:2].decode(), data=body[2:])


@pytest.fixture
def bench_of() -> Callable[..., Bench]:
    """Make a bench; keywords are those of `BoxSettings`, `count` cards lie in the hopper."""

    def make(count: int = 8, **settings: object) -> Bench:
        cards = tuple(numbered(BIN, serial) for serial in range(1, count + 1))
        book = FaultBook({spec.name: spec for spec in FAULTS}, {"box": NAMES}, seed=1)
        box = CardBox(BoxSettings(cards=cards, **settings), book.dial("box"))  # type: ignore[arg-type] # checked at run time
        book.cleared = lambda device, name: box.fault_cleared(name)
        return Bench(box, book)

    return make


@pytest.fixture
def bench(bench_of: Callable[..., Bench]) -> Bench:
    """A box with eight cards, as after power-on."""
    return bench_of()
