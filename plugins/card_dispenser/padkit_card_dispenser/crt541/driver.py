"""The CRT-541 as flows see it: a card box that only ejects.

The money rules: a dispense is sent once; what became of it is believed from the box's own word only; a reset is sent only by
`prepare`, to a box that says it failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from padkit_card_dispenser.crt541.config import read_config
from padkit_card_dispenser.crt541.exchange import Exchange, Given
from padkit_card_dispenser.crt541.protocol import Command, Report, Work
from padkit_sdk import ByteLink, DeviceFault, DriverContext, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import (
    BoxStatus,
    Capability,
    CardDispenser,
    CardPlace,
    Check,
    DeviceIdentity,
    HopperLevel,
    SelfTest,
    Slot,
)

MODEL = "CRT-541"
OPEN_S = 5.0
CAPABILITIES = frozenset({Capability.EJECT})
AT_WORK = frozenset({Work.BUSY, Work.AHEAD})
OF_BEFORE = frozenset({Work.DONE, Work.CANNOT})  # said once, about an earlier dispense
LOOKS_AGREE = 2  # "ready" right after a dispense may come too early: it counts when two looks agree
STALE = 3  # a box that says "cannot" so often says it of itself

PLACES: Mapping[str, CardPlace] = dict.fromkeys((Work.READY, Work.DONE, Work.CANNOT), CardPlace.NONE)
LEVELS: Mapping[str, HopperLevel] = {  # 0 is the specification's (4.4.5), 1 and 2 are not sure
    "0": HopperLevel.ENOUGH,
    "1": HopperLevel.LOW,
    "2": HopperLevel.EMPTY,
}


async def open_driver(link: ByteLink, context: DriverContext) -> Crt541:
    """Return the driver of a box that answers STATUS. Moves nothing. Raises `LinkLost`, `Refused` ``setting.*``."""
    config = read_config(context.settings)
    link.set_baud(config.baud)
    box = Crt541(link, Exchange(link, context.now_mono_s, config.address, context.device), context)
    await box.status(timeout_s=OPEN_S)
    return box


def box_status(report: Report) -> BoxStatus:
    """What a report says to flows: a card is out of reach, or nobody knows where it is."""
    place = PLACES.get(report.work, CardPlace.UNCLEAR)
    level = LEVELS.get(report.stacker, HopperLevel.UNCLEAR)
    return BoxStatus(place, level, bin_full=False, bin_count=None)


class Crt541(CardDispenser):
    """A box that only ejects. A second caller waits for the first, inside its own time."""

    def __init__(self, link: ByteLink, exchange: Exchange, context: DriverContext) -> None:
        self._link = link
        self._exchange = exchange
        self._context = context
        self._where = f"card box {context.device}"
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def _turn(self, timeout_s: float) -> AsyncIterator[Deadline]:
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        try:
            async with asyncio.timeout(timeout_s):
                await self._lock.acquire()
        except TimeoutError:
            raise self._busy(f"busy for {timeout_s} s") from None
        try:
            yield deadline
        finally:
            self._lock.release()

    async def capabilities(self) -> frozenset[Capability]:
        return CAPABILITIES

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        """See `Device.identify`; the box tells neither serial number nor firmware."""
        async with self._turn(timeout_s) as deadline:
            await self._exchange.report(deadline)
            return DeviceIdentity(MODEL, "", "")

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        """Ask how it stands; moves nothing."""
        async with self._turn(timeout_s) as deadline:
            try:
                report = await self._exchange.report(deadline)
            except (LinkLost, Refused) as exc:
                return SelfTest((Check("box.link", passed=False, seen=str(exc)),))
        known = report.work in set(Work) - {Work.FAILED} and report.stacker in LEVELS
        seen = f"work {report.work!r}, stacker {report.stacker!r}"
        return SelfTest((Check("box.link", passed=True, seen="answers"), Check("box.status", known, seen)))

    async def prepare(self, *, timeout_s: float) -> BoxStatus:
        """See `CardDispenser.prepare`: the box is told to bring no card ahead, and one that says it failed is reset."""
        async with self._turn(timeout_s) as deadline:
            report = await self._at_rest(deadline)
            await self._tell(Command.NOT_AHEAD, deadline)
            if report.work == Work.FAILED:
                await self._tell(Command.RESET, deadline)
                report = await self._at_rest(deadline)
            if report.work == Work.FAILED:
                raise self._failed()
            return box_status(report)

    async def status(self, *, timeout_s: float) -> BoxStatus:
        async with self._turn(timeout_s) as deadline:
            return box_status(await self._exchange.report(deadline))

    async def eject(self, *, timeout_s: float) -> BoxStatus:
        async with self._turn(timeout_s) as deadline:
            self._check_ready(await self._at_rest(deadline, to_eject=True))
            try:
                given = await self._exchange.give(Command.DISPENSE, deadline, once=True)
            except LinkLost as exc:
                raise self._unknown("the link was lost") from exc
            if given is Given.UNSENT:
                raise self._busy(given.value)
            if given is Given.REFUSED:
                raise self._refused(Command.DISPENSE)
            return await self._ejected(deadline)

    async def stage(self, *, timeout_s: float) -> BoxStatus:
        raise self._cannot("stage a card")

    async def move(self, to: Slot, *, timeout_s: float) -> BoxStatus:
        raise self._cannot(f"move a card to {to.value}")

    async def close(self) -> None:
        await self._link.close()

    async def _at_rest(self, deadline: Deadline, *, to_eject: bool = False) -> Report:
        """Ask until it is at work no more; before a dispense until what it says is no word about the last one."""
        stale = 0
        while True:
            report = await self._exchange.report(deadline)
            stale += int(report.work in OF_BEFORE)
            if report.work not in AT_WORK and (not to_eject or report.work not in OF_BEFORE or stale > STALE):
                return report

    async def _ejected(self, deadline: Deadline) -> BoxStatus:
        """Ask until the box says what became of the dispense; raise what it says, or that it does not say."""
        ready = 0
        while True:
            try:
                report = await self._exchange.report(deadline)
            except (LinkLost, Refused) as exc:
                raise self._unknown(f"no word of it: {exc}") from exc
            match report.work:
                case Work.DONE:
                    return box_status(report)
                case Work.FAILED:
                    raise self._failed()
                case Work.CANNOT:
                    raise self._not_done(report)
                case Work.BUSY | Work.AHEAD:
                    ready = 0
                case Work.READY if (ready := ready + 1) < LOOKS_AGREE:
                    continue
                case _:
                    raise self._unknown(f"it says {report.work!r} and not what became of it")

    async def _tell(self, command: Command, deadline: Deadline) -> None:
        """Give a command that does the same when it is given twice."""
        given = await self._exchange.give(command, deadline, once=False)
        if given is Given.REFUSED:
            raise self._refused(command)
        if given is not Given.TAKEN:
            raise LinkLost(f"{self._where}: {command.name} {given.value}; check cable, power and baud rate")

    def _check_ready(self, report: Report) -> None:
        if report.work == Work.FAILED:
            raise self._failed()
        if report.work == Work.CANNOT or LEVELS.get(report.stacker) is HopperLevel.EMPTY:
            raise self._not_done(report)
        if report.work != Work.READY:
            what = f"{self._where}: working state {report.work!r} is not known to us"
            raise DeviceFault("box.unknown", f"{what}; report it with the firmware version", raw=report.work)

    def _not_done(self, report: Report) -> DeviceFault | Refused:
        if LEVELS.get(report.stacker) is HopperLevel.EMPTY:
            return DeviceFault("box.empty", f"{self._where}: stacker empty; load cards by two", raw=report.stacker)
        return Refused("box.card_in_play", f"{self._where}: a card sticks out of its mouth; take it, then eject again")

    def _refused(self, command: Command) -> DeviceFault:
        what = f"{self._where}: {command.name} {Given.REFUSED.value}"
        return DeviceFault("box.protocol", f"{what}; report it with the firmware version", raw="NAK")

    def _failed(self) -> DeviceFault:
        what = f"{self._where}: dispensing failed, a card may be stuck"
        return DeviceFault("box.jam", f"{what}; open the box by two, then prepare", raw=Work.FAILED.value)

    def _unknown(self, why: str) -> OutcomeUnknown:
        what = f"{self._where}: dispense without a certain result ({why})"
        return OutcomeUnknown(f"{what}; look into mouth and hopper by two, never eject again for it")

    def _busy(self, why: str) -> Refused:
        return Refused("box.busy", f"{self._where}: {why}; no card was moved, try later")

    def _cannot(self, what: str) -> Refused:
        return Refused("box.cannot", f"{self._where}: a {MODEL} only ejects, it cannot {what}; use a box that stages")
