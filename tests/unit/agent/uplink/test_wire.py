from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from padkit_agent.uplink import Sealer, Wire
from padkit_agent.uplink.wire import MAX_REPLY, Receipt, Rejected
from padkit_contract.messages import Posted
from padkit_contract.party import Party
from padkit_sdk.errors import LinkLost

from .central import Got, LittleCentral, hang_up, status


@pytest.fixture
def posted(sealer: Sealer) -> Posted:
    return Posted(sealer.seal(b"{}", business="kit.pack", envelope="01a20000-0000-7000-9000-000000000001", sequence=0))


async def test_a_reply_in_many_pieces_is_read_to_its_end(wire: Wire, central: LittleCentral, posted: Posted) -> None:
    whole = bytes(range(256)) * 2000

    async def in_pieces(_central: LittleCentral, got: Got) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = len(whole)
        await response.prepare(got.request)
        for start in range(0, len(whole), 50_000):
            await response.write(whole[start : start + 50_000])
        return response

    central.answers = [in_pieces]
    assert await wire.post(posted, timeout_s=5) == whole


async def test_a_receipt_is_told_apart(wire: Wire, central: LittleCentral, posted: Posted) -> None:
    central.answers = [status(202)]
    assert await wire.post(posted, timeout_s=5) == Receipt()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"error":{"code":"envelope.refused","message":"m"}}', "envelope.refused"),
        ("<html>", "http"),
        ('{"error":7}', "http"),
        ("", "http"),
    ],
)
async def test_a_rejection_carries_its_code_whatever_the_body_is(
    wire: Wire, central: LittleCentral, posted: Posted, body: str, code: str
) -> None:
    central.answers = [status(400, body)]
    rejected = await wire.post(posted, timeout_s=5)
    assert isinstance(rejected, Rejected)
    assert (rejected.status, rejected.code) == (400, code)


@pytest.mark.parametrize("code", [500, 502, 503, 429])
async def test_a_busy_central_is_a_lost_link(wire: Wire, central: LittleCentral, posted: Posted, code: int) -> None:
    central.answers = [status(code)]
    with pytest.raises(LinkLost, match=f"central answered {code}"):
        await wire.post(posted, timeout_s=5)


async def test_a_reply_beyond_the_cap_is_not_read(wire: Wire, central: LittleCentral, posted: Posted) -> None:
    async def endless(_central: LittleCentral, _got: Got) -> web.StreamResponse:
        return web.Response(body=bytes(MAX_REPLY + 1))

    central.answers = [endless]
    rejected = await wire.post(posted, timeout_s=10)
    assert isinstance(rejected, Rejected)
    assert rejected.code == "reply.size"


async def test_a_connection_cut_is_a_lost_link(wire: Wire, central: LittleCentral, posted: Posted) -> None:
    central.answers = [hang_up]
    with pytest.raises(LinkLost, match=r"central at https://127\.0\.0\.1"):
        await wire.post(posted, timeout_s=5)


async def test_nobody_there_is_a_lost_link(parties: tuple[Party, Party], posted: Posted) -> None:
    wire = Wire("https://127.0.0.1:1", parties[0].tls)
    with pytest.raises(LinkLost):
        await wire.post(posted, timeout_s=5)
    await wire.close()


@pytest.fixture
async def stranger(central: LittleCentral, parties: tuple[Party, Party]) -> AsyncIterator[Wire]:
    """A kit that trusts another authority than central's: its own certificate."""
    wire = Wire(central.url, replace(parties[0].tls, trust=parties[0].tls.cert))
    yield wire
    await wire.close()


async def test_a_central_of_another_authority_gets_nothing(
    stranger: Wire, central: LittleCentral, posted: Posted
) -> None:
    with pytest.raises(LinkLost):
        await stranger.post(posted, timeout_s=5)
    assert central.got == []


async def test_a_message_of_megabytes_goes_out_whole(wire: Wire, central: LittleCentral, sealer: Sealer) -> None:
    central.answers = [status(202)]
    large = bytes(3 << 20)
    envelope = "01a20000-0000-7000-9000-000000000002"
    posted = Posted(sealer.seal(large, business="evidence.package", envelope=envelope, sequence=0))
    assert await wire.post(posted, timeout_s=10) == Receipt()
    assert central.got[-1].payload == large
