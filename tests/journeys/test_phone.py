"""A card opened with a code from the customer's telephone, in real processes; the kit keeps nothing of the code."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from journey import HERE, KIT_FILE, SPEED, Journey, ReadyWorld

from padkit_sim.demo.world import POLICY

WAIVED = re.compile(r'\[\[waivers\]\]\nid = "demo-phone".*?(?=\[\[)', re.DOTALL)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def phoned(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Journey]:
    """A world whose policy wants the code."""
    folder: Path = tmp_path_factory.mktemp("phone")
    policy = folder / "policy.toml"
    text = POLICY.read_text(encoding="utf-8")
    assert WAIVED.search(text)
    policy.write_text(WAIVED.sub("", text), encoding="utf-8")
    played = Journey(folder / "w")
    played.world = ReadyWorld(played.folder, kit_file=str(KIT_FILE), speed=SPEED, policy=policy)
    played.world.agent_command = (sys.executable, str(HERE / "cut_agent.py"))
    async with played.world:
        await played.begin()
        yield played


async def code(journey: Journey) -> str:
    """Read the last short message, as the customer does."""
    async with aiohttp.ClientSession() as session, session.get(f"{journey.world.core_url}/sms") as answer:
        messages = (await answer.json())["messages"]
    found = re.search(r"[0-9]{6}", messages[-1]["text"])
    assert found is not None
    return found.group()


async def test_a_wrong_code_then_the_right_one_and_nothing_of_it_on_the_kit(phoned: Journey) -> None:
    typed: dict[str, Any] = {"what": "phone_code", "choice": "entered", "by": ["manager"], "fields": {}}
    right: list[str] = []

    async def customer(line: dict[str, Any]) -> None:
        """Type a wrong code first, then what stands in the message."""
        if line["kind"] == "asked" and line["note"] == "phone_code":
            told = await code(phoned)
            typed["fields"] = {"code": told if right else f"{(int(told) + 1) % 10**6:06}"}
            right.append(told)

    phoned.hands = customer
    assert (await phoned.open(typed))["phase"] == "CLOSED"
    assert [line["note"] for line in phoned.seen("code_judged")] == ["wrong, 2 left", "right"]
    assert len(set(right)) == 1
    await phoned.compare()
    await phoned.stop_agent()
    kept = b"".join(it.read_bytes() for it in phoned.folder.glob("kit.db*"))
    assert kept
    assert right[0].encode() not in kept
