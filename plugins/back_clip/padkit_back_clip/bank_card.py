"""The bank-card reader of the back-clip, any PC/SC reader: one slot as a `ChipCard`, cards that come and go as events."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from padkit_back_clip.bank_card_apdu import MIN_ANSWER, ROUNDS, WRONG_LE, check_command, follow_up
from padkit_sdk import BadFrame, CardLink, DeviceEvent, DeviceFault, DriverContext, LinkLost, PadkitError, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import AnswerToReset, CardProtocol, Check, ChipCard, Device, DeviceIdentity, SelfTest

MODEL = "PCSC"
PLACE = re.compile(
    r"(?: \[[^\]]*\])?(?: \([^()]*\))?(?: [0-9A-F]{2}){2}$"
)  # what pcsc-lite adds: interface, serial, slot
WAIT_S = 3600.0  # one wait for a card; then the next
CLOSE_S = 1.0
PROTOCOLS = {0: CardProtocol.T0, 1: CardProtocol.T1}


async def open_bank_card_reader(link: CardLink, context: DriverContext) -> BankCardReader:
    """A reader whose slot has been looked at. Raises as `CardLink.present`."""
    present = await link.present(timeout_s=CLOSE_S)
    return BankCardReader(link, context, present=present)


class BankCardReader(ChipCard, Device):
    """A reader of PC/SC. A second caller waits for the first, inside its own time. Card data never appears in an error."""

    def __init__(self, link: CardLink, context: DriverContext, *, present: bool) -> None:
        self._link = link
        self._context = context
        self._turn_lock = asyncio.Lock()
        self._watching = asyncio.create_task(self._watch(present=present))

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        async with self._turn(timeout_s) as deadline:
            await self._link.present(timeout_s=deadline.left_s())
        return DeviceIdentity(_model(self._link.name), self._link.serial, firmware="")

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        """Whether reader and service answer; a card that lies in the slot stays as it is."""
        async with self._turn(timeout_s) as deadline:
            present = await self._link.present(timeout_s=deadline.left_s())
        return SelfTest((Check("reader.slot", passed=True, seen="card" if present else "empty"),))

    async def power_on(self, *, timeout_s: float) -> AnswerToReset:
        async with self._turn(timeout_s) as deadline:
            reset = await self._link.connect(timeout_s=deadline.left_s())
        return AnswerToReset(PROTOCOLS[reset.protocol], reset.atr)

    async def transmit(self, command: bytes, *, timeout_s: float) -> bytes:
        check_command(command)
        async with self._turn(timeout_s) as deadline:
            return await self._followed(command, deadline)

    async def power_off(self, *, timeout_s: float) -> None:
        async with self._turn(timeout_s) as deadline:
            await self._link.disconnect(timeout_s=deadline.left_s())

    async def close(self) -> None:
        self._watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watching
        with contextlib.suppress(PadkitError):
            await self._link.disconnect(timeout_s=CLOSE_S)
        await self._link.close()

    @asynccontextmanager
    async def _turn(self, timeout_s: float) -> AsyncIterator[Deadline]:
        """Have the slot for oneself; waiting for it is part of `timeout_s`."""
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        try:
            async with asyncio.timeout(timeout_s):
                await self._turn_lock.acquire()
        except TimeoutError:
            told = f"{self._where()}: busy for {timeout_s:g} s; try later"
            raise Refused("reader.busy", told) from None
        try:
            yield deadline
        finally:
            self._turn_lock.release()

    async def _followed(self, command: bytes, deadline: Deadline) -> bytes:
        """The whole answer: 61 asks for the rest, 6C for the same again with a right length."""
        collected = b""
        for _ in range(ROUNDS):
            answer = await self._link.transmit(command, timeout_s=deadline.left_s())
            if len(answer) < MIN_ANSWER:
                raise BadFrame(
                    f"{self._where()}: R-APDU of {len(answer)} bytes, at least {MIN_ANSWER}; power it on again"
                )
            data, status = answer[:-MIN_ANSWER], answer[-MIN_ANSWER:]
            if status[0] != WRONG_LE:
                collected += data
            following = follow_up(command, status)
            if following is None:
                return collected + status
            command = following
        told = f"{self._where()}: more than {ROUNDS} rounds of 61 and 6C; power the chip on again once"
        raise DeviceFault("chip.transmission", told, raw="61/6C")

    async def _watch(self, *, present: bool) -> None:
        """Tell each card that comes or goes, until the reader is lost: the agent sees that by itself."""
        with contextlib.suppress(LinkLost):
            while True:
                if await self._link.wait_card(present=not present, timeout_s=WAIT_S):
                    present = not present
                    self._context.emit(DeviceEvent("card.inserted") if present else DeviceEvent("card.removed"))

    def _where(self) -> str:
        return f"bank-card reader {self._context.device}"


def _model(name: str) -> str:
    """A reader's own name, without the slot that it happens to be in: the same reader is another slot's after a replug."""
    return PLACE.sub("", name)
