"""Plays one opening on a world: lays the identity card, begins the flow, follows its events, answers what is asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from padkit_sim.demo import files
from padkit_sim.demo.world import World, WorldFailed

CARD_OPEN = "ACC-01"
QUIET_S = 120.0  # no event for so long means that the flow is stuck

Line = dict[str, Any]
OnLine = Callable[[Line], None]
Hands = Callable[[Line], Awaitable[None]]


async def no_hands(line: Line) -> None:
    """Nobody does anything before a camera."""


@asynccontextmanager
async def watching(world: World) -> AsyncIterator[AsyncIterator[Line]]:
    """Follow the agent's progress lines."""
    connector = aiohttp.UnixConnector(str(world.folder / files.SOCKET))
    timeout = aiohttp.ClientTimeout(total=None, sock_read=QUIET_S)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
        session.get("http://agent/v1/events") as response,
    ):

        async def lines() -> AsyncIterator[Line]:
            async for line in response.content:
                yield json.loads(line)

        yield lines()


async def open_card(
    world: World,
    answers: Sequence[Mapping[str, Any]],
    on_line: OnLine,
    *,
    form: Mapping[str, Any] = files.FORM,
    hands: Hands = no_hands,
    business: str = CARD_OPEN,
) -> Line:
    """Open one card (or do another `business`) and return the flow's last line; `hands` are given each line, too.

    Raises `WorldFailed` when it halts or asks what nobody answers.
    """
    async with watching(world) as lines:
        flow = (await world.agent("POST", "/v1/flows", {"business": business, "inputs": dict(form)}))["flow"]
        return await follow(world, flow, lines, answers, on_line, hands=hands)


async def follow(
    world: World,
    flow: str,
    lines: AsyncIterator[Line],
    answers: Sequence[Mapping[str, Any]],
    on_line: OnLine,
    *,
    hands: Hands = no_hands,
) -> Line:
    """Follow `flow` to its end, answering what it asks. Each answer may be used again."""
    known = {answer["what"]: answer for answer in answers}
    async for line in lines:
        if line["flow"] != flow:
            continue
        on_line(line)
        await hands(line)
        if line["kind"] == "ended":
            return line
        if line["kind"] == "halted":
            raise WorldFailed(f"flow {flow} halted: {line.get('note')}")
        if line["kind"] == "asked":
            if line["note"] not in known:
                raise WorldFailed(f"flow {flow} asks {line['note']!r} and the script has no answer")
            await _answer(world, flow, known[line["note"]])
    raise WorldFailed(f"the agent stopped talking: {world.log_of('agent')}")


async def _answer(world: World, flow: str, answer: Mapping[str, Any]) -> None:
    """Answer a question; that somebody answered it already is no failure."""
    try:
        await world.agent("POST", f"/v1/flows/{flow}/answer", answer)
    except WorldFailed as exc:
        if "[flow.not_asking]" not in str(exc):
            raise
