"""A kit's regular word at a whole central on loopback."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from padkit_central.business.policies import PolicyDraft, put_policy
from padkit_central.store import KitState, Store, read_books
from padkit_contract import chain
from padkit_contract.commands import Mode, Standing
from padkit_contract.contact import CONTACT, ChainHead, ClockJump, Contact, ContactReply, trait_mark
from padkit_contract.messages import CASE, Case, Outcome, Reply, encode
from padkit_contract.unlock import KEY_SIZE

MARKS = tuple(trait_mark("kit-1", "disk", f"serial-{number}") for number in range(5))
NONE = ChainHead(0, "")


def said(central: Any, **changed: Any) -> Contact:
    contact = Contact("1.0", central.clock.now().isoformat(), "boot-1", MARKS, NONE, Standing(), has_escrow=True)
    return msgspec.structs.replace(contact, **changed)


def told(reply: Reply) -> ContactReply:
    assert reply.outcome is Outcome.OK, reply
    return msgspec.convert(reply.fields["contact"], ContactReply)


async def reasons(central: Any) -> list[tuple[str, str]]:
    books = await asyncio.to_thread(read_books, central.config.database)
    return [(case.reason, case.id) for case in books.cases]


async def test_a_contact_gets_signed_time_and_the_lease_of_the_policy(central: Any) -> None:
    strict = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    await put_policy(strict, PolicyDraft("demo", {"offline_max_hours": 8}, ()), strict.now())
    await strict.stop()
    async with central.kit() as kit:
        reply = told(await kit.ask(CONTACT, said(central)))
    assert reply.time_ms == int(central.clock.now().timestamp() * 1000)
    assert reply.lease_s == 8 * 3600
    assert reply.escrow == ""


async def test_a_kit_without_a_policy_gets_the_lease_of_the_catalogue(central: Any) -> None:
    async with central.kit() as kit:
        assert told(await kit.ask(CONTACT, said(central))).lease_s == 72 * 3600


async def test_the_key_for_unlocking_is_made_once_and_given_until_the_kit_has_it(central: Any) -> None:
    async with central.kit() as kit:
        first = told(await kit.ask(CONTACT, said(central, has_escrow=False))).escrow
        central.clock.go(60)
        again = told(await kit.ask(CONTACT, said(central, has_escrow=False))).escrow
        central.clock.go(60)
        assert told(await kit.ask(CONTACT, said(central))).escrow == ""
    assert first == again
    assert len(bytes.fromhex(first)) == KEY_SIZE


async def test_a_machine_that_lost_as_much_as_its_vault_allows_is_the_same(central: Any) -> None:
    repaired = (*MARKS[:3], "a" * 64)
    async with central.kit() as kit:
        for marks in (MARKS, repaired, (*repaired[:2], "a" * 64, "b" * 64)):
            told(await kit.ask(CONTACT, said(central, traits=marks)))
            central.clock.go(60)
    assert await reasons(central) == []


@pytest.mark.parametrize("marks", [(), MARKS[:2], tuple("c" * 63 + str(number) for number in range(5))])
async def test_another_machine_is_refused_named_and_suspended(central: Any, marks: tuple[str, ...]) -> None:
    async with central.kit() as kit:
        told(await kit.ask(CONTACT, said(central)))
        central.clock.go(60)
        reply = await kit.ask(CONTACT, said(central, traits=marks, has_escrow=False))
    assert (reply.outcome, reply.code, reply.fields) == (Outcome.REFUSED, "clone.hardware", {})
    assert await reasons(central) == [("clone.hardware", "clone.hardware")]
    row = await standing(central)
    assert row == ("suspended", 5)


async def standing(central: Any) -> tuple[str, int]:
    """Return the kit's state, and how many traits are kept of it."""
    import sqlite3

    def look() -> tuple[str, int]:
        connection = sqlite3.connect(central.config.database)
        state, traits = connection.execute("select state,traits from kit where kit='kit-1'").fetchone()
        connection.close()
        return state, len(msgspec.json.decode(traits))

    return await asyncio.to_thread(look)


@pytest.mark.parametrize(
    ("forgot", "ends"), [(Standing(), "suspended"), (Standing(mode=Mode.LOCKED, cause="lost"), "in use")]
)
async def test_a_kit_that_forgot_orders_is_suspended_unless_it_is_locked(
    central: Any, forgot: Standing, ends: str
) -> None:
    """Its store was taken away, or an older one put back: the lock with it."""
    locked = Standing(mode=Mode.LOCKED, cause="c-7", seq=7)
    async with central.kit() as kit:
        told(await kit.ask(CONTACT, said(central, standing=locked)))
        central.clock.go(200)
        told(await kit.ask(CONTACT, said(central, standing=forgot)))  # it may have been on its way
        central.clock.go(200)
        reply = await kit.ask(CONTACT, said(central, standing=forgot))
    suspended = ends == "suspended"
    assert (reply.outcome, reply.code) == ((Outcome.REFUSED, "standing.behind") if suspended else (Outcome.OK, ""))
    assert await reasons(central) == ([("standing.behind", "standing.behind")] if suspended else [])
    assert ((await standing(central))[0] == "suspended") is suspended


async def test_a_kit_that_people_cleared_says_anew_how_it_stands(central: Any) -> None:
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    async with central.kit() as kit:
        told(await kit.ask(CONTACT, said(central, standing=Standing(seq=7))))
        central.clock.go(400)
        assert (await kit.ask(CONTACT, said(central))).code == "standing.behind"
        await store.identities.set_state("demo", "kit-1", KitState.IN_USE, "new disk", "li and wu")
        central.clock.go(60)
        told(await kit.ask(CONTACT, said(central)))
    await store.stop()


async def test_a_contact_that_comes_late_is_answered_and_changes_nothing(central: Any) -> None:
    late = said(central, traits=(*MARKS[:4], "d" * 64), head=ChainHead(9, "e" * 64))
    central.clock.go(60)
    async with central.kit() as kit:
        told(await kit.ask(CONTACT, said(central)))
        told(await kit.ask(CONTACT, late))
    assert await reasons(central) == []


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "2026-11-22T07:00:00.000Z"])
async def test_another_machine_is_found_also_when_it_claims_to_come_late(central: Any, at: str) -> None:
    async with central.kit() as kit:
        told(await kit.ask(CONTACT, said(central)))
        reply = await kit.ask(CONTACT, said(central, at=at, traits=("d" * 64,) * 5, has_escrow=False))
    assert (reply.outcome, reply.code, reply.fields) == (Outcome.REFUSED, "clone.hardware", {})
    assert (await standing(central))[0] == "suspended"


async def test_a_moment_to_come_does_not_make_all_that_follows_late(central: Any) -> None:
    async with central.kit() as kit:
        await filed(kit, 1)
        told(await kit.ask(CONTACT, said(central, at="9999-12-31T23:59:59.999Z")))
        central.clock.go(60)
        told(await kit.ask(CONTACT, said(central, head=ChainHead(1, "f" * 64))))
    assert ("chain.invented", "chain.invented:1") in await reasons(central)


@pytest.mark.parametrize("at", ["", "z", "2026-11-22T08:00:00"])
async def test_a_contact_without_a_moment_is_none(central: Any, at: str) -> None:
    async with central.kit() as kit:
        reply = await kit.ask(CONTACT, said(central, at=at))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "message.form")


async def test_a_wall_clock_that_was_set_is_a_case_once(central: Any) -> None:
    jump = ClockJump("2026-11-22T08:00:00Z", -3600.0)
    async with central.kit() as kit:
        for _ in range(2):
            told(await kit.ask(CONTACT, said(central, jumps=(jump,))))
            central.clock.go(60)
    assert await reasons(central) == [("clock.jump", "clock.jump:2026-11-22T08:00:00Z")]


async def filed(kit: Any, number: int) -> ChainHead:
    """Send a record and return where the chain ends then."""
    body = encode(Case(f"c{number}", "f", "x", "2026-11-22T08:00:00Z"))
    envelope = kit.ids()
    sequence, previous = kit.chain.place(envelope, CASE, body)
    assert (await kit.post(kit.sealed(CASE, body, envelope)))[0] == 200
    return ChainHead(sequence, chain.link_of(previous, sequence, envelope, CASE, body))


async def test_a_head_that_came_or_is_to_come_is_as_it_should_be(central: Any) -> None:
    async with central.kit() as kit:
        head = await filed(kit, 1)
        told(await kit.ask(CONTACT, said(central, head=head)))
        central.clock.go(60)
        told(await kit.ask(CONTACT, said(central, head=ChainHead(3, "f" * 64))))
    assert [code for code, _ in await reasons(central)] == ["x"]


async def test_another_head_than_what_was_booked_is_named(central: Any) -> None:
    async with central.kit() as kit:
        await filed(kit, 1)
        told(await kit.ask(CONTACT, said(central, head=ChainHead(1, "f" * 64))))
    assert ("chain.invented", "chain.invented:1") in await reasons(central)


async def test_a_record_that_is_not_the_one_stated_is_refused(central: Any) -> None:
    async with central.kit() as kit:
        told(await kit.ask(CONTACT, said(central, head=ChainHead(1, "f" * 64))))
        reply = await kit.ask(CASE, Case("c1", "f", "x", "2026-11-22T08:00:00Z"))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "chain.invented")


async def test_a_record_behind_the_last_one_that_the_kit_knows_of_is_named(central: Any) -> None:
    async with central.kit() as kit:
        head = await filed(kit, 1)
        await filed(kit, 2)
        central.clock.go(60)
        heard = told(await kit.ask(CONTACT, said(central, head=head))).time_ms
        assert ("chain.invented", "x") not in await reasons(central)
        central.clock.go(60)
        told(await kit.ask(CONTACT, said(central, head=head, heard_ms=heard)))
    assert [code for code, _ in await reasons(central)] == ["x", "x", "chain.invented"]


@pytest.mark.parametrize(
    "wrong", [{"traits": ("a",)}, {"traits": ("a" * 64,) * 17}, {"boot": "b" * 65}, {"head": ChainHead(-1, "")}]
)
async def test_a_contact_that_is_none_is_refused(central: Any, wrong: dict[str, object]) -> None:
    async with central.kit() as kit:
        reply = await kit.ask(CONTACT, said(central, **wrong))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "contact.form")


async def test_a_kit_that_two_people_cleared_may_be_another_machine_when_they_say_so(central: Any) -> None:
    other = tuple("c" * 63 + str(number) for number in range(5))
    async with central.kit() as kit:
        told(await kit.ask(CONTACT, said(central)))
        store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
        await store.chains.forget_traits("demo", "kit-1")
        await store.stop()
        central.clock.go(60)
        told(await kit.ask(CONTACT, said(central, traits=other)))
    assert await reasons(central) == []
