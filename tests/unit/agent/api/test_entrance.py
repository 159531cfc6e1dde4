"""What is no request, is too large, too slow or one too many: one refusal, and the next one is served."""

from __future__ import annotations

import asyncio

import pytest

from padkit_agent.api import entrance, serving
from padkit_agent.api.serving import MAX_BODY

from .browser import LONG_S, Browser, answer_of, plain
from .conftest import Served


def post(served: Served, *more: str) -> str:
    """The head of a POST that anybody may send."""
    address = served.page.address
    lines = ("POST /v1/session HTTP/1.1", f"Host: {address}", f"Origin: http://{address}", *more)
    return "\r\n".join((*lines, "Content-Type: application/json", "", ""))


async def still_there(served: Served) -> bool:
    async with Browser(served) as browser:
        return await browser.get("/v1/alive") == (200, {"alive": True})


@pytest.mark.parametrize(
    "sent",
    [
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "this is no HTTP\r\n\r\n",
        "GET /v1/alive HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
        f"GET /v1/alive HTTP/1.1\r\nHost: x\r\nX: {'y' * 9000}\r\n\r\n",
        f"GET /{'y' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/alive HTTP/1.1\r\nHost: x\r\n" + "".join(f"X{it}: y\r\n" for it in range(70)) + "\r\n",
        "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
    ],
    ids=["tls", "no http", "bad header", "long header", "long line", "many headers", "two lengths", "two numbers"],
)
async def test_what_is_no_request_is_refused_in_the_one_shape(paged: Served, sent: str) -> None:
    raw = await plain(paged, sent)
    status, answer = answer_of(raw)
    assert (status, answer["error"]["code"]) == (400, "page.head")
    assert b"frame-ancestors" in raw
    assert await still_there(paged)


async def test_a_body_that_is_too_large_is_refused(paged: Served) -> None:
    async with Browser(paged) as browser:
        status, answer = await browser.post("/v1/session", {"launch": "x" * MAX_BODY})
        assert (status, answer["error"]["code"]) == (413, "http")
    assert await still_there(paged)


async def test_a_body_that_does_not_come_is_given_up(paged: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "BODY_S", 0.05)
    status, answer = answer_of(await plain(paged, post(paged, "Content-Length: 20"), '{"launch"'))
    assert (status, answer["error"]["code"]) == (408, "body.slow")
    assert await still_there(paged)


async def test_a_body_without_end_is_given_up(paged: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "BODY_S", 0.05)
    status, answer = answer_of(await plain(paged, post(paged, "Transfer-Encoding: chunked"), "5\r\nhello\r\n"))
    assert (status, answer["error"]["code"]) == (408, "body.slow")


@pytest.mark.parametrize("sent", ["", "GET /v1/al", "GET /v1/alive HTTP/1.1\r\nHost: "])
async def test_who_says_nothing_is_hung_up_on(paged: Served, monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    monkeypatch.setattr(entrance, "PATIENCE_S", 0.05)
    assert await plain(paged, sent) == b""


async def test_one_too_many_is_told_and_the_next_is_served_when_one_has_left(
    paged: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "CONNECTIONS", 2)
    host, _, port = paged.page.address.rpartition(":")
    ask = f"GET /v1/alive HTTP/1.1\r\nHost: {paged.page.address}\r\n\r\n"
    visits = [await asyncio.open_connection(host, int(port)) for _ in range(2)]
    for reader, writer in visits:
        writer.write(ask.encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
    status, answer = answer_of(await plain(paged, ""))
    assert (status, answer["error"]["code"]) == (503, "page.full")
    visits[0][1].close()
    async with asyncio.timeout(LONG_S):
        last = ask.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
        while answer_of(await plain(paged, last))[0] != 200:  # noqa: ASYNC110  # nothing tells us
            await asyncio.sleep(0)
    visits[1][1].close()


async def test_no_answer_of_a_broken_request_repeats_or_logs_it(paged: Served) -> None:
    raw = await plain(paged, "GET /6212345678901234 HTTP/1.1\r\nBad Header: 6212345678901234\r\n\r\n")
    assert b"6212345678901234" not in raw
    assert "6212345678901234" not in repr(paged.kit.captured.entries)
