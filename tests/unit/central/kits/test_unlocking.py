"""Codes that unlock without network: for two people, one kit, one lock."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from ordered_kit import OrderedKit

from padkit_central.commands.admin import AdminRefused
from padkit_central.kits import UnlockCode
from padkit_central.store import Point
from padkit_contract.commands import Lock, Mode, Unlock
from padkit_contract.party import load_party
from padkit_contract.unlock import new_challenge, read_challenge, unlock_code

KEY = bytes(range(32))


def challenge(cause: str, kit: str = "kit-1", counter: int = 1) -> str:
    return new_challenge("demo", kit, cause, counter, b"TESTONLY").text()


async def code(office: Any, *papers: str) -> UnlockCode:
    found: UnlockCode = await office.client.post("/v1/unlock-codes", {"papers": papers}, UnlockCode)
    return found


async def refused(office: Any, *papers: str) -> str:
    with pytest.raises(AdminRefused) as caught:
        await code(office, *papers)
    return caught.value.code


@pytest.fixture
async def escrowed(central: Any, store: Any, parties: Any, suite: Any) -> Any:
    """A central that has kit-1's key for codes, as the kit's first contact leaves it."""
    party = load_party(parties / "central", suite, b"TEST ONLY")
    sealed = suite.load_public(party.encrypt.certificate.point).encrypt(KEY)
    await store._writer.write(
        Point.PAPER,
        lambda connection: connection.execute(
            "insert into kit(id,entity,kit,escrow) values('k','demo','kit-1',?)", (sealed,)
        ),
    )
    return central


async def locked(central: Any, office: Any) -> str:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        view = await office.order(Lock())
        await kit.apply(await kit.next())
    return str(view.command)


async def test_two_operators_get_the_code_of_the_kits_lock(escrowed: Any, office: Any, store: Any) -> None:
    text = challenge(await locked(escrowed, office))
    papers = [office.wish(text, by) for by in ("ann", "bob")]
    first = await code(office, *papers)
    assert first.code == unlock_code(KEY, "demo", "kit-1", read_challenge(text))
    assert (first.by, len(first.code)) == (("ann", "bob"), 8)
    assert await code(office, *reversed(papers)) == first
    given = [row for row in await store.orders.trail("demo", 0, 100) if row.what == "unlock.code"]
    assert [row.who for row in given] == ["ann+bob", "ann+bob"]
    assert first.code.encode() not in b"".join(row.body for row in given)
    assert first.code not in repr(first) + str(escrowed.log.lines)


async def test_another_pair_does_not_get_it(escrowed: Any, office: Any) -> None:
    text = challenge(await locked(escrowed, office))
    await code(office, office.wish(text, "ann"), office.wish(text, "bob"))
    assert await refused(office, office.wish(text, "ann"), office.wish(text, "cid")) == "challenge.given"


async def test_one_person_is_not_two(escrowed: Any, office: Any) -> None:
    text = challenge(await locked(escrowed, office))
    assert await refused(office, office.wish(text, "ann"), office.wish(text, "ann")) == "unlock.people"
    assert await refused(office, office.wish(text, "ann")) == "unlock.people"
    other = challenge("lease", counter=2)
    assert await refused(office, office.wish(text, "ann"), office.wish(other, "bob")) == "unlock.people"


async def test_a_challenge_of_another_kit_or_lock_is_refused(escrowed: Any, office: Any) -> None:
    lock = await locked(escrowed, office)
    for text in (challenge(lock, "kit-2"), challenge("lease"), challenge("another lock")):
        assert await refused(office, office.wish(text, "ann"), office.wish(text, "bob")) == "challenge.kit"


async def test_a_lock_of_the_kits_own_can_be_lifted_while_central_orders_none(escrowed: Any, office: Any) -> None:
    text = challenge("lease")
    assert (await code(office, office.wish(text, "ann"), office.wish(text, "bob"))).cause == "lease"
    await office.order(Lock())
    other = challenge("lease", counter=2)
    assert await refused(office, office.wish(other, "ann"), office.wish(other, "bob")) == "challenge.kit"


async def test_after_an_unlock_the_old_lock_gets_no_code(escrowed: Any, office: Any) -> None:
    lock = await locked(escrowed, office)
    async with escrowed.kit() as speaker, OrderedKit(speaker) as kit:
        await office.order(Unlock())
        await kit.apply(await kit.next())
    text = challenge(lock)
    assert await refused(office, office.wish(text, "ann"), office.wish(text, "bob")) == "challenge.kit"


async def test_a_kit_without_a_key_gets_no_code(central: Any, office: Any) -> None:
    text = challenge("lease")
    assert await refused(office, office.wish(text, "ann"), office.wish(text, "bob")) == "escrow.none"


async def test_a_challenge_with_a_slip_of_the_tongue_is_refused(escrowed: Any, office: Any) -> None:
    text = challenge("lease")
    slip = ("0" if text[0] != "0" else "1") + text[1:]
    assert await refused(office, office.wish(slip, "ann"), office.wish(slip, "bob")) == "challenge.check"


async def test_a_wiped_kit_gets_no_code(escrowed: Any, office: Any, store: Any) -> None:
    standing = msgspec.json.encode({"mode": Mode.WIPED.value}).decode()
    await store._writer.write(
        Point.PAPER, lambda connection: connection.execute("update kit set standing=?", (standing,))
    )
    text = challenge("lease")
    assert await refused(office, office.wish(text, "ann"), office.wish(text, "bob")) == "kit.wiped"
