"""The wrong drivers: our own, with one promise broken each."""

from __future__ import annotations

import asyncio

from padkit_back_clip.driver import SamReader
from padkit_card_dispenser.driver import open_driver
from padkit_sdk import AskAgain, HiddenBytes, HiddenText, IdNumber, LinkLost
from padkit_sdk.ports import CardPlace, DocumentKind, IdentityCard, Slot

IMPATIENCE_S = 0.2  # enough for a feed at the kit's usual pace, too little for one in slow motion


class Around:
    """Passes on to the right driver what is not done wrong."""

    def __init__(self, right):
        self._right = right

    def __getattr__(self, name):
        return getattr(self._right, name)


class RetractsByFeeding(Around):
    async def move(self, to, *, timeout_s):
        """Throws the presented card out and captures the next one instead: the counter is right, the card is not."""
        before = await self._right.status(timeout_s=timeout_s)
        if to is Slot.BIN and before.card is CardPlace.GATE:
            await self._right.move(Slot.OUT, timeout_s=timeout_s)
            await self._right.stage(timeout_s=timeout_s)
        return await self._right.move(to, timeout_s=timeout_s)


class EjectsInPrepare(Around):
    async def prepare(self, *, timeout_s):
        status = await self._right.prepare(timeout_s=timeout_s)
        if status.card is CardPlace.INSIDE:
            return await self._right.move(Slot.GATE, timeout_s=timeout_s)
        return status


class StagesAgain(Around):
    async def stage(self, *, timeout_s):
        """Repeats a motion that takes its time, out of the way of the first card."""
        try:
            async with asyncio.timeout(IMPATIENCE_S):
                return await self._right.stage(timeout_s=timeout_s)
        except TimeoutError:
            await self._right.prepare(timeout_s=timeout_s)
            await self._right.move(Slot.OUT, timeout_s=timeout_s)
            return await self._right.stage(timeout_s=timeout_s)


class LetsErrorsThrough(Around):
    async def self_test(self, *, timeout_s):
        return {}["box.sensors"]


class InventsRecords(Around):
    async def read(self, *, fingerprint, timeout_s):
        try:
            return await self._right.read(fingerprint=fingerprint, timeout_s=timeout_s)
        except AskAgain:
            return IdentityCard(
                kind=DocumentKind.RESIDENT,
                name=HiddenText("测试戊"),
                number=IdNumber("999999199003071234"),
                sex="1",
                nation="01",
                birth_date="1990-03-07",
                address=HiddenText(""),
                issuer="",
                valid_from="2020-01-01",
                valid_to="",
                long_term=True,
                raw_text=HiddenBytes(bytes(256)),
                photo=HiddenBytes(bytes(1024)),
                fingerprint=HiddenBytes(b""),
                module_number="",
            )


async def retracts_by_feeding(link, context):
    return RetractsByFeeding(await open_driver(link, context))


async def ejects_in_prepare(link, context):
    return EjectsInPrepare(await open_driver(link, context))


async def stages_again(link, context):
    return StagesAgain(await open_driver(link, context))


async def lets_errors_through(link, context):
    return LetsErrorsThrough(await open_driver(link, context))


async def invents_records(link, context):
    return InventsRecords(SamReader(link, context))


async def mute(link, context):
    raise LinkLost(f"card box {context.device}: no answer at 38400 baud; check cable")
