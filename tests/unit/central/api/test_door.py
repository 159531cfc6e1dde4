"""The door: one face for everything that is wrong, the true reason in the log, and nothing stops the service."""

from __future__ import annotations

import sqlite3
import ssl
from typing import Any

import aiohttp
import msgspec
import pytest

from padkit_contract import messages
from padkit_contract.messages import KIT_PACK, Posted, Request

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


def _changed(envelope: bytes) -> bytes:
    """Return the envelope with one bit of its ciphertext turned."""
    place = len(envelope) // 2
    return envelope[:place] + bytes([envelope[place] ^ 1]) + envelope[place + 1 :]


def _with_c3(kit: Any, body: bytes) -> Posted:
    envelope = kit.ids()
    return Posted(kit.sealed("ACC-01", BODY, envelope), kit.sealed("ACC-01#c3", body, envelope))


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


async def test_a_forged_identity_header_changes_nothing(prepared: Any) -> None:
    headers = {"X-SSL-Client-CN": "kit-1", "X-Forwarded-Client-Cert": "CN=kit-1", "X-Client-Verify": "SUCCESS"}
    async with prepared.kit("kit-1", tls_of="kit-2") as thief:
        body = msgspec.msgpack.encode(Posted(thief.sealed(KIT_PACK, BODY)))
        status, raw = await thief.post_raw(body, headers=headers)
    assert (status, code(raw)) == (403, "identity.mismatch")


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


async def test_an_unknown_path_and_method_get_the_same_shape(prepared: Any) -> None:
    async with prepared.kit() as kit:
        async with kit.session.get(f"{kit.url}/v2/else") as response:
            assert (response.status, code(await response.read())) == (404, "path.unknown")
        async with kit.session.get(f"{kit.url}/v1/envelopes") as response:
            assert (response.status, code(await response.read())) == (405, "http.405")
