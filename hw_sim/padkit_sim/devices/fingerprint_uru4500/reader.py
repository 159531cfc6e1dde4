"""The reader's electronics: power, modes, interrupt messages, pictures, and the person at its window. No I/O, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from padkit_sim.devices import finger
from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.fingerprint_uru4500 import wire
from padkit_sim.devices.fingerprint_uru4500.wire import Part
from padkit_sim.devices.hands import in_words
from padkit_sim.devices.usb import Descriptors, Endpoint, Interface, Kind, Setup, Transfer, UsbStep
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

SAYS, SHOWS = 0x81, 0x82
VENDOR_OUT, VENDOR_IN, ACCESS = 0x40, 0xC0, 0x04
HWSTAT, SCRAMBLE, KEY, MODE, INFO = 0x07, 0x33, 0x34, 0x4E, 0xF0
AWAKE_AT, SLEEP = 0x01, 0x80
ASLEEP_AND_WRONG = 0x84
INFO_BYTES = bytes.fromhex("00 00 00 00 02 10 00 00 00 00 03 05 00 00 00 00")
REBOOT_READS = 3
POWER_UP_S, REPEAT_S = 0.03, 0.008
IMAGE_S, LIFT_S = 0.13, 0.4  # section 5: picture about 0.13 s after MODE 20
SHOWN = Descriptors(
    interfaces=(
        Interface(0, 0xFF, 0xFF, 0xFF, (Endpoint(SAYS, Kind.INTERRUPT, 64, 8), Endpoint(SHOWS, Kind.BULK, 64))),
    ),
    release=0x0103,
    max_power_ma=200,
)
USUAL = (Part(wire.HIDDEN, 144), Part(0, 1), Part(wire.HIDDEN, 144))
WITH_GAPS = (Part(wire.HIDDEN, 100), Part(wire.GONE, 1), Part(wire.HIDDEN, 88), Part(0, 1), Part(wire.HIDDEN, 100))
TWO_KEYS = (Part(wire.HIDDEN, 150), Part(wire.HIDDEN | wire.REKEY, 139))
IN_CLEAR = (Part(0, 144), Part(0, 145))


@dataclass(frozen=True, slots=True)
class UruSettings:
    """What a kit file says of a U.are.U. `seed` makes its scramble keys."""

    seed: int = 0


@dataclass(frozen=True, slots=True)
class UruState:
    """The truth about a reader."""

    hwstat: int
    mode: int
    lying: str
    pictures: int
    fingers: Sequence[str] = finger.FINGERS


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens at `at_s` (mechanical)."""

    at_s: float
    act: Callable[[float], Sequence[Transfer]]


class UruReader:
    """A simulated U.are.U 4500; see `UsbDevice`. Who touches lifts when the reader has the picture, who holds does not."""

    descriptors = SHOWN

    def __init__(self, settings: UruSettings, dial: Dial) -> None:
        self._settings = settings
        self._dial = dial
        self._touch: finger.Touch | None = None
        self._holds = False
        self._touches = self._pictures = 0
        self._forget()

    def _forget(self) -> None:
        self._hwstat, self._mode = AWAKE_AT, 0
        self._due: list[Due] = []
        self._said_on = self._announced = self._late = self._repeat = False
        self._sleepy_reads = self._reboot_reads = 0
        self._key_number, self._seed = 0, 0

    # -- UsbDevice

    def control(self, setup: Setup, data: bytes, at: Moment) -> UsbStep:
        said = self._pass_time(at)
        if setup.request != ACCESS or setup.request_type not in (VENDOR_IN, VENDOR_OUT):
            return self._step(said, stalled=True)
        if setup.request_type == VENDOR_IN:
            reply, more = self._read(setup.value, at)
            return self._step([*said, *more], reply=reply[: setup.length])
        return self._step([*said, *self._write(setup.value, data, at)])

    def out(self, endpoint: int, data: bytes, at: Moment) -> UsbStep:
        return self._step(self._pass_time(at), stalled=True)

    def update(self, at: Moment) -> UsbStep:
        return self._step(self._pass_time(at))

    def power_cycle(self, at: Moment) -> UsbStep:
        self._forget()
        return self._step([])

    def hand(self, action: HandAction, at: Moment) -> UsbStep:
        said = self._pass_time(at)
        match action.action:
            case "touch_finger" | "hold_finger":
                touch = finger.parse_touch(action.person, action.item, self._touches)
                self._touch = finger.as_it_comes_out(touch, self._dial)
                self._touches += 1
                self._holds = action.action == "hold_finger"
                said += self._touched()
            case "lift_finger":
                if self._touch is None:
                    raise SimRefused("fingerprint reader: lift_finger: no finger lies there; touch it first")
                said += self._lift()
            case other:
                can = in_words(finger.HANDS)
                raise SimRefused(f"fingerprint reader: nobody can {other!r} it; a hand can {can}")
        return self._step(said)

    def fault_cleared(self, name: str) -> None:
        self._sleepy_reads = self._reboot_reads = 0

    def state(self, at: Moment) -> UruState:
        lying = f"{self._touch.person}/{self._touch.finger}" if self._touch else ""
        return UruState(self._hwstat, self._mode, lying, self._pictures)

    # -- time

    def _pass_time(self, at: Moment) -> list[Transfer]:
        said: list[Transfer] = []
        while self._due and self._due[0].at_s <= at.mech_s:
            due = self._due.pop(0)
            said += due.act(due.at_s)
        return said

    def _at(self, at_s: float, act: Callable[[float], Sequence[Transfer]]) -> None:
        self._due.append(Due(at_s, act))
        self._due.sort(key=lambda due: due.at_s)

    def _step(self, said: Sequence[Transfer], *, reply: bytes = b"", stalled: bool = False) -> UsbStep:
        return UsbStep(tuple(said), reply, stalled, self._due[0].at_s if self._due else None)

    # -- registers

    def _read(self, register: int, at: Moment) -> tuple[bytes, list[Transfer]]:
        match register:
            case 0x07:
                return self._read_hwstat()
            case 0x34:
                return (self._key(self._key_number) ^ self._seed).to_bytes(4, "little"), []
            case 0xF0:
                return INFO_BYTES, []
        return bytes(64), []

    def _read_hwstat(self) -> tuple[bytes, list[Transfer]]:
        said = []
        if self._late:
            self._late = False
            said.append(_said(wire.POWERED))
        if not self._hwstat & SLEEP and not self._reboot_reads and self._dial.strike("uru.reboot"):
            self._hwstat = ASLEEP_AND_WRONG
        shown = self._hwstat
        if self._sleepy_reads:
            self._sleepy_reads -= 1
            shown |= SLEEP
        if self._reboot_reads:
            self._reboot_reads -= 1
            shown = AWAKE_AT if not self._reboot_reads else 0
            self._hwstat = shown or self._hwstat
        return bytes([shown]), said

    def _write(self, register: int, data: bytes, at: Moment) -> list[Transfer]:
        if register == HWSTAT and data:
            return self._power(data[0], at)
        if register == SCRAMBLE and len(data) == 5:
            self._key_number, self._seed = data[0], int.from_bytes(data[1:], "little")
        if register == MODE and data:
            return self._set_mode(data[0], at)
        return []

    def _power(self, value: int, at: Moment) -> list[Transfer]:
        before, self._hwstat = self._hwstat, value
        if before == ASLEEP_AND_WRONG:
            self._hwstat, self._reboot_reads = value | 0x04, REBOOT_READS
            return []
        if value & SLEEP:
            self._mode, self._due = 0, []
            early = self._dial.strike("uru.awake_early")
            self._announced = early is not None
            return [_said(wire.POWERED)] if early else []
        if not before & SLEEP:
            return []
        return self._power_up(at)

    def _power_up(self, at: Moment) -> list[Transfer]:
        stuck = self._dial.strike("uru.power_stuck")
        if stuck:
            self._sleepy_reads = stuck.whole("reads")
        if self._announced or self._dial.strike("uru.awake_missing"):
            return []
        if self._dial.strike("uru.awake_late"):
            self._late = True
            return []
        self._at(at.mech_s + POWER_UP_S, lambda at_s: [_said(wire.POWERED)])
        if self._dial.strike("uru.awake_repeated"):
            self._repeat = True
            for again in (1, 2):
                self._at(at.mech_s + POWER_UP_S + again * REPEAT_S, lambda at_s: [_said(wire.POWERED)])
        return []

    # -- modes

    def _set_mode(self, mode: int, at: Moment) -> list[Transfer]:
        self._mode = mode
        match mode:
            case 0x10:
                self._said_on = False
                return self._touched()
            case 0x12:
                if self._touch is None:
                    return [_said(wire.OFF)]
                if not self._holds:
                    self._at(at.mech_s + LIFT_S, lambda at_s: self._lift())
            case 0x20:
                return self._capture(at)
        return []

    def _touched(self) -> list[Transfer]:
        if self._mode != 0x10 or self._touch is None or self._said_on:
            return []
        self._said_on = True
        return [_said(wire.ON)]

    def _lift(self) -> list[Transfer]:
        self._touch = None
        return [_said(wire.OFF)] if self._mode == 0x12 else []

    def _capture(self, at: Moment) -> list[Transfer]:
        said = [_said(wire.POWERED)] if self._repeat else []
        self._repeat = False
        if self._dial.strike("uru.warning"):
            return [*said, _said(wire.TROUBLE)]
        late = self._dial.strike("uru.stall")
        self._at(at.mech_s + IMAGE_S + (late.number("after_s") if late else 0.0), self._show)
        return said

    def _show(self, at_s: float) -> list[Transfer]:
        if self._mode != 0x20:
            return []
        self._pictures += 1
        message = self._message(finger.picture(self._touch, wire.LINE, wire.LINES))
        if self._dial.strike("uru.wrong_lines"):
            message = message[:4] + wire.LINES.to_bytes(2, "little") + message[6:]
        if self._dial.strike("uru.short"):
            message = message[: len(message) // 2]
        return [Transfer(SHOWS, message)]

    def _message(self, picture: bytes) -> bytes:
        number = self._pictures & 0x0F
        parts: tuple[Part, ...] = USUAL
        if self._dial.strike("uru.key_change"):
            parts = TWO_KEYS
        elif self._dial.strike("uru.not_present"):
            parts = WITH_GAPS
        elif self._dial.strike("uru.plain"):
            parts = IN_CLEAR
        return wire.picture_message(picture, parts, number, [self._key(number), self._key(number + 1)])

    def _key(self, number: int) -> int:
        """The key that belongs to a number, as long as the reader has power."""
        digest = hashlib.sha256(f"{self._settings.seed}/{number}".encode()).digest()
        return int.from_bytes(digest[:4], "little") | 1


def _said(kind: bytes) -> Transfer:
    return Transfer(SAYS, wire.message(kind))
