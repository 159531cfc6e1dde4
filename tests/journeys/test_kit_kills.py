"""A kit killed at seeded commits of its outbox and its command journal, with a real central that is counted afterwards.

Each life finds what the one before left, takes central's orders and writes records of its own until it dies. In the end central
has every record that a life was told is on disk, each once and at its place in the chain; and each order has one end, at
central the same as in the kit's own journal. ``PADKIT_KILLS`` says how many lives; `make soak` takes 1,000.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fleet import ENTITY, HERE, KITS, ORDERS, Fleet
from mortal_kit import POLICY, SETTLED, STORE, TOLD

from padkit_central.commands.admin import AdminRefused
from padkit_central.store import read_books
from padkit_contract.commands import Cancel, SetPolicy
from padkit_contract.messages import CASE

KILLS = int(os.environ.get("PADKIT_KILLS", "50"))
MOST_COMMITS = 30
KIT = KITS[0]
ALL = (*ORDERS, SetPolicy(POLICY))


@pytest_asyncio.fixture(loop_scope="session")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    made = Fleet(tmp_path_factory.mktemp("k"), HERE / "cut_commands.py")
    await asyncio.to_thread(made.issue)
    await made.start_central()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def lives(fleet: Fleet) -> AsyncIterator[asyncio.subprocess.Process]:
    words = (str(HERE / "mortal_kit.py"), str(fleet.folder), fleet.url, str(fleet.folder / KIT))
    with (fleet.folder / "kit.log").open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, str(fleet.folder / "password"),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
        )  # fmt: skip
    yield process
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


async def life(lives: asyncio.subprocess.Process, how: str, at: int = 0) -> int:
    """Let the kit live once; return how it ended."""
    assert lives.stdin is not None
    assert lives.stdout is not None
    lives.stdin.write(f"{how} {at}\n".encode())
    return int(await lives.stdout.readline())


async def some_order(fleet: Fleet, chance: random.Random, asked: list[str]) -> None:
    """Ask for one thing or call the last one off; what is refused because its like is pending is left."""
    order = Cancel(asked[-1]) if asked and chance.random() < 0.2 else chance.choice(ALL)
    try:
        asked.append((await fleet.ask(order, KIT)).command)
    except AdminRefused as exc:
        assert exc.code in ("command.pending", "order.form")  # nobody calls a cancel off


def rows(database: Path, question: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(question, values).fetchall()


@pytest.mark.timeout(3600)
async def test_nothing_is_lost_or_doubled_and_both_sides_agree_wherever_a_kit_is_killed(
    fleet: Fleet, lives: asyncio.subprocess.Process
) -> None:
    chance, asked = random.Random(20260102), list[str]()
    for _ in range(KILLS):
        dying = asyncio.create_task(life(lives, chance.choice(("before", "after")), chance.randrange(1, MOST_COMMITS)))
        await some_order(fleet, chance, asked)
        assert await dying == -signal.SIGKILL
    last = asyncio.create_task(life(lives, "never"))
    ends = {command: (await fleet.ended(command)).kits[0] for command in asked}
    (fleet.folder / SETTLED).touch()
    assert await last == 0
    records_agree(fleet)
    own = dict(rows(fleet.folder / STORE, "select id, state from command"))
    assert own == {command: it.state for command, it in ends.items() if it.tries}
    assert len(own) >= KILLS // 3


def records_agree(fleet: Fleet) -> None:
    """Count the kit's outbox at central: the same envelopes, each once, each at its place, each answered."""
    kit, central = fleet.folder / STORE, fleet.folder / "central.db"
    written = rows(kit, "select seq, envelope, state from outbox order by seq")
    assert {state for _, _, state in written} == {"done"}
    taken = rows(central, "select envelope from intake where kit=? and state='answered' order by envelope", KIT)
    assert [it for (it,) in taken] == sorted(envelope for _, envelope, _ in written)
    placed = rows(central, "select seq, envelope from chain where entity=? and kit=? order by seq", ENTITY, KIT)
    chained = {envelope for _, envelope in placed}
    assert placed == [(seq, envelope) for seq, envelope, _ in written if envelope in chained]
    cases = read_books(central).cases
    assert {it.reason for it in cases} == {"mortal"}
    told = (fleet.folder / TOLD).read_text().split()
    assert set(told) <= {it.id for it in cases}
    assert len(cases) == rows(kit, "select count(*) from outbox where business=?", CASE)[0][0]
