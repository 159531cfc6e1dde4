"""Durable events a second into the agent's store with many writers, and what a kill -9 costs: nothing that was acknowledged.

``PADKIT_SOAK=1`` makes 1,000 kill points of 20.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import ground
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.kills import Toll, kill_again_and_again
from benchmarks.peers import commit_each
from benchmarks.stats import median
from benchmarks.store_events import BODY_BYTES, WRITERS, event, open_store, open_vault, write_until

ROUNDS, ROUND_S = 7, 1.5
KILLS, SOAK_KILLS = 20, 1000


def measure() -> Result:
    """Write in turns with the peer, then kill."""
    with ground.folder() as folder:
        return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> Result:
    ours: list[float] = []
    plain: list[float] = []
    disk: list[float] = []
    for number in range(ROUNDS):
        disk.append(ground.syncs_per_s(folder))
        ours.append(await _ours_per_s(folder, number))
        plain.append(await asyncio.to_thread(_plain_per_s, folder, number))
    kills = SOAK_KILLS if os.environ.get("PADKIT_SOAK") else KILLS
    toll = await kill_again_and_again(folder, kills)
    peer = Peer("sqlite3, one commit an event, same disk and safety", median(plain))
    return Result(
        {
            "durable_events": Figure(median(ours), "1/s", Goal(">", 2000), peer, ours),
            "lost_at_kill": Figure(toll.lost, "events", Goal("==", 0)),
            "damaged_at_kill": Figure(toll.damaged, "events", Goal("==", 0)),
        },
        (
            f"{WRITERS} writers, events of {BODY_BYTES} bytes, sealed; the disk syncs 4 KiB {median(disk):,.0f} times a second",
            _told(toll),
            "a kill -9 proves the order of write, sync and answer; loss of power is played in tests/journeys",
        ),
    )


def _told(toll: Toll) -> str:
    return (
        f"{toll.kills} kill points, {toll.acknowledged:,} acknowledged events looked for; an id is stored once at most"
    )


async def _ours_per_s(folder: Path, number: int) -> float:
    place = folder / "ours"
    place.mkdir(exist_ok=True)
    store = open_store(place)
    begun_s = time.perf_counter()
    count = await write_until(store, f"r{number}", after(ROUND_S), lambda envelope: None)
    rate = count / (time.perf_counter() - begun_s)
    store.close()
    return rate


def _plain_per_s(folder: Path, number: int) -> float:
    vault = open_vault(folder / "ours")
    begun_s = time.perf_counter()
    count = commit_each.write_until(
        folder / "plain.db", vault, lambda count: event(f"r{number}-{count:08}"), after(ROUND_S)
    )
    return count / (time.perf_counter() - begun_s)


def after(seconds: float) -> Callable[[], bool]:
    """Return whether `seconds` have passed since now, whenever it is asked."""
    end_s = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end_s
