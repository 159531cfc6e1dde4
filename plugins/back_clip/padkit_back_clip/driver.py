"""The identity-card reader: what the port promises, in terms of commands. Knows no wire but `ByteLink`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from padkit_back_clip.card_read import CardRead
from padkit_back_clip.config import read_config
from padkit_back_clip.exchange import Exchange
from padkit_back_clip.faults import fault_of
from padkit_back_clip.layouts import Person, read_person
from padkit_back_clip.machine import Reading
from padkit_back_clip.photo import PICTURE_S, decode_photo
from padkit_back_clip.protocol import MODULE_NUMBER, MODULE_STATUS, RESET, Command, Reply, Status
from padkit_back_clip.record import Record, module_number
from padkit_sdk import ByteLink, DeviceEvent, DriverContext, HiddenBytes, HiddenText, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import Check, DeviceIdentity, IdentityCard, IdentityCardReader, SelfTest

MODEL = "SAM_V"


class SamReader(IdentityCardReader):
    """A reader with the SAM_V host interface. A second caller waits for the first, inside its own time."""

    def __init__(self, link: ByteLink, context: DriverContext) -> None:
        self._link = link
        self._context = context
        self._config = read_config(context.settings)
        self._exchange = Exchange(link, context.device)
        self._turn_lock = asyncio.Lock()
        self._number = ""

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        return DeviceIdentity(MODEL, await self.module_number(timeout_s=timeout_s), firmware="")

    async def module_number(self, *, timeout_s: float) -> str:
        async with self._turn(timeout_s) as deadline:
            return await self._module_number(deadline)

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        async with self._turn(timeout_s) as deadline:
            checks = []
            for name, command in (("reader.module", MODULE_STATUS), ("reader.number", MODULE_NUMBER)):
                reply = await self._exchange.ask(command, deadline)
                checks.append(Check(name, reply.status is Status.DONE, seen=reply.sw.hex(" ").upper()))
            return SelfTest(tuple(checks))

    async def reset(self, *, timeout_s: float) -> None:
        """Reset the module; it forgets a selected card. Raises as `read` does for the reader and the wire."""
        async with self._turn(timeout_s) as deadline:
            await self._ask_done(RESET, deadline)

    async def read(self, *, fingerprint: bool, timeout_s: float) -> IdentityCard:
        async with self._turn(timeout_s) as deadline:
            number = await self._module_number(deadline)
            record, address = await CardRead(self._exchange, self._context.device, deadline).run(
                Reading(fingerprint=fingerprint, address=self._config.appended_address)
            )
            person = read_person(record.text.data)
            picture = await self._picture(record.photo, deadline)
        return _identity_card(person, record, number, address, picture)

    async def close(self) -> None:
        await self._link.close()

    @asynccontextmanager
    async def _turn(self, timeout_s: float) -> AsyncIterator[Deadline]:
        """Have the reader for oneself; waiting for it is part of `timeout_s`."""
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        try:
            async with asyncio.timeout(timeout_s):
                await self._turn_lock.acquire()
        except TimeoutError:
            raise Refused(
                "reader.busy", f"identity reader {self._context.device}: busy for {timeout_s} s; try later"
            ) from None
        try:
            yield deadline
        finally:
            self._turn_lock.release()

    async def _module_number(self, deadline: Deadline) -> str:
        """Asked once for each opened link: the module does not change behind it."""
        if not self._number:
            self._number = module_number((await self._ask_done(MODULE_NUMBER, deadline)).data)
        return self._number

    async def _ask_done(self, command: Command, deadline: Deadline) -> Reply:
        reply = await self._exchange.ask(command, deadline)
        if reply.status is not Status.DONE:
            raise fault_of(reply, command, self._context.device)
        return reply

    async def _picture(self, photo: HiddenBytes, deadline: Deadline) -> HiddenBytes:
        if not self._config.photo_decoder:
            return HiddenBytes(b"")
        picture = await decode_photo(self._config.photo_decoder, photo, timeout_s=deadline.at_most(PICTURE_S))
        if picture.failure:
            self._context.emit(DeviceEvent("idcard.photo_bad", {"reason": picture.failure}))
        return picture.image


def _identity_card(
    person: Person, record: Record, number: str, address: HiddenText, picture: HiddenBytes
) -> IdentityCard:
    return IdentityCard(
        kind=person.kind,
        name=person.name,
        number=person.number,
        sex=person.sex,
        nation=person.nation,
        birth_date=person.birth_date,
        address=person.address,
        issuer=person.issuer,
        valid_from=person.valid_from,
        valid_to=person.valid_to,
        long_term=person.long_term,
        raw_text=record.text,
        photo=record.photo,
        fingerprint=record.fingerprint,
        module_number=number,
        latest_address=address,
        english_name=person.english_name,
        country=person.country,
        permit_number=person.permit_number,
        issue_count=person.issue_count,
        picture=picture,
    )
