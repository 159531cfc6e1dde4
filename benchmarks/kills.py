"""Killing a child that writes, at seeded points, and looking whether what it was promised is there."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ground
from benchmarks.store_events import body_of, open_store

SEED = 20260101
MOST_ACKS = 800
KILLS_A_STORE = 10  # the same store is killed, recovered and killed again
EVERYTHING = 1 << 30


@dataclass(slots=True)
class Toll:
    """What all kills together showed."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    damaged: int = 0


async def kill_again_and_again(folder: Path, times: int) -> Toll:
    """Kill `times` children with SIGKILL, each after a number of acknowledgements that the seed decides."""
    chance, toll = random.Random(SEED), Toll()
    for number in range(times):
        place = folder / f"killed{number // KILLS_A_STORE}"
        place.mkdir(exist_ok=True)
        acknowledged = await _one(place, number, chance.randrange(MOST_ACKS))
        lost, damaged = await asyncio.wait_for(_look(place, acknowledged), timeout=60)
        toll.kills += 1
        toll.acknowledged += len(acknowledged)
        toll.lost += lost
        toll.damaged += damaged
    return toll


async def _one(folder: Path, number: int, after: int) -> list[str]:
    """Let one child write and kill it at its `after`-th acknowledgement; return all that it had told."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.store_events", str(folder), str(number)),
        cwd=ground.ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    lines: list[bytes] = []
    try:
        while len(lines) <= after:
            line = await child.stdout.readline()
            assert line, "the child ended by itself"
            lines.append(line)
    finally:
        child.send_signal(signal.SIGKILL)
    rest = await child.stdout.read()
    await child.wait()
    return [line.decode().strip() for line in (*lines, *rest.splitlines())]


async def _look(folder: Path, acknowledged: list[str]) -> tuple[int, int]:
    """Open the store as the agent does after a crash; count what is not there, and what is there and not whole."""
    store = open_store(folder)
    bodies = {row.envelope: row.body for row in await store.due(EVERYTHING)}
    store.close()
    lost = sum(envelope not in bodies for envelope in acknowledged)
    damaged = sum(body != body_of(envelope) for envelope, body in bodies.items())
    return lost, damaged
