"""Who kits are, in rows: codes are spent once, and what a kit had ends when it gets new certificates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_central.store import CertificateRow, EnrolCode, KeyUse, KitState, Known, Store

KEY = ("bank", "KIT-1")
CODE = EnrolCode(*KEY, "c1", b"key", "li.wei", "2026-01-01T08", "2026-01-02T08")


def rows(request: str, at: str = "2026-01-01T09") -> list[CertificateRow]:
    return [
        CertificateRow(*KEY, f"{request}{use.value}", use, b"der", at, "2027-01-01", request=request) for use in KeyUse
    ]


@pytest.fixture
async def at(store: Store):
    """Let the test say what the store's clock shows."""

    def set_to(moment: str) -> None:
        store.identities._at = lambda: moment

    set_to("2026-01-01T09")
    return set_to


async def serials(store: Store, moment: str) -> list[str]:
    known = (await store.identities.known([KEY]))[KEY]
    return sorted(row.serial for row in known.certificates if row.good(moment))


async def test_a_kit_without_rows_is_in_use_and_has_nothing(store):
    assert await store.identities.known([KEY]) == {KEY: Known()}
    assert await store.identities.register("bank") == []


async def test_a_code_is_spent_with_the_certificates(store, at):
    await store.identities.put_code(CODE)
    assert await store.identities.enrol(CODE, rows("a"), 5)
    assert not await store.identities.enrol(CODE, rows("b"), 5)
    code = await store.identities.newest_code(*KEY)
    assert (code.used_at, code.request) == ("2026-01-01T09", "a")
    assert await serials(store, "2026-01-01T10") == ["aencrypt", "asign", "atls"]
    assert [row.body for row in await store.identities.of_request(*KEY, "a")] == [b"der"] * 3
    assert await store.identities.of_request(*KEY, "b") == []
    assert await store.identities.body(*KEY, "atls") == b"der"
    assert await store.identities.body(*KEY, "btls") == b""
    (kit,) = await store.identities.register("bank", "KIT-1")
    assert (kit.state, kit.enrolled_at) == (KitState.IN_USE, "2026-01-01T09")
    assert await store.identities.with_certificates() == [KEY]


async def test_a_new_code_replaces_the_old_one(store, at):
    await store.identities.put_code(CODE)
    newer = replace(CODE, code_id="c2", made_at="2026-01-01T08:30")
    await store.identities.put_code(newer)
    assert await store.identities.newest_code(*KEY) == newer
    assert not await store.identities.enrol(CODE, rows("a"), 5)
    assert await store.identities.enrol(newer, rows("a"), 5)


async def test_a_code_ends_with_its_time_and_with_its_tries(store, at):
    await store.identities.put_code(CODE)
    for _ in range(5):
        await store.identities.miss(CODE)
    assert (await store.identities.newest_code(*KEY)).tries == 5
    assert not await store.identities.enrol(CODE, rows("a"), 5)
    at("2026-01-02T08")
    assert not await store.identities.enrol(CODE, rows("a"), 6)


async def test_enrolling_again_takes_back_what_the_kit_had(store, at):
    await store.identities.put_code(CODE)
    await store.identities.enrol(CODE, rows("a"), 5)
    await store.identities.set_state(*KEY, KitState.WIPED, "by order", "li.wei")
    newer = replace(CODE, code_id="c2", made_at="2026-01-01T10")
    await store.identities.put_code(newer)
    at("2026-01-01T11")
    assert await store.identities.enrol(newer, rows("b", "2026-01-01T11"), 5)
    assert await serials(store, "2026-01-01T11") == ["bencrypt", "bsign", "btls"]
    known = (await store.identities.known([KEY]))[KEY]
    assert known.state is KitState.IN_USE
    assert {row.reason for row in known.certificates} == {"", "enrolled again"}


async def test_renewed_certificates_stay_good_until_the_overlap_is_over(store, at):
    await store.identities.put_code(CODE)
    await store.identities.enrol(CODE, rows("a"), 5)
    by_hand = CertificateRow(*KEY, "77", KeyUse.TLS, b"", "2025", "2026-06-01")
    new = rows("b", "2026-02-01")
    assert await store.identities.renew(new, [by_hand, rows("a")[0]], "2026-02-08")
    assert not await store.identities.renew(new, [], "2026-02-09")
    assert await serials(store, "2026-02-07") == sorted(["77", *(it.serial for it in rows("a") + rows("b"))])
    assert await serials(store, "2026-02-08") == ["bencrypt", "bsign", "btls"]
    assert [row.serial for row in (await store.identities.known([KEY]))[KEY].certificates][:3] == [
        "btls",
        "bencrypt",
        "bsign",
    ]


async def test_a_revoked_kit_loses_certificates_and_code(store, at):
    await store.identities.put_code(CODE)
    await store.identities.enrol(CODE, rows("a"), 5)
    await store.identities.put_code(replace(CODE, code_id="c2", made_at="2026-01-01T10"))
    at("2026-01-01T11")
    await store.identities.set_state(*KEY, KitState.REVOKED, "lost", "li.wei")
    assert await serials(store, "2026-01-01T11") == []
    assert (await store.identities.newest_code(*KEY)).expires_at == "2026-01-01T11"
    (kit,) = await store.identities.register("bank")
    assert (kit.state, kit.reason) == (KitState.REVOKED, "lost")


async def test_a_suspended_kit_keeps_what_it_has(store, at):
    await store.identities.put_code(CODE)
    await store.identities.enrol(CODE, rows("a"), 5)
    await store.identities.set_state(*KEY, KitState.SUSPENDED, "chain.fork", "li.wei")
    assert (await store.identities.known([KEY]))[KEY].state is KitState.SUSPENDED
    assert len(await serials(store, "2026-01-01T11")) == 3


async def test_a_kit_that_is_suspended_while_it_enrols_stays_suspended(store, at):
    """The door asked before; another process suspended the kit since."""
    await store.identities.put_code(CODE)
    await store.identities.set_state(*KEY, KitState.SUSPENDED, "clone.hardware", "central")
    assert not await store.identities.enrol(CODE, rows("a"), 5)
    assert (await store.identities.known([KEY]))[KEY] == Known(KitState.SUSPENDED)
    await store.identities.set_state(*KEY, KitState.IN_USE, "looked into", "li and wu")
    assert await store.identities.enrol(CODE, rows("a"), 5)


async def test_a_wiped_kit_loses_its_code(store, at):
    await store.identities.put_code(CODE)
    await store.identities.set_state(*KEY, KitState.WIPED, "wiped by command", "kit KIT-1")
    at("2026-01-01T09:01")
    assert not await store.identities.enrol(CODE, rows("a"), 5)


async def test_what_was_done_to_a_kit_stands_in_the_trail(store, at):
    await store.identities.put_code(CODE)
    await store.identities.enrol(CODE, rows("a"), 5)
    await store.identities.set_state(*KEY, KitState.REVOKED, "lost", "li.wei")
    lines = await store.orders.trail("bank", 0, 10)
    assert [(line.who, line.what) for line in lines] == [
        ("li.wei", "kit.code"),
        ("kit KIT-1", "kit.enrolled"),
        ("li.wei", "kit.revoked"),
    ]


async def test_a_kit_of_the_register_may_have_no_holder(store, at):
    assert await store.identities.holder(*KEY) == b""
    await store.identities.set_state(*KEY, KitState.IN_USE, "", "li.wei")
    assert await store.identities.holder(*KEY) == b""
    await store.identities.set_holder(*KEY, b"{}", "li.wei")
    assert await store.identities.holder(*KEY) == b"{}"
