"""Feature reports over any USB link: set, look at the status, wait for the state that must follow, go home to READY."""

from __future__ import annotations

import asyncio

from padkit_sdk import DeviceFault, OutcomeUnknown, UsbLink
from padkit_sdk.deadline import Deadline
from padkit_signature_pad import protocol as p
from padkit_signature_pad.faults import fault_of
from padkit_signature_pad.machine import AFTER, HOME, Home
from padkit_signature_pad.protocol import PadState, Report, Status

CALL_S = 1.0  # manual 6: a feature-report call
STATE_S = 5.0  # manual 6: up to 2 s, a few seconds for a picture on mono models
POLL_S = 0.01
HOMEWARD = 5  # steps
EDGES = frozenset({Report.START_CAPTURE, Report.END_CAPTURE})
EDGE_S = 0.02  # manual 6: leave so long after the edges of a capture
INTERFACE = 0


class Exchange:
    """Talks to one pad; one call at a time. A cancelled call leaves at most one command done."""

    def __init__(self, link: UsbLink, device: str) -> None:
        self._link = link
        self._device = device

    async def get(self, report: Report, deadline: Deadline) -> bytes:
        """A feature report. Raises `LinkLost`, `OutcomeUnknown`, `DeviceFault` ``pad.unsupported``."""
        call = (*p.GET_REPORT, p.FEATURE | report, INTERFACE, p.SIZES[report])
        try:
            return await self._link.control(*call, timeout_s=self._call_s(report, deadline))
        except DeviceFault as exc:
            raise fault_of(0x01, report.name.lower(), self._device) from exc

    async def send(self, data: bytes, deadline: Deadline) -> None:
        """A feature report to the pad, its outcome not looked at. Raises `LinkLost`, `OutcomeUnknown`, `DeviceFault`."""
        report = Report(data[0])
        call = (*p.SET_REPORT, p.FEATURE | report, INTERFACE, data)
        try:
            await self._link.control(*call, timeout_s=self._call_s(report, deadline))
        except DeviceFault as exc:
            result = (await self.status(deadline)).result
            raise fault_of(result, report.name.lower(), self._device) from exc

    async def status(self, deadline: Deadline) -> Status:
        """Look at report 03. Raises `LinkLost`, `OutcomeUnknown`, `BadFrame`."""
        return p.read_status(await self.get(Report.STATUS, deadline))

    async def do(self, report: Report, body: bytes, deadline: Deadline) -> None:
        """Set a report and see that it was carried out.

        Raises: `DeviceFault` ``pad.``, the pad's own result kept; `OutcomeUnknown` when the state that must follow does not come.
        """
        await self.command(p.set_report(report, body), deadline)

    async def command(self, data: bytes, deadline: Deadline) -> None:
        """`do` with a whole report."""
        report = Report(data[0])
        await self.send(data, deadline)
        if report in EDGES:
            await asyncio.sleep(EDGE_S)
        status = await self.status(deadline)
        if status.result:
            raise fault_of(status.result, report.name.lower(), self._device)
        if report in AFTER:
            await self._until(AFTER[report], status, report.name.lower(), deadline)

    async def home(self, deadline: Deadline) -> None:
        """Bring the pad to READY, whatever it does. Raises `DeviceFault` ``pad.stuck``, `LinkLost`, `OutcomeUnknown`."""
        for _ in range(HOMEWARD):
            status = await self.status(deadline)
            match HOME[status.state]:
                case Home.DONE:
                    return
                case Home.WAIT:
                    await self._until(PadState.READY, status, "wait", deadline)
                    return
                case Home.END_CAPTURE:
                    await self.send(p.set_report(Report.END_CAPTURE, b"\0"), deadline)
                    await asyncio.sleep(EDGE_S)
                case Home.ABANDON_IMAGE:
                    await self.send(p.set_report(Report.END_IMAGE, b"\x01"), deadline)
                case Home.RESET:
                    await self.send(p.set_report(Report.RESET, b"\0"), deadline)
            await asyncio.sleep(POLL_S)
        raise self._stuck("home", await self.status(deadline))

    async def _until(self, wanted: PadState, status: Status, command: str, deadline: Deadline) -> None:
        patience = Deadline.after(deadline.at_most(STATE_S), deadline.now_mono_s)
        old = status.result  # of a command before: it stays there until the next one
        while status.state is not wanted:
            if not patience.left_s():
                raise self._stuck(command, status)
            await asyncio.sleep(POLL_S)
            status = await self.status(deadline)
            if status.result and status.result != old:
                raise fault_of(status.result, command, self._device)

    def _stuck(self, command: str, status: Status) -> DeviceFault:
        raw = f"{status.code:02X}"
        told = f"signature pad {self._device}: after '{command}' it stays in state {raw}; plug it anew"
        return DeviceFault("pad.stuck", told, raw=raw)

    def _call_s(self, report: Report, deadline: Deadline) -> float:
        left_s = deadline.at_most(CALL_S)
        if not left_s:
            raise OutcomeUnknown(
                f"signature pad {self._device}: no time was left for '{report.name.lower()}'; try again"
            )
        return left_s
