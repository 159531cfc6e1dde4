"""What a box can do beside issuing cards: sensors, card intake, counter, texts, self-test. Nothing here moves a card."""

from __future__ import annotations

from collections.abc import Awaitable

from padkit_card_dispenser import commands, replies
from padkit_card_dispenser.commands import SamSlot
from padkit_card_dispenser.exchange import Lost
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.replies import CardType
from padkit_sdk import BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import CardPlace, Check, DeviceIdentity, HopperLevel, SelfTest

MODEL = "CRT-591"


class Service:
    """The box's own facts and switches."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry

    async def identity(self, deadline: Deadline) -> DeviceIdentity:
        """Serial number and firmware; both empty while the box, not initialised since power-on, does not tell them."""
        try:
            serial = replies.serial_number((await self._inquiry.done(commands.SERIAL, deadline)).data)
            firmware = replies.text((await self._inquiry.done(commands.VERSION, deadline)).data)
        except Refused:
            serial = firmware = ""
        return DeviceIdentity(MODEL, serial, firmware)

    async def configuration(self, deadline: Deadline) -> str:
        """The box's own description of what it is made of."""
        return replies.text((await self._inquiry.done(commands.CONFIGURATION, deadline)).data)

    async def sensors(self, deadline: Deadline) -> tuple[bool, ...]:
        """Which of the 8 to 10 path sensors see a card; the order is the box's."""
        return replies.sensors((await self._inquiry.done(commands.STATUS_SENSORS, deadline)).data)

    async def contact_card_type(self, deadline: Deadline) -> CardType:
        """What kind of chip lies at the contacts."""
        return replies.card_type((await self._inquiry.done(commands.CONTACT_TYPE, deadline)).data)[0]

    async def allow_entry(self, deadline: Deadline, *, allowed: bool) -> None:
        """Let a person push a card in, or not; what is pushed in is drawn to the RF station."""
        await self._inquiry.done(commands.entry(allowed=allowed), deadline)

    async def set_bin_count(self, count: int, deadline: Deadline) -> None:
        """Set the counter of captured cards, after two people have emptied the bin."""
        await self._inquiry.done(commands.set_counter(count), deadline)

    async def select_sam(self, slot: SamSlot, deadline: Deadline) -> None:
        """Say which SAM the next exchange is for."""
        await self._inquiry.done(commands.sam_select(slot), deadline)

    async def self_test(self, deadline: Deadline) -> SelfTest:
        """Check link, status, identity, sensors and counter; ends at the first question without an answer.

        Before `prepare` a box answers everything with B0; then link and status are all that can be checked.
        """
        checks: list[Check] = []
        try:
            checks += await self._checks(deadline)
            link = Check("box.link", passed=True, seen="answers")
        except (LinkLost, OutcomeUnknown) as exc:
            link = Check("box.link", passed=False, seen=str(exc))
        return SelfTest((link, *checks))

    async def _checks(self, deadline: Deadline) -> list[Check]:
        status = await self._inquiry.look(deadline)
        if isinstance(status, Lost):
            raise self._inquiry.error_of(status)
        if not status.ready:
            return [Check("box.status", passed=True, seen="not initialised since power-on; call prepare")]
        understood = status.card is not CardPlace.UNCLEAR and status.hopper is not HopperLevel.UNCLEAR
        return [
            Check("box.status", understood, f"card {status.card.value}, hopper {status.hopper.value}"),
            Check("box.counter", status.bin_count is not None, f"{status.bin_count} cards in the bin"),
            await self._check("box.identity", self._who(deadline)),
            await self._check("box.sensors", self._dark(deadline)),
        ]

    async def _who(self, deadline: Deadline) -> str:
        identity = await self.identity(deadline)
        return f"{identity.model} {identity.serial}, firmware {identity.firmware}"

    async def _dark(self, deadline: Deadline) -> str:
        sensors = await self.sensors(deadline)
        dark = [str(number) for number, covered in enumerate(sensors, 1) if covered]
        return f"{len(sensors)} sensors, " + (f"dark: {', '.join(dark)}" if dark else "none dark")

    @staticmethod
    async def _check(name: str, question: Awaitable[str]) -> Check:
        try:
            return Check(name, passed=True, seen=await question)
        except (DeviceFault, BadFrame, Refused) as exc:
            return Check(name, passed=False, seen=str(exc))
