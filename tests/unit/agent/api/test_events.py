"""The page's WebSocket: every line in order, a way back in, an honest gap, and an end when nobody is signed in."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from padkit_agent.api.page import SIGNED_OUT
from padkit_agent.core import standing as rules
from padkit_agent.core.standing import Record
from padkit_agent.flows import Progress
from padkit_agent.flows.feed import KEPT

from .browser import LONG_S, Browser
from .conftest import Served


def say(served: Served, note: str) -> None:
    served.kit.feed.say(Progress("notice", "", "", "", "now", note=note))


def joined(seq: int) -> dict[str, Any]:
    return {"kind": "joined", "flow": "", "phase": "", "action": "", "at": "", "seq": seq, "run": "R1"}


def gap(seq: int) -> dict[str, Any]:
    return joined(seq) | {"kind": "gap"}


async def test_lines_come_in_order_from_now_on(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        before = paged.kit.feed.last
        async with browser.events() as line:
            assert await line.next() == joined(before)
            say(paged, "one")
            say(paged, "two")
            seen = [await line.next() for _ in range(2)]
    assert [(it["seq"], it["note"]) for it in seen] == [(before + 1, "one"), (before + 2, "two")]


async def test_a_page_that_comes_again_gets_what_it_missed(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        async with browser.events() as line:
            had = (await line.next())["seq"]
        say(paged, "missed")
        async with browser.events(f"?run=R1&after={had}") as line:
            assert await line.next() == joined(had)
            assert (await line.next())["note"] == "missed"
            say(paged, "new")
            assert (await line.next())["note"] == "new"


async def test_what_is_too_old_is_a_gap_and_then_all_that_is_new(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        for number in range(KEPT + 1):
            say(paged, str(number))
        last = paged.kit.feed.last
        async with browser.events("?run=R1&after=0") as line:
            assert await line.next() == gap(last)
            say(paged, "new")
            assert (await line.next())["seq"] == last + 1


@pytest.mark.parametrize(
    "query", ["run=R0&after=1", "run=R1&after=99999", "run=R1", "after=1", "run=R1&after=-1", "run=R1&after=%C2%B2"]
)
async def test_a_number_that_means_nothing_here_is_a_gap(paged: Served, query: str) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        async with browser.events(f"?{query}") as line:
            assert await line.next() == gap(paged.kit.feed.last)


async def test_signing_out_ends_it(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        async with browser.events() as line:
            await line.next()
            await browser.post("/v1/session/sign-out")
            assert await line.end() == SIGNED_OUT


async def test_another_page_s_sign_out_does_not_end_it(paged: Served) -> None:
    async with Browser(paged) as browser, Browser(paged) as other:
        await browser.sign_in()
        await other.sign_in()
        async with browser.events() as line:
            await line.next()
            await other.post("/v1/session/sign-out")
            told = await line.next()
            assert (told["kind"], told["note"]) == ("session", "signed_out")
            say(paged, "still here")
            assert (await line.next())["note"] == "still here"


async def test_a_lock_ends_it(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        async with browser.events() as line:
            await line.next()
            await paged.people.change(lambda _, facts: rules.lock(Record(), "c-1", facts))
            assert await line.end() == SIGNED_OUT


async def test_it_ends_by_itself_when_the_idle_time_is_over(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        paged.kit.time.now_s += 599.9  # the rest passes on the real clock; the kit's own stands until it is looked at
        async with browser.events() as line:
            await line.next()
            paged.kit.time.now_s += 1
            assert await line.end() == SIGNED_OUT


@pytest.mark.parametrize("signed_in", [True, False])
async def test_another_site_or_nobody_gets_no_events(paged: Served, *, signed_in: bool) -> None:
    async with Browser(paged) as browser:
        await (browser.sign_in() if signed_in else browser.launch())
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await browser.session.ws_connect(
                f"{browser.origin}/v1/events", origin="http://evil.example" if signed_in else browser.origin
            )
    assert caught.value.status == (403 if signed_in else 401)


async def test_a_page_that_talks_too_much_is_hung_up_on(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        async with browser.events() as line:
            await line.next()
            await line.socket.send_str("x" * 2000)
            assert await line.end() == 1009


async def test_after_a_page_went_away_nobody_watches_for_it(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        before = paged.kit.feed.watched
        async with browser.events() as line:
            await line.next()
            assert paged.kit.feed.watched == before + 1
        async with asyncio.timeout(LONG_S):
            while paged.kit.feed.watched != before:  # noqa: ASYNC110  # nothing tells us
                await asyncio.sleep(0)


async def test_a_page_that_does_not_read_holds_up_nobody(paged: Served) -> None:
    async with Browser(paged) as lazy, Browser(paged) as keen:
        await lazy.sign_in()
        await keen.sign_in()
        async with lazy.events() as unread, keen.events() as line:
            await line.next()
            for number in range(KEPT):
                say(paged, f"{number} {'x' * 2000}")
            for number in range(KEPT):
                assert (await line.next())["note"].startswith(f"{number} ")
            assert not unread.socket.closed
