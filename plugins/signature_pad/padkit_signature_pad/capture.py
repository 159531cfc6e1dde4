"""One signing run: screen, ink, capture; touches lead to redo, cancel or confirm.

At every end the pad is READY and its screen wiped.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

from padkit_sdk import AskAgain, DeviceEvent, DeviceFault, PadkitError, UsbLink
from padkit_sdk.deadline import Deadline
from padkit_sdk.links import MAX_REPORTS, UsbReports
from padkit_signature_pad import protocol as p
from padkit_signature_pad.config import Config
from padkit_signature_pad.exchange import Exchange
from padkit_signature_pad.layout import Layout
from padkit_signature_pad.pen import OutOfStep, Touch, Writing
from padkit_signature_pad.protocol import Flag, Geometry, Report

TIDY_S = 2.0  # what wiping may take after the end
TIMED = b"\x03"  # report 32: time and sequence
STILL_S = 0.05  # ten reports' time: a pad that says nothing for so long has nothing left to say
QUIET_S = 0.5  # a touch is told at most so often


class Capture:
    """Runs on a pad that is READY and has the signing screen. Nothing of a run is kept after it."""

    def __init__(
        self,
        link: UsbLink,
        exchange: Exchange,
        geometry: Geometry,
        layout: Layout,
        config: Config,
        device: str,
        emit: Callable[[DeviceEvent], None],
    ) -> None:
        self._link = link
        self._exchange = exchange
        self._geometry = geometry
        self._layout = layout
        self._config = config
        self._device = device
        self._emit = emit
        self._told_mono_s = 0.0

    async def run(self, redraw: Callable[[], Awaitable[None]], deadline: Deadline) -> Writing:
        """What was confirmed; `redraw` wipes the ink area for another try. Raises as `SignaturePad.sign` does."""
        try:
            return await self._run(redraw, deadline)
        finally:
            await asyncio.shield(self._tidy(deadline))

    async def _run(self, redraw: Callable[[], Awaitable[None]], deadline: Deadline) -> Writing:
        await self._ink(deadline)
        async with self._link.listen(p.PEN_ENDPOINT, p.PEN_REPORT_MAX) as reports:
            while True:
                await self._drain(reports)
                session = secrets.randbelow(0xFFFF_FFFF) + 1
                await self._exchange.command(p.start_capture(session), deadline)
                writing = Writing(self._geometry, self._layout)
                touch = await self._written(writing, reports, deadline)
                if touch is Touch.CONFIRM:
                    return writing
                if touch is Touch.CANCEL:
                    raise AskAgain("signature.cancelled", f"signature pad {self._device}: the person cancelled")
                if touch is Touch.FULL:
                    raise AskAgain(
                        "signature.too_long", f"signature pad {self._device}: too much was written; sign again"
                    )
                self._emit(DeviceEvent("signature.redo"))
                await self._exchange.do(Report.END_CAPTURE, b"\0", deadline)
                await redraw()

    async def _drain(self, reports: UsbReports) -> None:
        """Drop what was sent before this capture: plain reports do not name their session. Raises `LinkLost`."""
        for _ in range(MAX_REPORTS):
            if await reports.next(timeout_s=STILL_S) is None:
                return

    async def _ink(self, deadline: Deadline) -> None:
        do = self._exchange.do
        await self._exchange.command(p.ink_threshold(self._config.ink_on, self._config.ink_off), deadline)
        if Flag.BIT_24 in self._geometry.flags:
            await self._exchange.command(p.ink_colour(0, 0, 0, self._config.ink_width), deadline)
        await do(Report.INK_AREA, self._layout.ink.encoded(), deadline)
        await do(Report.INKING, b"\x01", deadline)
        with suppress(DeviceFault):  # an old pad cannot number its reports; the signature then says so
            await do(Report.PEN_OPTION_MODE, TIMED, deadline)

    async def _written(self, writing: Writing, reports: UsbReports, deadline: Deadline) -> Touch:
        """Wait for a touch of a button that means something. Raises `AskAgain`, `DeviceFault`, `LinkLost`."""
        while left_s := deadline.left_s():
            report = await reports.next(timeout_s=left_s)
            if report is None:
                continue
            record = p.read_pen(report)
            if record is None:
                self._refuse_encrypted(report)
                continue
            try:
                touch = writing.take(record)
            except OutOfStep:
                told = f"signature pad {self._device}: its report numbers jumped back; sign again"
                raise DeviceFault("pad.numbering", told) from None
            if touch is Touch.WRITE:
                self._tell_touch(deadline)
            elif touch is Touch.CONFIRM and not writing.strokes:
                self._emit(DeviceEvent("signature.nothing_written"))
            elif touch is not None:
                return touch
        raise AskAgain("signature.timeout", f"signature pad {self._device}: no confirmation in time; ask again")

    def _refuse_encrypted(self, report: bytes) -> None:
        if report[:1] and report[0] in p.ENCRYPTED:
            told = f"signature pad {self._device}: its reports are encrypted; plug it anew to have them plain"
            raise DeviceFault("pad.encrypted", told, raw=f"{report[0]:02X}")

    def _tell_touch(self, deadline: Deadline) -> None:
        now_mono_s = deadline.now_mono_s()
        if now_mono_s - self._told_mono_s >= QUIET_S:
            self._told_mono_s = now_mono_s
            self._emit(DeviceEvent("signature.pen_down"))

    async def _tidy(self, deadline: Deadline) -> None:
        """Leave nothing of the person on the screen; a lost link has nothing to tidy."""
        with suppress(PadkitError):
            last = Deadline.after(TIDY_S, deadline.now_mono_s)
            await self._exchange.home(last)
            await self._exchange.do(Report.INKING, b"\0", last)
            await self._exchange.do(Report.CLEAR, b"\0", last)
