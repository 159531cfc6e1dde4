"""The card box as flows see it: `CardDispenser` and `ChipCard` over one byte link.

The money rules hold on every path: the only INITIALIZE is 37 (leave the card, count), a retract is MOVE 33 only, and
what could feed is sent only right after a STATUS that allows it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from padkit_card_dispenser import commands
from padkit_card_dispenser.chip import Chip
from padkit_card_dispenser.codes import not_ready
from padkit_card_dispenser.commands import Group, Initialize
from padkit_card_dispenser.config import read_config
from padkit_card_dispenser.exchange import Exchange, Lost
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.looks import COMMANDS, STARTS, Motion
from padkit_card_dispenser.motion import Mover
from padkit_card_dispenser.rf import RfStation
from padkit_card_dispenser.service import Service
from padkit_sdk import ByteLink, DeviceEvent, DeviceFault, DriverContext, LinkLost, PadkitError, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import (
    AnswerToReset,
    BoxStatus,
    Capability,
    CardDispenser,
    CardPlace,
    ChipCard,
    DeviceIdentity,
    HopperLevel,
    SelfTest,
    Slot,
)

PROBE_S = 2.0  # a rate at which nothing is acknowledged costs 1.2 s of it
DEAF_S = 4.0  # ours: a box may answer nothing while it moves a card, as when the host of before died in the middle
CLOSE_S = 1.7

MOTIONS: Mapping[Slot, Motion] = {
    Slot.READER: Motion.TO_READER,
    Slot.GATE: Motion.TO_GATE,
    Slot.BIN: Motion.TO_BIN,
    Slot.OUT: Motion.TO_OUT,
}
CAPABILITIES = frozenset(Capability) - {Capability.HOPPER_COUNT, Capability.EJECT}  # the stacker reports levels only


async def open_driver(link: ByteLink, context: DriverContext) -> Crt591:
    """Return the driver of a box that answers STATUS, also with B0. Moves nothing, and lets a motion under way end.

    Raises `LinkLost` when no configured rate is answered for longer than a motion takes, `Refused` ``setting.*``.
    """
    config = read_config(context.settings)
    exchange = Exchange(link, context.now_mono_s, config.address)
    patience = Deadline.after(DEAF_S, context.now_mono_s)
    while patience.left_s():
        for baud in config.bauds:
            link.set_baud(baud)
            ended = await exchange.run(commands.STATUS, Deadline.after(PROBE_S, context.now_mono_s))
            if not isinstance(ended, Lost):
                return Crt591(link, exchange, context)
    tried = ", ".join(str(baud) for baud in config.bauds)
    raise LinkLost(f"card box {context.device}: no answer at {tried} baud; check cable, power, address and baud")


class Crt591(CardDispenser, ChipCard):
    """A box of the CRT-591 family. A second caller waits for the first, inside its own time.

    What the two ports do not name is reached inside `turn`: `chip`, `sam`, `rf` and `service`.
    """

    def __init__(self, link: ByteLink, exchange: Exchange, context: DriverContext) -> None:
        self._link = link
        self._context = context
        self._lock = asyncio.Lock()
        self._inquiry = Inquiry(exchange, context.device, context.emit)
        self._mover = Mover(exchange, self._inquiry, context.device)
        self._at_contacts = False  # the card is known to be at the contact station, not only inside
        self.chip = Chip(self._inquiry, Group.CPU, context.device, live=True)  # a former driver may have left it so
        self.sam = Chip(self._inquiry, Group.SAM, context.device, live=False)
        self.rf = RfStation(self._inquiry, context.device)
        self.service = Service(self._inquiry)

    @asynccontextmanager
    async def turn(self, timeout_s: float) -> AsyncIterator[Deadline]:
        """Have the box for oneself; waiting for it is part of `timeout_s`. Raises `Refused` ``box.busy``."""
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        try:
            async with asyncio.timeout(timeout_s):
                await self._lock.acquire()
        except TimeoutError:
            raise Refused("box.busy", f"card box {self._context.device}: busy for {timeout_s} s; try later") from None
        try:
            yield deadline
        finally:
            self._lock.release()

    async def capabilities(self) -> frozenset[Capability]:
        return CAPABILITIES

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        """See `Device.identify`; serial and firmware are empty before `prepare`, when the box does not tell them."""
        async with self.turn(timeout_s) as deadline:
            return await self.service.identity(deadline)

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        async with self.turn(timeout_s) as deadline:
            return await self.service.self_test(deadline)

    async def prepare(self, *, timeout_s: float) -> BoxStatus:
        async with self.turn(timeout_s) as deadline:
            before = await self._look(deadline)
            self._at_contacts = False
            await self._mover.perform(Motion.PREPARE, before, deadline)
            self.chip.live = self.sam.live = False
            return await self._look(deadline)

    async def status(self, *, timeout_s: float) -> BoxStatus:
        async with self.turn(timeout_s) as deadline:
            return await self._look(deadline)

    async def stage(self, *, timeout_s: float) -> BoxStatus:
        async with self.turn(timeout_s) as deadline:
            before = await self._look(deadline)
            self._check_feed(before)
            after = await self._mover.perform(Motion.STAGE, before, deadline)
            self._at_contacts = True
            return after

    async def move(self, to: Slot, *, timeout_s: float) -> BoxStatus:
        async with self.turn(timeout_s) as deadline:
            after = await self._bring(MOTIONS[to], deadline)
            self._at_contacts = to is Slot.READER
            return after

    async def eject(self, *, timeout_s: float) -> BoxStatus:
        raise Refused("box.cannot", f"{self._where()}: it does not push cards out unread; stage one, then move it out")

    async def move_to_rf(self, *, timeout_s: float) -> BoxStatus:
        """Bring the card inside to the RF station; raises as `move` does."""
        async with self.turn(timeout_s) as deadline:
            return await self._bring(Motion.TO_RF, deadline)

    async def initialize(self, card: Initialize, *, timeout_s: float) -> BoxStatus:
        """Initialise as a technician at the box says; all but the two LEAVE move a card found inside.

        Flows and recovery call `prepare`. Raises `DeviceFault`, `LinkLost`, `OutcomeUnknown`; nothing is sent twice.
        """
        async with self.turn(timeout_s) as deadline:
            self._at_contacts = False
            await self._inquiry.done(commands.initialize(card), deadline)
            self.chip.live = self.sam.live = False
            return await self._look(deadline)

    async def power_on(self, *, timeout_s: float) -> AnswerToReset:
        async with self.turn(timeout_s) as deadline:
            before = await self._look(deadline)
            if not before.ready:
                raise not_ready(device=self._context.device, command="power on")
            if before.card is not CardPlace.INSIDE:
                what = f"{self._where()}: no card at the contacts (card {before.card.value})"
                raise DeviceFault("chip.absent", f"{what}; stage one first")
            return await self.chip.reset(deadline)

    async def transmit(self, command: bytes, *, timeout_s: float) -> bytes:
        async with self.turn(timeout_s) as deadline:
            return await self.chip.transmit(command, deadline)

    async def power_off(self, *, timeout_s: float) -> None:
        async with self.turn(timeout_s) as deadline:
            await self.chip.off(deadline)

    async def close(self) -> None:
        """See `Device.close`. A box that cannot be left safe is told as the event ``box.left_unsafe``."""
        try:
            async with self.turn(CLOSE_S) as deadline:
                for chip in (self.chip, self.sam):
                    if chip.live:
                        with contextlib.suppress(DeviceFault):  # the other half still has to be done
                            await chip.off(deadline)
                await self._inquiry.reply(commands.entry(allowed=False), deadline)
        except PadkitError as exc:
            self._context.emit(DeviceEvent("box.left_unsafe", {"why": str(exc)}))
        finally:
            await self._link.close()

    async def _look(self, deadline: Deadline) -> BoxStatus:
        seen = await self._inquiry.look(deadline)
        if isinstance(seen, Lost):
            raise self._inquiry.error_of(seen)
        if seen.card is not CardPlace.INSIDE:
            self._at_contacts = False
        return seen

    async def _bring(self, motion: Motion, deadline: Deadline) -> BoxStatus:
        before = await self._look(deadline)
        if self._is_there(motion, before):
            return before
        self._check_card(motion, before)
        if self.chip.live:
            await self.chip.off(deadline)
            before = await self._look(deadline)
            self._check_card(motion, before)
        self._at_contacts = False
        return await self._mover.perform(motion, before, deadline)

    def _is_there(self, motion: Motion, seen: BoxStatus) -> bool:
        if motion is Motion.TO_READER:
            return self._at_contacts
        return motion is Motion.TO_GATE and seen.card is CardPlace.GATE

    def _check_feed(self, seen: BoxStatus) -> None:
        self._check_clear(Motion.STAGE, seen)
        if seen.card not in STARTS[Motion.STAGE]:
            what = f"{self._where()}: a card is in play ({seen.card.value}), none is fed"
            raise Refused("box.card_in_play", f"{what}; move that one first")
        if seen.hopper is HopperLevel.EMPTY:
            raise DeviceFault("box.empty", f"{self._where()}: stacker empty (st1 0); load cards by two", raw="st1=0")
        if seen.bin_full:
            what = f"{self._where()}: reject bin full (st2 1), so no card is fed"
            raise DeviceFault("box.bin_full", f"{what}; empty the bin by two", raw="st2=1")

    def _check_card(self, motion: Motion, seen: BoxStatus) -> None:
        self._check_clear(motion, seen)
        if seen.card is CardPlace.NONE:
            raise Refused("box.no_card", f"{self._where()}: no card in play at {COMMANDS[motion].name}; ask status")
        if seen.card not in STARTS[motion]:
            what = f"{self._where()}: a card at the {seen.card.value} cannot go {motion.value}"
            raise Refused("box.card_at_gate", f"{what}, the customer may pull it; capture it or wait")

    def _check_clear(self, motion: Motion, seen: BoxStatus) -> None:
        if not seen.ready:
            raise not_ready(device=self._context.device, command=COMMANDS[motion].name)
        if seen.card is CardPlace.UNCLEAR:
            what = f"{self._where()}: its card position is not known to us at {COMMANDS[motion].name}"
            raise DeviceFault("box.unclear", f"{what}; open the box by two, then prepare")

    def _where(self) -> str:
        return f"card box {self._context.device}"
