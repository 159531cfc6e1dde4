"""Register access and interrupt messages of the U.are.U over a USB link; nothing here knows what a capture is."""

from __future__ import annotations

from padkit_fingerprint.uru4500.protocol import READ, REPORT, REQUEST, WRITE, Mode, Register, Said
from padkit_sdk import BadFrame, OutcomeUnknown, PadkitError, UsbLink
from padkit_sdk.deadline import Deadline
from padkit_sdk.links import UsbReports

ACCESS_S = 5.0  # manual 2


class Registers:
    """The reader's registers. Raises what `UsbLink` does, and `OutcomeUnknown` when the time was used up before."""

    def __init__(self, link: UsbLink, device: str) -> None:
        self._link = link
        self._device = device

    async def read(self, register: Register, size: int, deadline: Deadline) -> bytes:
        """`size` bytes from `register` on. Raises `BadFrame` for fewer."""
        timeout_s = self._time(deadline)
        data = await self._link.control(READ, REQUEST, register, 0, size, timeout_s=timeout_s)
        if len(data) != size:
            raise BadFrame(f"fingerprint reader {self._device}: {len(data)} of {size} bytes of {register.name}", data)
        return data

    async def write(self, register: Register, data: bytes, deadline: Deadline) -> None:
        timeout_s = self._time(deadline)
        await self._link.control(WRITE, REQUEST, register, 0, data, timeout_s=timeout_s)

    async def mode(self, mode: Mode, deadline: Deadline) -> None:
        await self.write(Register.MODE, bytes([mode]), deadline)

    def _time(self, deadline: Deadline) -> float:
        timeout_s = deadline.at_most(ACCESS_S)
        if not timeout_s:
            raise OutcomeUnknown(f"fingerprint reader {self._device}: no time left to ask it; try again")
        return timeout_s


class Ear:
    """Hears what the reader says by itself; messages nobody waits for are remembered until they are forgotten.

    `deaf`: its reports have ended with an error; listen anew.
    """

    def __init__(self, reports: UsbReports) -> None:
        self._reports = reports
        self.heard: set[Said] = set()
        self.deaf = False

    async def wait_for(self, wanted: Said, deadline: Deadline, *, limit_s: float | None = None) -> bool:
        """Whether `wanted` was said by `deadline`, or within `limit_s`; repeats of others are ignored."""
        patience = Deadline.after(
            deadline.left_s() if limit_s is None else deadline.at_most(limit_s), deadline.now_mono_s
        )
        while wanted not in self.heard:
            left_s = patience.left_s()
            report = await self._next(left_s) if left_s else None
            if report is None:
                return False
            self.heard.add(Said.of(report[:REPORT]))
        self.heard.discard(wanted)
        return True

    async def catch_up(self) -> None:
        """Take in what has been said and not heard yet."""
        while (report := await self._next(GLANCE_S)) is not None:
            self.heard.add(Said.of(report[:REPORT]))

    async def forget(self) -> None:
        """Forget what was said so far."""
        await self.catch_up()
        self.heard.clear()

    async def _next(self, timeout_s: float) -> bytes | None:
        try:
            return await self._reports.next(timeout_s=timeout_s)
        except PadkitError:
            self.deaf = True
            raise


GLANCE_S = 0.001
