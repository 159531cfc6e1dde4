"""Wires that are in no list of the machine's: whoever looks for their kind (group `padkit.sights`) is asked, for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import entry_points
from typing import Any, Protocol

from padkit_sdk.errors import Refused
from padkit_sdk.links import LinkMatch

SIGHTS = "padkit.sights"
LOOK_S = 3.0  # until the first is seen


class SeenWire(Protocol):
    """What a look tells of one wire."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def serial(self) -> str: ...


Sight = Callable[[Sequence[LinkMatch], Callable[[Sequence[SeenWire]], None]], Awaitable[Any]]


def sighted(kind: str, matches: Sequence[LinkMatch]) -> Sequence[SeenWire]:
    """All wires of `kind` as soon as there is one, none after `LOOK_S`. Raises `Refused` ``link.missing``."""
    found = next(iter(entry_points(group=SIGHTS, name=kind)), None)
    if found is None:
        raise Refused("link.missing", f"nothing installed looks for {kind} ({SIGHTS}); install padkit-agent")
    sight: Sight = found.load()
    with ThreadPoolExecutor(1) as aside:  # whoever asks may be in a loop of its own
        return aside.submit(asyncio.run, _first(sight, matches)).result()


async def _first(sight: Sight, matches: Sequence[LinkMatch]) -> Sequence[SeenWire]:
    seen: asyncio.Future[Sequence[SeenWire]] = asyncio.get_running_loop().create_future()

    def tell(wires: Sequence[SeenWire]) -> None:
        if wires and not seen.done():
            seen.set_result(tuple(wires))

    looking = asyncio.ensure_future(sight(matches, tell))
    try:
        await asyncio.wait({seen, looking}, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        if looking.done():
            looking.result()
        return seen.result() if seen.done() else ()
    finally:
        looking.cancel()
        await asyncio.wait({looking})
