"""The same table where a daemon, a bus or the air is part of it: below the real pcscd, and behind a real bus."""

from __future__ import annotations

import pytest
import pytest_asyncio
from recovery_cases import recover, trials
from recovery_stacks import STACKED, standing_doors

from padkit_sim.control import words as w

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors():
    async with standing_doors() as opened:
        yield opened


@pytest.mark.parametrize("trial", tuple(trials(STACKED)), ids=str)
async def test_work_comes_right_again(doors, trial):
    work = trial.work(doors[trial.work])
    try:
        right = await work.once()
        assert isinstance(right, dict), right
        await work.close()
        await recover(work, trial, right)
    finally:
        await work.door.ask(w.Clear())
        await work.close()
