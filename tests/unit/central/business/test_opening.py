"""Whom an envelope is from, by TLS, by its signature, by its context: all three, or refused."""

from __future__ import annotations

from typing import Any

import msgspec

from padkit_contract import messages
from padkit_contract.messages import KIT_PACK, Request

BODY = messages.encode(Request("", 0, "", {}))


def code(raw: bytes) -> str:
    value: str = msgspec.json.decode(raw)["error"]["code"]
    return value


async def test_the_c3_part_of_another_envelope_is_refused(prepared: Any, log: Any) -> None:
    async with prepared.kit() as kit:
        status, _ = await kit.post(kit.sealed("ACC-01", BODY), kit.sealed("ACC-01#c3", b"{}"))
    assert status == 400
    assert any(why.startswith("c3.context") for why in log.reasons())


async def test_an_envelope_of_another_kit_is_refused_by_its_own_name(prepared: Any) -> None:
    async with prepared.kit("kit-1", tls_of="kit-2") as thief:
        status, raw = await thief.post(thief.sealed(KIT_PACK, BODY))
    assert (status, code(raw)) == (403, "identity.mismatch")


async def test_a_kit_that_nobody_registered_is_refused(prepared: Any, log: Any) -> None:
    async with prepared.kit("kit-3") as stranger:
        status, _ = await stranger.post(stranger.sealed(KIT_PACK, BODY))
    assert status == 400
    assert any(why.startswith("peer.unknown") for why in log.reasons())
