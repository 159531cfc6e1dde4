"""The door: one face for everything that is wrong, the true reason in the log, and nothing stops the service."""

from __future__ import annotations

import asyncio
import sqlite3
import ssl
from typing import Any

import aiohttp
import msgspec
import pytest

from padkit_contract import messages
from padkit_contract.messages import CASE, KIT_PACK, Case, Posted, Request

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


async def alive(kit: Any) -> bool:
    async with kit.session.get(f"{kit.url}/v1/alive") as response:
        told: dict[str, bool] = await response.json()
        return told["alive"]


async def test_everything_wrong_with_an_envelope_looks_the_same_outside(prepared: Any, log: Any) -> None:
    async with prepared.kit() as kit:
        good = kit.sealed(KIT_PACK, BODY)
        wrong = {
            "posted.form": b"not msgpack",
            "envelope.form": msgspec.msgpack.encode(Posted(b"no envelope")),
            "envelope.tag": msgspec.msgpack.encode(Posted(_changed(good))),
            "business.unknown": msgspec.msgpack.encode(Posted(kit.sealed("ACC-99", BODY))),
            "catalogue.version": msgspec.msgpack.encode(Posted(kit.sealed(KIT_PACK, BODY, catalogue=2))),
            "context.expired": msgspec.msgpack.encode(Posted(kit.sealed(KIT_PACK, BODY, not_after=1))),
            "c3.form": msgspec.msgpack.encode(_with_c3(kit, b"[]")),
        }
        answers = {reason: await kit.post_raw(body) for reason, body in wrong.items()}
        assert {(status, raw) for status, raw in answers.values()} == {answers["posted.form"]}
        assert answers["posted.form"][0] == 400
        assert code(answers["posted.form"][1]) == "envelope.refused"
        assert await alive(kit)
    assert {reason for reason, _ in quarantined(prepared)} == set(wrong)
    for reason in wrong:
        assert any(why.startswith(reason) for why in log.reasons()), reason


def _changed(envelope: bytes) -> bytes:
    """Return the envelope with one bit of its ciphertext turned."""
    place = len(envelope) // 2
    return envelope[:place] + bytes([envelope[place] ^ 1]) + envelope[place + 1 :]


def _with_c3(kit: Any, body: bytes) -> Posted:
    envelope = kit.ids()
    return Posted(kit.sealed("ACC-01", BODY, envelope), kit.sealed("ACC-01#c3", body, envelope))


async def test_the_c3_part_of_another_envelope_is_refused(prepared: Any, log: Any) -> None:
    async with prepared.kit() as kit:
        status, _ = await kit.post(kit.sealed("ACC-01", BODY), kit.sealed("ACC-01#c3", b"{}"))
    assert status == 400
    assert any(why.startswith("c3.context") for why in log.reasons())


async def test_an_envelope_of_another_kit_is_refused_by_its_own_name(prepared: Any) -> None:
    async with prepared.kit("kit-1", tls_of="kit-2") as thief:
        status, raw = await thief.post(thief.sealed(KIT_PACK, BODY))
    assert (status, code(raw)) == (403, "identity.mismatch")


async def test_a_forged_identity_header_changes_nothing(prepared: Any) -> None:
    headers = {"X-SSL-Client-CN": "kit-1", "X-Forwarded-Client-Cert": "CN=kit-1", "X-Client-Verify": "SUCCESS"}
    async with prepared.kit("kit-1", tls_of="kit-2") as thief:
        body = msgspec.msgpack.encode(Posted(thief.sealed(KIT_PACK, BODY)))
        status, raw = await thief.post_raw(body, headers=headers)
    assert (status, code(raw)) == (403, "identity.mismatch")


async def test_a_kit_that_nobody_registered_is_refused(prepared: Any, log: Any) -> None:
    async with prepared.kit("kit-3") as stranger:
        status, _ = await stranger.post(stranger.sealed(KIT_PACK, BODY))
    assert status == 400
    assert any(why.startswith("peer.unknown") for why in log.reasons())


async def test_without_a_client_certificate_there_is_no_conversation(prepared: Any) -> None:
    async with prepared.kit() as kit:
        context = ssl.create_default_context(cafile=str(kit.party.tls.trust))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            with pytest.raises(aiohttp.ClientError):
                await session.get(f"{kit.url}/v1/alive")


async def test_too_much_is_refused_while_it_comes_in(prepared: Any) -> None:
    async def endless() -> Any:
        for _ in range(20):
            yield b"x" * (1 << 20)

    async with prepared.kit() as kit:
        try:
            status, raw = await kit.post_raw(endless())
        except aiohttp.ClientError:  # the answer may be lost when the connection is closed in mid-stream
            status, raw = 413, b""
        assert status == 413
        assert raw == b"" or code(raw) == "envelope.size"
        assert await alive(kit)
    assert quarantined(prepared) == [("posted.size", 1)]


async def test_an_id_used_for_another_business_is_refused(prepared: Any) -> None:
    async with prepared.kit() as kit:
        envelope = kit.ids()
        await kit.post(kit.sealed(KIT_PACK, BODY, envelope))
        case = messages.encode(Case("c1", "f1", "x", "2026-11-22T08:00:00Z"))
        status, raw = await kit.post(kit.sealed(CASE, case, envelope))
    assert (status, code(raw)) == (400, "envelope.refused")
    assert quarantined(prepared) == [("envelope.reused", 1)]


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


async def test_an_unknown_path_and_method_get_the_same_shape(prepared: Any) -> None:
    async with prepared.kit() as kit:
        async with kit.session.get(f"{kit.url}/v2/else") as response:
            assert (response.status, code(await response.read())) == (404, "path.unknown")
        async with kit.session.get(f"{kit.url}/v1/envelopes") as response:
            assert (response.status, code(await response.read())) == (405, "http.405")


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
