"""The pad itself: takes reports, refuses what is not its state's, shows pictures, draws ink, reports the pen. No I/O, no clock.

Where a hand touches: `press` with ``cancel``, ``redo`` or ``confirm`` goes to the middle of the left, middle or right third of
what lies below the ink area (report 2A); with ``x,y`` to that pixel. A signature is laid into the ink area, a drawn stroke onto
the whole screen. Pen reports are sent while a capture runs; a pen that moves before is only seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.hands import in_words
from padkit_sim.devices.signature_pad import wire
from padkit_sim.devices.signature_pad.drawn import drawn
from padkit_sim.devices.signature_pad.hands import BUTTONS, HANDS
from padkit_sim.devices.signature_pad.models import PadSettings
from padkit_sim.devices.signature_pad.orders import Code
from padkit_sim.devices.signature_pad.pen import Hand, Reporter, into
from padkit_sim.devices.signature_pad.screen import Screen
from padkit_sim.devices.signature_pad.strokes import GENERATED, Touch, shipped, signature, tap
from padkit_sim.devices.signature_pad.unit import Unit
from padkit_sim.devices.usb import Descriptors, Endpoint, Interface, Kind, Setup, Transfer, UsbStep
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

SET_REPORT, GET_REPORT, SET_IDLE, GET_DESCRIPTOR = (0x21, 0x09), (0xA1, 0x01), (0x21, 0x0A), (0x81, 0x06)
FEATURE_TYPE = 3
PLACE = re.compile(r"(\d{1,4}),(\d{1,4})")


@dataclass(frozen=True, slots=True)
class PadState:
    """The truth about a pad. `screen` is the SHA-256 of its pixels; `moving` whether a hand writes or touches now.

    `captures` counts those that were ever begun.
    """

    model: str
    status: str
    capturing: bool
    captures: int
    inking: bool
    moving: bool
    screen: str
    width_px: int
    height_px: int
    blank: bool
    ink_area: Sequence[int]
    reports: int
    signatures: Sequence[str]


class SignaturePad:
    """A simulated signature pad; see `UsbDevice`."""

    def __init__(self, settings: PadSettings, dial: Dial) -> None:
        self._unit = Unit(settings, dial)
        self._model = self._unit.model
        self._hand = Hand()
        self._inked: tuple[int, int] | None = None  # where the line of ink ends
        self._reporter = Reporter(self._model, dial)

    # -- UsbDevice

    @property
    def descriptors(self) -> Descriptors:
        ends = [Endpoint(wire.PEN_PIPE, Kind.INTERRUPT, 64, 5)]
        if self._model.out_pipe:
            ends.append(Endpoint(wire.PICTURE_PIPE, Kind.INTERRUPT, 64, 1))
        return Descriptors((Interface(0, 3, 0, 0, tuple(ends), wire.hid_descriptor(self._model)),))

    def control(self, setup: Setup, data: bytes, at: Moment) -> UsbStep:
        transfers = self._live(at)
        number = setup.value & 0xFF
        match (setup.request_type, setup.request):
            case pair if pair == SET_REPORT and setup.value >> 8 == FEATURE_TYPE and data[:1] == bytes([number]):
                return self._step(transfers, stalled=not self._unit.order(number, data, at))
            case pair if pair == GET_REPORT and setup.value >> 8 == FEATURE_TYPE:
                reply = self._unit.told(number, at)
                return self._step(transfers, reply=reply, stalled=not reply)
            case pair if pair == SET_IDLE:
                return self._step(transfers)
            case pair if pair == GET_DESCRIPTOR and setup.value >> 8 == wire.REPORT_DESCRIPTOR:
                return self._step(transfers, reply=wire.report_descriptor(self._model))
        return self._step(transfers, stalled=True)

    def out(self, endpoint: int, data: bytes, at: Moment) -> UsbStep:
        transfers = self._live(at)
        taken = self._unit.takes_pipe and endpoint == wire.PICTURE_PIPE and data[:1] == b"\x26"
        return self._step(transfers, stalled=not (taken and self._unit.order(0x26, data, at)))

    def update(self, at: Moment) -> UsbStep:
        return self._step(self._live(at))

    def power_cycle(self, at: Moment) -> UsbStep:
        self._live(at)
        self._unit.forget()
        self._reporter.restart()
        self._unit.screen.wipe(self._unit.screen.whole)
        return self._step(())

    def hand(self, action: HandAction, at: Moment) -> UsbStep:
        transfers = self._live(at)
        match action.action:
            case "sign":
                self._sign(action.item, at.mech_s)
            case "draw":
                self._hand.will(drawn(action.item), at.mech_s)
            case "press":
                self._press(action.item, at.mech_s)
            case "lift_pen":
                self._hand.lift(at.mech_s)
            case other:
                raise SimRefused(f"signature pad: nobody can {other!r} it; a hand can {in_words(HANDS)}")
        return self._step((*transfers, *self._live(at)))

    def fault_cleared(self, name: str) -> None:
        if name == "pad.busy":
            self._unit.not_busy()

    def state(self, at: Moment) -> PadState:
        return PadState(
            model=self._model.name,
            status=self._unit.code_at(at).name.lower(),
            capturing=self._unit.code is Code.WRITING,
            captures=self._unit.captures,
            inking=self._unit.inking,
            moving=self._hand.moving,
            screen=self._unit.screen.digest(),
            width_px=self._model.wide,
            height_px=self._model.high,
            blank=self._unit.screen.is_blank(),
            ink_area=tuple(self._unit.ink_area),
            reports=self._reporter.sent,
            signatures=(*shipped(), GENERATED),
        )

    @property
    def screen(self) -> Screen:
        """What can be seen on it."""
        return self._unit.screen

    def screen_png(self) -> bytes:
        """The same as a PNG, for the control page."""
        return self.screen.png()

    # -- time and people

    def _live(self, at: Moment) -> tuple[Transfer, ...]:
        """Let time pass: a picture is shown when its time has come, the pen is seen where it was."""
        self._unit.pass_time(at)
        transfers = []
        for at_s, moment in self._hand.until(at.mech_s):
            self._ink(moment)
            if self._unit.code is Code.WRITING:
                reports = self._reporter.of(at_s, moment, self._unit.mode)
                transfers += [Transfer(wire.PEN_PIPE, report) for report in reports]
        return tuple(transfers)

    def _ink(self, moment: Touch) -> None:
        if not (moment.near and moment.force > 0 and self._unit.inking):
            self._inked = None
            return
        to = int(moment.x * self._model.wide), int(moment.y * self._model.high)
        self._unit.screen.draw(self._inked or to, to, self._unit.ink_area)
        self._inked = to

    def _step(self, transfers: Sequence[Transfer], *, reply: bytes = b"", stalled: bool = False) -> UsbStep:
        waits = (self._hand.next_s, self._unit.wakes_at_s)
        wake_at_s = min((wait for wait in waits if wait is not None), default=None)
        return UsbStep(tuple(transfers), reply, stalled, wake_at_s)

    def _sign(self, item: str, now_s: float) -> None:
        self._hand.will(into(self._unit.ink_area, self._model.wide, self._model.high, signature(item)), now_s)

    def _press(self, item: str, now_s: float) -> None:
        wide, high = self._model.wide, self._model.high
        if item in BUTTONS:
            first = self._unit.ink_area.bottom + 1
            if first >= high:
                raise SimRefused(f"signature pad: press: no bar lies below the ink area; give a place, not {item!r}")
            x, y = (BUTTONS.index(item) * 2 + 1) * wide // (2 * len(BUTTONS)), (first + high) // 2
        elif place := PLACE.fullmatch(item):
            x, y = int(place[1]), int(place[2])
        else:
            raise SimRefused(f"signature pad: press: item is {item!r}; give {', '.join(BUTTONS)} or a place 'x,y'")
        if x >= wide or y >= high:
            raise SimRefused(f"signature pad: press: {x},{y} is off the screen of {wide} x {high}; give a place on it")
        self._hand.will(tap((x + 0.5) / wide, (y + 0.5) / high), now_s)
