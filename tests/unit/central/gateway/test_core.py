"""The core's HTTP door: whether anything was written decides what a failure means."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from padkit_central.gateway import CoreClient, CoreSilent


@pytest.fixture
async def client(core: Any) -> AsyncIterator[CoreClient]:
    opened = CoreClient(core.url, timeout_s=5.0)
    yield opened
    await opened.close()


async def call(client: CoreClient) -> bytes:
    return await client.call("CARD.BLOCK", "demo", "b1", 1, {"card_no": "1", "reason": "r"})


async def test_a_request_arrives_as_the_core_wants_it(client: CoreClient, core: Any) -> None:
    assert b'"0000"' in await call(client)
    assert core.seen == [
        {
            "service": "CARD.BLOCK",
            "entity": "demo",
            "serial": "b1",
            "attempt": 1,
            "fields": {"card_no": "1", "reason": "r"},
        }
    ]


async def test_a_connection_that_never_stood_is_a_certain_failure() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = CoreClient(f"http://127.0.0.1:{port}", timeout_s=5.0)
    with pytest.raises(CoreSilent) as caught:
        await call(client)
    await client.close()
    assert caught.value.written is False


@pytest.mark.parametrize("fault", ["drop_request", "drop_reply"])
async def test_a_cut_connection_is_not(client: CoreClient, core: Any, fault: str) -> None:
    core.faults.append(fault)
    with pytest.raises(CoreSilent) as caught:
        await call(client)
    assert caught.value.written is True
    assert len(core.seen) == 1


async def test_another_status_than_200_is_no_answer(client: CoreClient) -> None:
    lost = CoreClient(f"{client._url}/nowhere", timeout_s=5.0)
    with pytest.raises(CoreSilent, match="status 404") as caught:
        await call(lost)
    await lost.close()
    assert caught.value.written is True


async def test_the_account_list_is_read(client: CoreClient, core: Any) -> None:
    core.live, core.blocked = {"621": "S1"}, {"622"}
    books = await client.audit()
    assert [(each.card_no, each.serial, each.state) for each in books.accounts] == [("621", "S1", "live")]
    assert [each.card_no for each in books.blocked] == ["622"]
    assert "621" not in repr(books.accounts[0]).replace("ending 621", "")
