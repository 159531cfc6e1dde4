"""One picture onto the pad's screen: encoding, blocks, pipe, progress. What fails half way is abandoned."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from padkit_sdk import DeviceEvent, DeviceFault, OutcomeUnknown, PadkitError, UsbLink
from padkit_sdk.deadline import Deadline
from padkit_signature_pad import protocol as p
from padkit_signature_pad.exchange import CALL_S, Exchange
from padkit_signature_pad.faults import WRONG_STATE
from padkit_signature_pad.image import BULK, choose, is_black_and_white, packed
from padkit_signature_pad.protocol import Flag, Geometry, Report

PROGRESS_S = 0.1  # at most so often
ALL = 100


class Upload:
    """Sends pictures to one pad. `out_endpoint` 0: by feature reports only; otherwise that pipe is tried first."""

    def __init__(
        self, link: UsbLink, exchange: Exchange, geometry: Geometry, block: int, emit: Callable[[DeviceEvent], None]
    ) -> None:
        self._link = link
        self._exchange = exchange
        self._geometry = geometry
        self._block = block
        self._emit = emit
        self.out_endpoint = 0

    async def send(self, rgb: bytes, deadline: Deadline) -> None:
        """Show the picture. Raises `DeviceFault` ``pad.``, `LinkLost`, `OutcomeUnknown`; the pad is READY or said why not."""
        encoding = choose(self._geometry.flags, black_and_white=is_black_and_white(rgb))
        body = packed(rgb, self._geometry, encoding)
        colour = Flag.BIT_16 in self._geometry.flags or Flag.BIT_24 in self._geometry.flags
        if self.out_endpoint and colour:
            try:
                return await self._send(body, encoding | BULK, self.out_endpoint, deadline)
            except (DeviceFault, OutcomeUnknown) as exc:
                if isinstance(exc, DeviceFault) and exc.raw == f"{WRONG_STATE:02X}":
                    raise
                self.out_endpoint = 0  # this pad has no such pipe; the reports do, only slower
        return await self._send(body, encoding, 0, deadline)

    async def _send(self, body: bytes, encoding: int, endpoint: int, deadline: Deadline) -> None:
        try:
            await self._exchange.do(Report.START_IMAGE, bytes([encoding]), deadline)
            await self._blocks(body, endpoint, deadline)
            await self._exchange.do(Report.END_IMAGE, b"\0", deadline)
        except BaseException:
            with suppress(PadkitError):
                last = Deadline.after(CALL_S, deadline.now_mono_s)
                await self._exchange.home(last)
            raise

    async def _blocks(self, body: bytes, endpoint: int, deadline: Deadline) -> None:
        told_mono_s = deadline.now_mono_s()
        self._progress(0)
        for at in range(0, len(body), self._block):
            data = p.image_block(body[at : at + self._block], self._block)
            if endpoint:
                await self._link.write(endpoint, data, timeout_s=max(deadline.at_most(CALL_S), 0.001))
            else:
                await self._exchange.send(data, deadline)
            now_mono_s = deadline.now_mono_s()
            if now_mono_s - told_mono_s >= PROGRESS_S:
                told_mono_s = now_mono_s
                self._progress(at * ALL // len(body))
        self._progress(ALL)

    def _progress(self, percent: int) -> None:
        self._emit(DeviceEvent("signature.screen_progress", {"percent": str(percent)}))
