"""The reader's module: find, select, read, with the 'already read' latch and the time each takes. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from padkit_sim.devices.device import HandAction, Moment, Piece, PieceKind, Step
from padkit_sim.devices.hands import in_words
from padkit_sim.devices.identity_reader import images
from padkit_sim.devices.identity_reader.hands import HANDS
from padkit_sim.devices.identity_reader.record import Person, text_record
from padkit_sim.devices.identity_reader.wire import Ear, Rejected, Request, Status, reply
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

SAM_NUMBER = bytes.fromhex("05000100C82C330187D61200 79384E05")
DEFAULT_BAUD = 115_200
BAUD_CODES = {0x00: 115_200, 0x01: 57_600, 0x02: 38_400, 0x03: 19_200, 0x04: 9_600}
GAP_S = 0.5  # section 2: a longer gap inside a frame drops it
ADDRESS_BYTES = 70
NEEDS_S: Mapping[str, float] = {  # section 4
    "reset": 0.6,
    "status": 0.1,
    "number": 0.1,
    "find": 0.15,
    "select": 0.15,
    "read": 1.5,
    "address": 1.0,
    "baud": 0.05,
}
WITH_FINGERS_S = 2.2


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What a kit file says of a reader. `latch`: a card that was read is not found again until it was lifted."""

    people: tuple[Person, ...] = ()
    on_reader: str = ""
    latch: bool = True
    old_module: bool = False  # knows no 30 10


@dataclass(frozen=True, slots=True)
class ReaderState:
    """The truth about a reader."""

    person: str
    found: bool
    selected: bool
    already_read: bool
    baud: int
    people: Sequence[str]


@dataclass(slots=True)
class Pending:
    """A request at work until `due_s`."""

    request: Request
    kind: str
    due_s: float


class IdentityReader:
    """A simulated identity-card reader; see `Device`."""

    def __init__(self, settings: ReaderSettings, dial: Dial) -> None:
        self._people = {person.id: person for person in settings.people}
        self._settings = settings
        self._dial = dial
        self._ear = Ear()
        self._heard_at_s = 0.0
        self._pending: Pending | None = None
        self._card: Person | None = self._people.get(settings.on_reader)
        self._baud = DEFAULT_BAUD
        self._found = self._selected = self._already_read = False
        self._work: Mapping[str, Callable[[Request], bytes]] = {
            "reset": self._reset,
            "status": lambda request: reply(Status.DONE),
            "number": lambda request: reply(Status.DONE, SAM_NUMBER),
            "find": self._find,
            "select": self._select,
            "read": self._read,
            "address": self._address,
            "baud": self._set_baud,
        }

    # -- Device

    def receive(self, data: bytes, at: Moment, baud: int | None) -> Step:
        """Bytes at a rate that the module does not listen at are noise."""
        pieces = self._pass_time(at)
        if self._ear.midway and at.line_s - self._heard_at_s > GAP_S:
            self._ear.forget()
        self._heard_at_s = at.line_s
        if baud not in (None, self._baud):
            return self._step(pieces, f"noise: sent at {baud} baud, the module listens at {self._baud}")
        for word in self._ear.hear(data):
            if isinstance(word, Rejected):
                pieces.append(Piece(PieceKind.FRAME, reply(word.status)))
            elif self._pending is None:  # a module at work does not listen
                self._pending = Pending(word, _kind(word), at.mech_s + _needs_s(word))
        return self._step(pieces)

    def update(self, at: Moment) -> Step:
        return self._step(self._pass_time(at))

    def power_cycle(self, at: Moment) -> Step:
        pieces = self._pass_time(at)
        self._pending, self._baud = None, DEFAULT_BAUD
        self._found = self._selected = self._already_read = False
        self._ear.forget()
        return self._step(pieces)

    def hand(self, action: HandAction, at: Moment) -> Step:
        pieces = self._pass_time(at)
        match action.action:
            case "lay_card":
                self._lay(action.person)
            case "lift_card":
                if self._card is None:
                    raise SimRefused("identity reader: lift_card: no card lies there; lay one first")
                self._lift()
            case other:
                raise SimRefused(f"identity reader: nobody can {other!r} it; a hand can {in_words(HANDS)}")
        return self._step(pieces)

    def fault_cleared(self, name: str) -> None:
        """Its faults leave nothing behind."""

    def state(self, at: Moment) -> ReaderState:
        return ReaderState(
            person=self._card.id if self._card else "",
            found=self._found,
            selected=self._selected,
            already_read=self._already_read,
            baud=self._baud,
            people=tuple(self._people),
        )

    # -- time and people

    def _pass_time(self, at: Moment) -> list[Piece]:
        pending = self._pending
        if pending is None or at.mech_s < pending.due_s:
            return []
        self._pending = None
        answer = self._answer(pending)
        return [Piece(PieceKind.FRAME, answer)] if answer else []

    def _step(self, pieces: list[Piece], note: str = "") -> Step:
        return Step(tuple(pieces), self._pending.due_s if self._pending else None, note)

    def _lay(self, person_id: str) -> None:
        person = self._people.get(person_id)
        if person is None:
            known = ", ".join(self._people) or "nobody"
            raise SimRefused(f"identity reader: lay_card: person {person_id!r} is unknown; the kit file has {known}")
        self._lift()
        self._card = person

    def _lift(self) -> None:
        self._card = None
        self._found = self._selected = self._already_read = False

    # -- commands

    def _answer(self, pending: Pending) -> bytes:
        kind = pending.kind
        if self._dial.strike("idcard.silent", on=kind):
            return b""
        if injected := self._dial.strike("idcard.status", on=kind):
            return reply(int(injected.text("sw3"), 16))
        answer = self._work[kind](pending.request) if kind in self._work else reply(Status.UNKNOWN_COMMAND)
        if self._dial.strike("idcard.wrong_length"):
            return reply(answer[9], answer[10:-1], length_off_by=1)
        return answer

    def _reset(self, request: Request) -> bytes:
        self._found = self._selected = False
        return reply(Status.DONE)

    def _find(self, request: Request) -> bytes:
        self._found = self._selected = False
        if self._card is None or self._already_read or self._dial.strike("idcard.not_found"):
            return reply(Status.NO_CARD)
        self._found = True
        return reply(Status.FOUND, bytes(4))

    def _select(self, request: Request) -> bytes:
        if not self._found or self._card is None or self._dial.strike("idcard.select_failed"):
            self._found = self._selected = False
            return reply(Status.SELECT_FAILED)
        self._selected = True
        return reply(Status.DONE, bytes(8))

    def _read(self, request: Request) -> bytes:
        fingers_too = request.para == 0x10
        if fingers_too and self._settings.old_module:
            return reply(Status.UNKNOWN_COMMAND)
        if self._dial.strike("idcard.removed"):
            self._lift()
        card = self._card
        if card is None or not self._selected or self._dial.strike("idcard.read_failed"):
            self._found = self._selected = False
            return reply(Status.READ_FAILED)
        self._already_read = self._settings.latch
        photo = images.no_photo() if self._dial.strike("idcard.photo_bad") else images.photo(card.id)
        blocks = [text_record(card.document), photo]
        if fingers_too:
            blocks.append(images.fingerprints(card.id, card.fingers))
        lengths = b"".join(len(block).to_bytes(2, "big") for block in blocks)
        return reply(Status.DONE, lengths + b"".join(blocks))

    def _address(self, request: Request) -> bytes:
        if self._card is None or not self._selected:
            return reply(Status.READ_FAILED)
        if not self._card.new_address:
            return reply(Status.NO_SUCH_ITEM)
        raw = self._card.new_address.encode("utf-16-le")
        return reply(Status.DONE, raw + b"\x20\x00" * ((ADDRESS_BYTES - len(raw)) // 2))

    def _set_baud(self, request: Request) -> bytes:
        baud = BAUD_CODES.get(request.para)
        if baud is None:
            return reply(Status.UNKNOWN_COMMAND)
        self._baud = baud
        return reply(Status.DONE)


KINDS: Mapping[tuple[int, int], str] = {
    (0x10, 0xFF): "reset",
    (0x11, 0xFF): "status",
    (0x12, 0xFF): "number",
    (0x20, 0x01): "find",
    (0x20, 0x02): "select",
    (0x30, 0x01): "read",
    (0x30, 0x10): "read",
    (0x30, 0x03): "address",
    (0x61, 0xFF): "status",
}


def _kind(request: Request) -> str:
    if request.cmd == 0x60:
        return "baud"
    return KINDS.get((request.cmd, request.para), "unknown")


def _needs_s(request: Request) -> float:
    return WITH_FINGERS_S if (request.cmd, request.para) == (0x30, 0x10) else NEEDS_S.get(_kind(request), 0.0)
