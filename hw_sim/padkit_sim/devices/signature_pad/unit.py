"""The pad's own mind: its state, what it keeps, pictures that come in. Refuses what is not its state's. No I/O."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from padkit_sim.devices.device import Moment
from padkit_sim.devices.signature_pad import wire
from padkit_sim.devices.signature_pad.models import COLOUR_16, COLOUR_24, MODELS, MONO, ZLIB, PadSettings
from padkit_sim.devices.signature_pad.orders import ORDERS, Code, Said
from padkit_sim.devices.signature_pad.screen import TOO_LONG, VIA_PIPE, WRONG_ENCODING, Screen, Unshowable
from padkit_sim.faults import Dial

NEEDED_FLAG = {0x00: MONO, 0x01: MONO | ZLIB, 0x02: COLOUR_16, 0x04: COLOUR_24}
REST = {0x21: b"\x01", 0x22: struct.pack("<HH", 0x15, 0x10), 0x2D: b"\0\0\0\x01", 0x32: b"\0"}  # after a reset


@dataclass(slots=True)
class Picture:
    """A picture that is coming in; `shown_at_s` once it has ended."""

    encoding: int
    place: wire.Area
    data: bytearray
    too_long: bool = False
    shown_at_s: float | None = None


class Unit:
    """One pad's electronics and screen."""

    def __init__(self, settings: PadSettings, dial: Dial) -> None:
        self.model = MODELS[settings.model]
        self._settings = settings
        self._dial = dial
        self.screen = Screen(self.model.wide, self.model.high)
        self.captures = 0
        self._busy_until_s = 0.0
        self.forget()
        self._does: Mapping[str, Callable[[bytes, Moment], int]] = {
            "reset": self._reset,
            "start_capture": self._start_capture,
            "end_capture": self._end_capture,
            "clear": self._clear,
            "clear_area": self._clear_area,
            "start_image_area": self._start_image_area,
            "start_image": self._start_image,
            "block": self._block,
            "end_image": self._end_image,
        }

    def forget(self) -> None:
        """Be as after power-on, but for the screen."""
        self.code = Code.AT_EASE
        self._result = int(Said.FINE)
        self._session = 0
        self._picture: Picture | None = None
        self._busy_until_s = 0.0
        self._kept: dict[int, bytes] = {**REST, 0x2A: wire.area_words(self.screen.whole)}

    def not_busy(self) -> None:
        """End the work on its memory."""
        self._busy_until_s = 0.0

    def pass_time(self, at: Moment) -> None:
        """Show a picture whose time has come."""
        if self._picture and self._picture.shown_at_s is not None and self._picture.shown_at_s <= at.mech_s:
            self._show(self._picture)

    @property
    def wakes_at_s(self) -> float | None:
        """When the picture that has ended will be seen."""
        return self._picture.shown_at_s if self._picture else None

    @property
    def takes_pipe(self) -> bool:
        """Whether a picture comes in through the OUT pipe."""
        return self.model.out_pipe and self._picture is not None and bool(self._picture.encoding & VIA_PIPE)

    @property
    def mode(self) -> int:
        """What pen reports hold besides the pen (report 32)."""
        return self._kept[0x32][0]

    @property
    def inking(self) -> bool:
        """Whether the pad draws the ink."""
        return self._kept[0x21] == b"\x01"

    @property
    def ink_area(self) -> wire.Area:
        """Where it draws it."""
        return wire.area(self._kept[0x2A])

    def code_at(self, at: Moment) -> Code:
        """The state that it shows now."""
        return Code.MEMORY if at.mech_s < self._busy_until_s else self.code

    def told(self, number: int, at: Moment) -> bytes:
        """A report to the host; empty when there is none of that number."""
        match number:
            case 0x03:
                if busy := self._dial.strike("pad.busy"):
                    self._busy_until_s = at.mech_s + busy.number("for_s")
                return wire.status(self.code_at(at), self._result)
            case 0x08:
                return wire.information(self.model)
            case 0x09:
                return wire.capability(self.model)
            case 0x0B:
                return wire.serial_number(self._settings.pad_serial)
        return bytes([number]) + self._kept[number] if number in self._kept else b""

    def order(self, number: int, data: bytes, at: Moment) -> bool:
        """Carry out a report to the pad; False when there is no such report of that length."""
        length = self.model.part + 3 if number == 0x26 else wire.WRITABLE.get(number)
        if length != len(data):
            self._result = int(Said.NO_SUCH_REPORT)
            return False
        order = ORDERS[number]
        wrong = self._dial.strike("pad.wrong_state", on=order.name) if order.name != "block" else None
        if wrong or self.code_at(at) not in order.when or (self._ended and order.name != "reset"):
            self._result = int(Said.NOT_NOW)
        elif order.kept:
            self._result = self._keep(number, data[1:])
        else:
            self._result = self._does[order.name](data, at)
        return True

    @property
    def _ended(self) -> bool:
        return self._picture is not None and self._picture.shown_at_s is not None

    def _keep(self, number: int, body: bytes) -> int:
        if number == 0x2A and not self.screen.fits(wire.area(body)):
            return Said.BAD_VALUE
        if number == 0x32 and body[0] > 3:
            return Said.BAD_VALUE
        self._kept[number] = body
        return Said.FINE

    def _reset(self, data: bytes, at: Moment) -> int:
        self.forget()
        return Said.FINE

    def _start_capture(self, data: bytes, at: Moment) -> int:
        session = int.from_bytes(data[1:5], "big")
        if not session:
            return Said.BAD_VALUE
        self._session, self.code = session, Code.WRITING
        self.captures += 1
        return Said.FINE

    def _end_capture(self, data: bytes, at: Moment) -> int:
        self._session, self.code = 0, Code.AT_EASE
        return Said.FINE

    def _clear(self, data: bytes, at: Moment) -> int:
        self.screen.wipe(self.screen.whole)
        return Said.FINE

    def _clear_area(self, data: bytes, at: Moment) -> int:
        place = wire.area(data[3:])
        if not self.screen.fits(place):
            return Said.BAD_VALUE
        self.screen.wipe(place)
        return Said.FINE

    def _start_image(self, data: bytes, at: Moment) -> int:
        return self._begin_picture(data[1], self.screen.whole)

    def _start_image_area(self, data: bytes, at: Moment) -> int:
        place = wire.area(data[3:])
        return self._begin_picture(data[1], place) if self.screen.fits(place) else int(Said.BAD_VALUE)

    def _begin_picture(self, encoding: int, place: wire.Area) -> int:
        needs = NEEDED_FLAG.get(encoding & ~VIA_PIPE)
        if needs is None or needs & ~self.model.flags or (encoding & VIA_PIPE and not self.model.out_pipe):
            return WRONG_ENCODING
        self._picture, self.code = Picture(encoding, place, bytearray()), Code.PICTURE
        return Said.FINE

    def _block(self, data: bytes, at: Moment) -> int:
        picture, part = self._picture, wire.block(data, self.model.part)
        if part is None or picture is None:
            return Said.BAD_VALUE
        if len(picture.data) + len(part) > self.screen.most(picture.encoding, picture.place):
            picture.too_long = True
            return TOO_LONG
        picture.data += part
        return Said.FINE

    def _end_image(self, data: bytes, at: Moment) -> int:
        picture = self._picture
        refused = self._dial.strike("pad.image_refused") if data[1] == 0 else None
        if picture is None or data[1] or refused or picture.too_long:
            self._picture, self.code = None, Code.AT_EASE
            too_long = TOO_LONG if picture and picture.too_long and not data[1] else int(Said.FINE)
            return int(refused.text("result"), 16) if refused else too_long
        picture.shown_at_s = at.mech_s + self.model.commit_s
        return Said.FINE

    def _show(self, picture: Picture) -> None:
        self._picture, self.code = None, Code.AT_EASE
        try:
            self.screen.show(picture.encoding, picture.place, bytes(picture.data))
        except Unshowable as exc:
            self._result = exc.result
