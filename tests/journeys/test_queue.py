"""A kit whose policy lets little wait: it freezes without central, ends what is open, and thaws by itself after the sync."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from journey import KIT_FILE, SPEED, Journey, ReadyWorld, a_moment

from padkit_sim.demo.world import POLICY, WorldFailed

LITTLE = "[parameters]\nqueue_max_items = 2\nqueue_attention_minutes = 0.02\n"  # two messages: a day end's lines


async def waiting(journey: Journey) -> dict[str, Any]:
    return dict(await journey.world.agent("GET", "/v1/queue"))


async def test_without_central_a_kit_freezes_at_its_quota_and_thaws_by_itself_after_the_sync(
    tmp_path: Path, libssl3: None
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.read_text(encoding="utf-8").replace("[parameters]\n", LITTLE), encoding="utf-8")
    journey = Journey(tmp_path / "w")
    journey.world = ReadyWorld(journey.folder, kit_file=str(KIT_FILE), speed=SPEED, policy=policy)
    async with journey.world as world:
        await journey.begin()
        await journey.settled()
        await world.children.pop("central").stop()
        await world.agent("POST", "/v1/day-end")
        told = await waiting(journey)
        assert (told["state"]["load"]["messages"], told["state"]["frozen"]) == (2, "queue.messages")
        while {(it["why"], it["attention"]) for it in told["items"]} != {("network", True)}:
            await a_moment()
            told = await waiting(journey)
        assert [it["business"] for it in told["items"]] == ["card.ledger"] * 2
        with pytest.raises(WorldFailed, match=r"2 messages wait.*at most 2.*reach central.*queue\.messages"):
            await journey.open()
        await world.start_central()
        await journey.settled()
        assert (await journey.open())["phase"] == "CLOSED"
        await journey.compare()
        assert (await waiting(journey))["state"]["load"]["set_aside"] == 0
