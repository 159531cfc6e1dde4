"""Every fault of every simulated device is recovered from: the driver says so in the SDK's words, and then works again."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest
from recovery_cases import WORKS, recover, trials
from recovery_stand import Stand
from virtual_time import run


@pytest.mark.parametrize("trial", tuple(trials(WORKS)), ids=str)
def test_work_comes_right_again(trial):
    right = answer_of(trial.work)
    work_with(trial.work, lambda work: recover(work, trial, right), pairs=trial.row.pairs)


@cache
def answer_of(kind):
    """What its work gives when nothing is wrong."""
    answers = []

    async def twice(work):
        answers.extend([await work.once(), await work.once()])

    work_with(kind, twice)
    first, second = answers
    assert first == second
    return first


def work_with(kind, deed, *, pairs=0):
    """Let `deed` have a device in memory, on a clock that jumps."""

    async def whole(table):
        stand = Stand(table)
        work = kind(stand)
        work.pairs = pairs
        try:
            await deed(work)
        finally:
            await work.close()
            stand.close()

    with tempfile.TemporaryDirectory() as folder:
        run(whole(kind.table_in(Path(folder))))
