"""A kit's identity from its first day to its last: a spoken code, renewal, another service key, revocation, and a new code."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from journey import KIT_FILE, SPEED, Journey

from padkit_sim.demo import files
from padkit_sim.demo.process import WorldFailed
from padkit_sim.demo.world import ENTITY, KIT, World

LOOK_S = 0.05
PATIENCE_S = 60.0


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


class Enrolling(World):
    """A world whose kit has no folder: it enrols."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, kit_file=str(KIT_FILE), speed=SPEED)
        self.enrol_url = f"https://127.0.0.1:{free_port()}"

    async def set_up(self) -> None:
        """Make the CA and the service; and central's settings once they are written."""
        await super().set_up()
        shutil.rmtree(self.folder / "kit")
        for known in (self.folder / "central" / "kits").iterdir():
            known.unlink()

    async def start_central(self) -> None:
        """Start central with its enrolment door."""
        write = files.write_central_settings
        port = self.enrol_url.rpartition(":")[2]
        more = f"""
[ca]
folder = "ca"
password_file = "{files.PASSWORD}"

[enrol]
host = "127.0.0.1"
port = {port}
"""

        def with_door(folder: Path, *words: str) -> None:
            write(folder, *words)
            path = folder / files.CENTRAL
            path.write_text(path.read_text() + more)

        files.write_central_settings = with_door
        try:
            await super().start_central()
        finally:
            files.write_central_settings = write

    async def start_agent(self) -> None:
        """Enrol first when the kit has no keys."""
        if not (self.folder / "kit").exists():
            await self.enrol()
        await super().start_agent()

    async def enrol(self, *words: str) -> str:
        """Enrol the kit with a new code; return what its terminal showed."""
        files.write_agent_settings(self.folder, KIT, ENTITY, self.central_url)
        code = await self.central_cli("kit", "code", KIT, "--made-by", "keeper", "--config", files.CENTRAL)
        (self.folder / "code").write_text(code)
        where = ("--url", self.enrol_url, "--code-file", "code")
        return await self.agent_cli("enrol", "--config", files.AGENT, *where, *words)


@pytest_asyncio.fixture(loop_scope="session")
async def enrolled(tmp_path: Path) -> AsyncIterator[Journey]:
    played = Journey(tmp_path / "w")
    played.world = Enrolling(tmp_path / "w")
    async with played.world:
        yield played


def said(journey: Journey, name: str) -> list[dict[str, Any]]:
    """Return a part's log lines."""
    lines = (journey.folder / f"{name}.log").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


async def heard(journey: Journey, name: str, event: str, count: int = 1) -> None:
    """Wait until a part has logged an event so often."""
    async with asyncio.timeout(PATIENCE_S):
        while sum(line.get("event") == event for line in said(journey, name)) < count:  # noqa: ASYNC110 another process
            await asyncio.sleep(LOOK_S)


def serial(journey: Journey, file: str) -> str:
    from padkit_contract.x509 import load_certificate

    return f"{load_certificate((journey.folder / file).read_text()).serial:x}"


async def opens_a_card(journey: Journey) -> None:
    await journey.begin()
    assert (await journey.open())["phase"] == "CLOSED"


async def test_from_a_spoken_code_to_a_new_one(enrolled: Journey) -> None:
    journey, world = enrolled, enrolled.world
    assert isinstance(world, Enrolling)
    first = serial(journey, "kit/sign.crt.pem")
    await opens_a_card(journey)

    await world.agent_cli("renew", "--config", files.AGENT)
    renewed = serial(journey, "kit/sign.crt.pem")
    assert renewed != first
    await opens_a_card(journey)

    await world.central_cli("ca", "rotate", "ca", "central", "--party", "central", "--overlap-days", "0")
    await journey.restart_central()
    await opens_a_card(journey)
    assert serial(journey, "kit/peer-encrypt.crt.pem") == serial(journey, "central/encrypt.crt.pem")

    revoke = ("kit", "revoke", KIT, "--reason", "lost", "--config", files.CENTRAL)
    await world.central_cli(*revoke)
    await world.agent("POST", "/v1/day-end")
    await heard(journey, "central", "identity.revoked")
    assert (await world.agent("GET", "/v1/status"))["unsent"] > 0, "what a kit has to say waits"

    with pytest.raises(WorldFailed, match="--replace makes new ones"):
        await world.enrol()
    await journey.stop_agent()
    assert "is enrolled until" in await world.enrol("--replace")
    await world.start_agent()
    await journey.settled()
    await opens_a_card(journey)
    shown = json.loads(await world.central_cli("kit", "show", KIT, "--json", "--config", files.CENTRAL))
    good = [it["serial"] for it in shown["certificates"] if not it["revoked_at"]]
    assert len(good) == 3
    assert serial(journey, "kit/sign.crt.pem") in good
    await journey.compare()
