"""A wipe from central: behind a lock, with two people, told before the keys go, and for good. It has a world of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from journey import Journey
from office import Office, stands

from padkit_sim.demo import files
from padkit_sim.demo.world import WorldFailed


@pytest.mark.timeout(300)
async def test_a_wiped_kit_has_said_so_and_never_comes_back(tmp_path: Path) -> None:
    journey = Journey(tmp_path / "w")
    async with journey.world:
        office = Office(journey)
        await office.open()
        await office.order("lock")
        await stands(journey, "locked")
        await journey.settled()
        order = await office.order("wipe", "--yes", "KIT-0001", wait=False)
        await office.approve(order["command"])
        agent = journey.world.children.pop("agent")
        assert await agent.gone() == 0
        assert await office.state(order["command"]) == "applied"
        assert not (journey.folder / "kit-data.TEST-ONLY.key").exists()
        assert (journey.folder / "kit.db").exists()
        with pytest.raises(WorldFailed, match="erased"):
            await journey.world.start_agent_locked()
        with pytest.raises(WorldFailed, match="erased"):
            await journey.world.agent_cli("ledger", "--config", files.AGENT)
