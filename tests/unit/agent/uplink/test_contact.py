from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec
import pytest
import structlog
from aiohttp import web
from structlog.testing import LogCapture

from padkit_agent.core.trusted_time import Known, Reading, TrustedTime
from padkit_agent.store import KitStore
from padkit_agent.uplink import Contacts, Courier, Sealer, Timekeeper
from padkit_agent.uplink.contact import ESCROW, EVERY_S
from padkit_agent.uplink.timekeeper import FACT
from padkit_contract.commands import Mode, Standing
from padkit_contract.contact import CONTACT, ChainHead, Contact, ContactReply, DeviceWord
from padkit_contract.messages import Outcome, Reply, decode
from padkit_contract.party import Party

from ..stepping import Stepping
from .central import Answer, Got, LittleCentral, hang_up, says

MARKS = ("a" * 64, "b" * 64)
KEY = "0f" * 32
DEVICES = (DeviceWord("box", "card_dispenser", "CRT-591", "BX-1", "1.2"),)


def answers(told: ContactReply) -> Answer:
    async def answer(central: LittleCentral, got: Got) -> web.StreamResponse:
        reply = Reply(Outcome.OK, fields={"contact": told})
        return web.Response(body=central.sealed(reply, got.context))

    return answer


@dataclass
class Kit:
    """A kit's contact with everything around it, and a wall clock that tests set."""

    contacts: Contacts
    keeper: Timekeeper
    courier: Courier
    heard: list[ContactReply]
    wall_off_s: list[float] = field(default_factory=lambda: [0.0])


@pytest.fixture
async def kit(courier: Courier, store: KitStore, parties: tuple[Party, Party], time: Stepping, log: LogCapture) -> Kit:
    off_s = [0.0]
    begun_s = time.now_s
    trusted = TrustedTime(lambda: Reading("boot-1", 50 + time.now_s - begun_s, time.now_s + off_s[0]))
    logger = structlog.wrap_logger(None, processors=[log], wrapper_class=structlog.BoundLogger)
    keeper = Timekeeper(trusted, store, time.clock, logger)
    await keeper.load()
    heard: list[ContactReply] = []

    async def listen(told: ContactReply) -> None:
        heard.append(told)

    contacts = Contacts(
        courier,
        store,
        keeper,
        Sealer(parties[0], trusted.asking_s, secrets.token_bytes),
        time.clock,
        version="1.0",
        marks=MARKS,
        standing=lambda: Standing(Mode.LOCKED, "c1"),
        devices=lambda: DEVICES,
        heard=[listen],
        chance=random.Random(1),
        log=logger,
    )
    return Kit(contacts, keeper, courier, heard, off_s)


@asynccontextmanager
async def running(kit: Kit) -> AsyncIterator[None]:
    task = asyncio.create_task(kit.contacts.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_contact_says_who_and_how_the_kit_is_and_takes_in_what_comes_back(
    kit: Kit, central: LittleCentral, store: KitStore, time: Stepping
) -> None:
    ahead_ms = int((time.now_s + 100) * 1000)
    central.answers = [answers(ContactReply(ahead_ms, 3600, escrow=KEY))] * 2
    assert await kit.contacts.once()
    assert await kit.contacts.once()
    first, second = (decode(got.payload, Contact) for got in central.got)
    assert (first.version, first.boot, first.traits, first.head) == ("1.0", "boot-1", MARKS, ChainHead(0, ""))
    assert first.devices == DEVICES
    assert (first.standing, first.has_escrow, first.heard_ms) == (Standing(Mode.LOCKED, "c1"), False, 0)
    assert (second.has_escrow, second.heard_ms) == (True, ahead_ms)
    assert await store.fact(ESCROW) == bytes.fromhex(KEY)
    assert [it.lease_s for it in kit.heard] == [3600, 3600]
    assert round(kit.keeper.time.now_s() - time.now_s) == 100
    assert central.got[0].context.sequence == 0


async def test_the_key_for_unlocking_is_taken_once(kit: Kit, central: LittleCentral, store: KitStore) -> None:
    at = int(central.now_s() * 1000)
    central.answers = [answers(ContactReply(at, 1, escrow=key)) for key in (KEY, "11" * 32)]
    for _ in range(2):
        assert await kit.contacts.once()
    assert await store.fact(ESCROW) == bytes.fromhex(KEY)


async def test_jumps_are_told_until_central_knows_of_them(kit: Kit, central: LittleCentral, log: LogCapture) -> None:
    at = int(central.now_s() * 1000)
    central.answers = [
        answers(ContactReply(at, 1)),
        hang_up,
        answers(ContactReply(at, 1)),
        answers(ContactReply(at, 1)),
    ]
    assert await kit.contacts.once()
    kit.wall_off_s[0] = -3600.0
    await kit.keeper.save()
    assert [it["event"] for it in log.entries] == ["clock.jump"]
    assert not await kit.contacts.once()
    assert await kit.contacts.once()
    assert await kit.contacts.once()
    told = [[it.seconds for it in decode(got.payload, Contact).jumps] for got in central.got]
    assert told == [[], [-3600.0], [-3600.0], []]


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        (says(Outcome.REFUSED), "contact.refused"),
        (says(), "contact.unbelievable"),
        (answers(ContactReply(0, 1)), "contact.unbelievable"),
        (hang_up, "uplink.silent"),
    ],
)
async def test_what_cannot_be_believed_moves_neither_clock_nor_lease(
    kit: Kit, central: LittleCentral, log: LogCapture, answer: Answer, event: str
) -> None:
    central.answers = [answers(ContactReply(int(central.now_s() * 1000), 1)), answer]
    assert await kit.contacts.once()
    before = kit.keeper.time.now_s()
    assert not await kit.contacts.once()
    assert (kit.keeper.time.now_s(), len(kit.heard)) == (before, 1)
    assert log.entries[-1]["event"] == event


async def test_the_time_goes_on_from_the_store(kit: Kit, central: LittleCentral, store: KitStore) -> None:
    central.answers = [answers(ContactReply(int((central.now_s() + 500) * 1000), 1))]
    assert await kit.contacts.once()
    raw = await store.fact(FACT)
    assert raw is not None
    assert msgspec.json.decode(raw, type=Known).anchored


async def test_it_asks_at_once_then_every_minute_and_when_the_network_is_back(
    kit: Kit, central: LittleCentral, time: Stepping
) -> None:
    told = answers(ContactReply(int(central.now_s() * 1000), 1))
    central.answers = [told] * 3
    async with running(kit):
        await time.asleep()
        assert 0.9 * EVERY_S <= time.naps[-1] <= 1.1 * EVERY_S
        time.step(70)
        await time.asleep()
        assert len(central.got) == 2
        kit.courier.back.set()
        while len(central.got) < 3:
            await asyncio.to_thread(lambda: None)
    assert {got.context.business for got in central.got} == {CONTACT}


async def test_silence_is_asked_again_soon(kit: Kit, central: LittleCentral, time: Stepping) -> None:
    central.answers = [hang_up]
    async with running(kit):
        await time.asleep()
    assert time.naps[-1] < 6
