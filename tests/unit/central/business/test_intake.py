"""Taking in: an id once, a repeat answered, a receipt when it takes long, busy when it is full."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import msgspec

from padkit_contract import messages
from padkit_contract.messages import CARD_OPEN, CASE, KIT_PACK, Case, Outcome, Request

BODY = messages.encode(Request("", 0, "", {}))


def code(raw: bytes) -> str:
    value: str = msgspec.json.decode(raw)["error"]["code"]
    return value


def quarantined(central: Any) -> list[tuple[str, int]]:
    connection = sqlite3.connect(central.config.database)
    try:
        return connection.execute("select reason,times from quarantine order by id").fetchall()
    finally:
        connection.close()


def _changed(envelope: bytes) -> bytes:
    """Return the envelope with one bit of its ciphertext turned."""
    place = len(envelope) // 2
    return envelope[:place] + bytes([envelope[place] ^ 1]) + envelope[place + 1 :]


async def test_an_id_used_for_another_business_is_refused(prepared: Any) -> None:
    async with prepared.kit() as kit:
        envelope = kit.ids()
        await kit.post(kit.sealed(KIT_PACK, BODY, envelope))
        case = messages.encode(Case("c1", "f1", "x", "2026-11-22T08:00:00Z"))
        status, raw = await kit.post(kit.sealed(CASE, case, envelope))
    assert (status, code(raw)) == (400, "envelope.refused")
    assert quarantined(prepared) == [("envelope.reused", 1)]


async def test_an_id_replayed_with_another_place_in_the_chain_is_refused(prepared: Any) -> None:
    async with prepared.kit() as kit:
        envelope = kit.ids()
        assert (await kit.post(kit.sealed(KIT_PACK, BODY, envelope)))[0] == 200
        status, raw = await kit.post(kit.sealed(KIT_PACK, BODY, envelope, sequence=2))
    assert (status, code(raw)) == (400, "envelope.refused")
    assert quarantined(prepared) == [("envelope.reused", 1)]


async def test_a_body_that_nests_without_end_is_refused_like_any_other(prepared: Any) -> None:
    async with prepared.kit() as kit:
        for body in (b"\x91" * 100_000, b"\x93\xc4\x01a\xc4\x00" + b"\x91" * 100_000):
            status, raw = await kit.post_raw(body)
            assert (status, code(raw)) == (400, "envelope.refused")
        deep = b'{"serial":"S1","attempt":1,"made_at":"","fields":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}"
        status, raw = await kit.post(kit.sealed(CARD_OPEN, deep))
    assert status == 200
    assert (kit.opened(raw).outcome, kit.opened(raw).code) == (Outcome.INVALID, "message.form")


async def test_a_refused_envelope_may_come_again_well_sealed_under_the_same_id(prepared: Any) -> None:
    async with prepared.kit() as kit:
        envelope = kit.ids()
        bad = _changed(kit.sealed(KIT_PACK, BODY, envelope))
        assert (await kit.post(bad))[0] == 400
        assert (await kit.post(bad))[0] == 400
        status, raw = await kit.post(kit.sealed(KIT_PACK, BODY, envelope))
        assert status == 200
        assert kit.opened(raw).fields["pack"]["policy"]["version"] == 1
    assert [times for _, times in quarantined(prepared)] == [2]


async def test_a_receipt_comes_when_the_answer_takes_longer(start: Any, config: Any) -> None:
    intake = msgspec.structs.replace(config.intake, answer_wait_s=0)
    async with start(intake=intake) as central, central.kit() as kit:
        envelope = kit.ids()
        statuses = set()
        async with asyncio.timeout(10):
            while 200 not in statuses and 400 not in statuses:
                status, _ = await kit.post(kit.sealed(CASE, messages.encode(Case("c", "f", "r", "t")), envelope))
                statuses.add(status)
    assert statuses == {202, 200}


async def test_a_full_desk_says_busy_and_keeps_what_it_has(start: Any, config: Any) -> None:
    intake = msgspec.structs.replace(config.intake, answer_wait_s=0, max_waiting=1)
    processing = msgspec.structs.replace(config.processing, workers=0)
    async with start(intake=intake, processing=processing) as central, central.kit() as kit:
        first = await kit.post(kit.sealed(KIT_PACK, BODY))
        second = await kit.post(kit.sealed(KIT_PACK, BODY))
    assert first == (202, b"")
    assert (second[0], code(second[1])) == (503, "busy")
