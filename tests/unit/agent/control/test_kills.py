"""Killed at seeded commits of the command journal: afterwards every order ends once, and kit and central agree.

``PADKIT_KILLS`` says how often; `make soak` takes 1,000.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest

from padkit_central.kits import lifecycle
from padkit_central.store.order_records import NEXT, TargetState
from padkit_contract.commands import CommandAck, Progress

from .government import Government
from .mortal import ORDERS, live_and_die, play

KILLS = int(os.environ.get("PADKIT_KILLS", "50"))
PARTS = 5
MOST_COMMITS = 40


def at_central(acks: list[CommandAck]) -> TargetState:
    """Book one command's acknowledgements by central's own table, as they come; none may contradict another."""
    state = TargetState.SENT
    for ack in acks:
        said = lifecycle.state_of(ack.progress)
        if said in NEXT[state]:
            state = said
        else:
            assert said in (state, TargetState.RECEIVED), f"{ack.command}: {state.value}, then {said.value}"
    return state


async def judge(path: Path, seed: int) -> None:
    """Play to the end on what the kill left, then hold journal, record and acknowledgements against one another."""
    await play(path, seed)
    kit = Government(path)
    try:
        journal, acks = await kit.journal.all(), await kit.acks()
        record = await kit.journal.change(lambda it, _: it)
    finally:
        kit.store.close()
    assert [row.seq for row, _ in journal] == list(range(1, ORDERS + 1))
    for row, kept in journal:
        told = {it.progress for it in acks if it.command == row.id} - {Progress.RECEIVED}
        assert told == {Progress(row.state)}, f"seed {seed}, {row.id}: {row.state}, told {told}"
        assert kept.ack.progress is Progress(row.state)
        said = [it for it in acks if it.command == row.id]
        for arrived in (said, said[::-1]):  # records may arrive out of order
            assert at_central(arrived).value == row.state
    assert record.standing.seq == ORDERS
    assert record.lock_seq in (0, *(row.seq for row, _ in journal if row.state == "applied"))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_order_ends_once_wherever_the_kit_is_killed(tmp_path: Path, part: int) -> None:
    chance, died = random.Random(20260101 + part), 0
    for number in range(KILLS // PARTS):
        seed, path = chance.randrange(1 << 30), tmp_path / f"{number}.db"
        ending = live_and_die(path, seed, chance.choice(("before", "after")), chance.randrange(1, MOST_COMMITS))
        assert ending in (-signal.SIGKILL, 0)
        died += ending != 0
        asyncio.run(judge(path, seed))
    assert died
