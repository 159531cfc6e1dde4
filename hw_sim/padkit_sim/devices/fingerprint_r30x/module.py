"""The module: takes pictures, makes features, keeps a library, answers its serial line. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from padkit_sim.devices import finger
from padkit_sim.devices.device import HandAction, Moment, Piece, PieceKind, Step
from padkit_sim.devices.fingerprint_r30x import wire
from padkit_sim.devices.fingerprint_r30x.memory import Memory
from padkit_sim.devices.fingerprint_r30x.models import MODELS, ModuleSettings
from padkit_sim.devices.fingerprint_r30x.wire import Heard
from padkit_sim.devices.hands import in_words
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

SYSTEM_ID, SECURITY, BAUD_TIMES = 9, 3, 6
SIZE_CODE = 2  # 128 bytes a data packet
PACKET = 128
GAP_S = 0.3
LIFT_S = 0.4
START_S = 0.3  # section 5, after power-on
READY = b"\x55"
NEEDS_S: Mapping[str, float] = {  # section 5, typical
    "take": 0.25,
    "features": 0.3,
    "join": 0.2,
    "match": 0.1,
    "search": 0.2,
    "store": 0.2,
    "delete": 0.2,
    "empty": 0.3,
}
QUICK_S = 0.02
OPEN = ("password", "parameters", "handshake")  # before a password
KINDS: Mapping[int, str] = {
    0x01: "take",
    0x02: "features",
    0x03: "match",
    0x04: "search",
    0x1B: "search",
    0x05: "join",
    0x06: "store",
    0x07: "load",
    0x08: "upload",
    0x09: "download",
    0x0A: "picture",
    0x0C: "delete",
    0x0D: "empty",
    0x0F: "parameters",
    0x13: "password",
    0x1D: "count",
}
NEWER: Mapping[int, str] = {0x35: "light", 0x53: "handshake"}


@dataclass(frozen=True, slots=True)
class ModuleState:
    """The truth about a module; `led` is the last order to its ring: mode, speed, colour, cycles."""

    lying: str
    kept: Mapping[str, str]
    trusted: bool
    led: str = ""
    fingers: Sequence[str] = finger.FINGERS


@dataclass(slots=True)
class Work:
    """A command at work until `due_s`."""

    kind: str
    content: bytes
    due_s: float


class FingerModule:
    """A simulated EF01 module; see `Device`. Who touches lifts when the picture is taken, who holds does not."""

    def __init__(self, settings: ModuleSettings, dial: Dial) -> None:
        self._settings = settings
        self._model = MODELS[settings.model]
        self._kinds = {**KINDS, **(NEWER if self._model.newer else {})}
        self._dial = dial
        self._ear = wire.Ear()
        self._heard_at_s = 0.0
        self._touch: finger.Touch | None = None
        self._holds = False
        self._touches = 0
        self._memory = Memory(settings, dial)
        self._forget()
        self._do: Mapping[str, Callable[[bytes], tuple[int, bytes]]] = {
            "take": self._take,
            "features": self._features,
            "match": self._memory.match,
            "search": self._memory.search,
            "join": self._memory.join,
            "store": self._memory.store,
            "load": self._memory.load,
            "upload": self._memory.upload,
            "download": self._memory.download,
            "picture": self._picture,
            "delete": self._memory.delete,
            "empty": self._memory.empty,
            "parameters": self._parameters,
            "password": self._verify,
            "count": self._memory.count,
            "light": self._light,
            "handshake": lambda _: (0x00, b""),
        }

    def _forget(self) -> None:
        self._work: Work | None = None
        self._starts_until_s: float | None = None
        self._led = ""
        self._lift_at_s: float | None = None
        self._taken: finger.Touch | None = None
        self._trusted = False
        self._picture_after = b""
        self._memory.forget()
        self._ear.forget()

    # -- Device

    def receive(self, data: bytes, at: Moment, baud: int | None) -> Step:
        pieces = self._pass_time(at)
        if self._ear.midway and at.line_s - self._heard_at_s > GAP_S:
            self._ear.forget()
        self._heard_at_s = at.line_s
        if self._starts_until_s is not None:
            return self._step(pieces)
        for heard in self._ear.hear(data):
            if heard.address == self._settings.address:
                pieces += self._hear(heard, at)
        return self._step(pieces)

    def update(self, at: Moment) -> Step:
        return self._step(self._pass_time(at))

    def power_cycle(self, at: Moment) -> Step:
        self._forget()
        self._starts_until_s = at.mech_s + START_S
        return self._step([])

    def hand(self, action: HandAction, at: Moment) -> Step:
        pieces = self._pass_time(at)
        match action.action:
            case "touch_finger" | "hold_finger":
                touch = finger.parse_touch(action.person, action.item, self._touches)
                self._touch = finger.as_it_comes_out(touch, self._dial)
                self._touches += 1
                self._holds = action.action == "hold_finger"
                self._lift_at_s = None
            case "lift_finger":
                if self._touch is None:
                    raise SimRefused("fingerprint module: lift_finger: no finger lies there; touch it first")
                self._touch = self._lift_at_s = None
            case other:
                can = in_words(finger.HANDS)
                raise SimRefused(f"fingerprint module: nobody can {other!r} it; a hand can {can}")
        return self._step(pieces)

    def fault_cleared(self, name: str) -> None:
        """Its faults leave nothing behind."""

    def state(self, at: Moment) -> ModuleState:
        lying = f"{self._touch.person}/{self._touch.finger}" if self._touch else ""
        return ModuleState(lying, self._memory.owners(), self._trusted, self._led)

    # -- time

    def _pass_time(self, at: Moment) -> list[Piece]:
        if self._lift_at_s is not None and at.mech_s >= self._lift_at_s:
            self._touch = self._lift_at_s = None
        if self._starts_until_s is not None and at.mech_s >= self._starts_until_s:
            self._starts_until_s = None
            return [Piece(PieceKind.CONTROL, READY)] if self._model.newer else []
        work = self._work
        if work is None or at.mech_s < work.due_s:
            return []
        self._work = None
        return self._answer(work, at)

    def _step(self, pieces: list[Piece]) -> Step:
        coming = (self._work.due_s if self._work else None, self._lift_at_s, self._starts_until_s)
        return Step(tuple(pieces), min((it for it in coming if it is not None), default=None))

    # -- commands

    def _hear(self, heard: Heard, at: Moment) -> list[Piece]:
        if not heard.sound:
            return [self._ack(0x01)]
        if heard.kind == wire.ASK and self._work is None and heard.content:
            kind = self._kinds.get(heard.content[0], "unknown")
            self._work = Work(kind, heard.content[1:], at.mech_s + NEEDS_S.get(kind, QUICK_S))
        elif heard.kind in (wire.MORE, wire.FINAL):
            self._memory.fill(heard.content, last=heard.kind == wire.FINAL)
        return []

    def _answer(self, work: Work, at: Moment) -> list[Piece]:
        self._picture_after = self._memory.after = b""
        if work.kind == "unknown":
            code, data = 0x19, b""
        elif not self._trusted and work.kind not in OPEN:
            code, data = 0x21, b""
        else:
            code, data = self._do[work.kind](work.content)
        if work.kind in ("picture", "features") and not self._holds:
            self._lift_at_s = at.mech_s + LIFT_S
        if self._dial.strike("r30x.silent", on=work.kind):
            return []
        packets = wire.in_packets(self._settings.address, self._picture_after or self._memory.after, PACKET)
        sent = [one for one in packets if not self._dial.strike("r30x.packet_lost")]
        return [self._ack(code, data), *(Piece(PieceKind.FRAME, one) for one in sent)]

    def _ack(self, code: int, data: bytes = b"") -> Piece:
        spoil = 1 if self._dial.strike("r30x.bad_sum") else 0
        address = b"\0\0\0\x01" if self._dial.strike("r30x.wrong_address") else self._settings.address
        return Piece(PieceKind.FRAME, wire.packet(address, wire.ANSWER, bytes([code]) + data, spoil=spoil))

    def _take(self, content: bytes) -> tuple[int, bytes]:
        if self._touch is None or self._dial.strike("r30x.no_finger"):
            return 0x02, b""
        self._taken = self._touch
        return 0x00, b""

    def _features(self, content: bytes) -> tuple[int, bytes]:
        if self._taken is None:
            return 0x15, b""
        if self._dial.strike("r30x.disordered") or self._taken.quality in ("wet", "dry"):
            return 0x06, b""
        if self._taken.quality != "good":
            return 0x07, b""
        self._memory.put(content[0] if content else 1, f"{self._taken.person}/{self._taken.finger}")
        return 0x00, b""

    def _picture(self, content: bytes) -> tuple[int, bytes]:
        if self._taken is None:
            return 0x0F, b""
        grey = finger.picture(self._taken, self._model.wide, self._model.high)
        self._picture_after = bytes(left & 0xF0 | right >> 4 for left, right in zip(grey[::2], grey[1::2], strict=True))
        return 0x00, b""

    def _parameters(self, content: bytes) -> tuple[int, bytes]:
        status = 0x04 * self._trusted | 0x08 * (self._taken is not None)
        numbers = (status, SYSTEM_ID, self._settings.capacity, SECURITY)
        head = b"".join(number.to_bytes(2, "big") for number in numbers)
        return 0x00, head + self._settings.address + bytes([0, SIZE_CODE, 0, BAUD_TIMES])

    def _light(self, content: bytes) -> tuple[int, bytes]:
        if len(content) != 4:
            return 0x01, b""
        self._led = content.hex(" ").upper()
        return 0x00, b""

    def _verify(self, content: bytes) -> tuple[int, bytes]:
        self._trusted = content == self._settings.password and not self._dial.strike("r30x.password")
        return (0x00, b"") if self._trusted else (0x13, b"")
