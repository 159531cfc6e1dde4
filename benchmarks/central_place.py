"""Centrals with databases of their own over one set of keys, and the kits that post to them: what `intake` stands on."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks import ground
from padkit_sim.demo import files
from padkit_sim.demo.process import Child, program, start
from padkit_sim.demo.world import ENTITY

CONNECTIONS = 256
CENTRAL = (program("padkit-central"), "serve")
ENVIRONMENT = {"PYTHONPATH": str(ground.ROOT)}
KEEP_ONLY = """[intake]
answer_wait_s = 0
max_waiting = 1000000
max_waiting_mib = 1024
[processing]
workers = 0
"""
ANSWER = """[intake]
answer_wait_s = 30
"""


class Outcome(msgspec.Struct):
    """What `benchmarks.post` printed."""

    seconds: float
    status: list[int]
    taken_ms: list[float]

    def per_s(self, status: int) -> float:
        wrong = set(self.status) - {0, status}
        assert not wrong, f"central answered {wrong}"
        return self.status.count(status) / self.seconds


@dataclass(slots=True)
class Place:
    """Where a run lives, with a number for each central in it."""

    folder: Path
    centrals: int = 0

    @property
    def bodies(self) -> Path:
        return self.folder / "bodies"

    def settings(self, rest: str) -> str:
        """Write the settings of a new central with an empty database; return the file's name."""
        self.centrals += 1
        name = f"central{self.centrals}"
        text = f"""# A measurement; TEST ONLY. The core is never asked.
entities = ["{ENTITY}"]
database = "{name}.db"
party = "central"
password_file = "{files.PASSWORD}"
[core]
url = "http://127.0.0.1:9"
{rest}"""
        (self.folder / f"{name}.toml").write_text(text)
        return f"{name}.toml"

    @asynccontextmanager
    async def central(self, command: tuple[str, ...], rest: str) -> AsyncIterator[Child]:
        """Run a central on an empty database."""
        child = await start("central", (*command, "--config", self.settings(rest)), self.folder, ENVIRONMENT)
        try:
            yield child
        finally:
            await child.stop()

    @asynccontextmanager
    async def no_store(self) -> AsyncIterator[Child]:
        """Run the door with nothing behind it."""
        child = await start("peer", peer("no_store", str(self.folder / "central")), self.folder, ENVIRONMENT)
        try:
            yield child
        finally:
            await child.stop()

    async def begin_posting(self, central: Child, seconds: float) -> Child:
        """Start the kits; they are posting when this returns."""
        words = (central.ready["url"], str(self.folder / "kit"), str(self.bodies), str(CONNECTIONS), str(seconds))
        return await start("kits", (sys.executable, "-m", "benchmarks.post", *words), self.folder, ENVIRONMENT)

    async def post(self, central: Child, seconds: float) -> Outcome:
        """Let the kits post until they have done."""
        return await outcome(await self.begin_posting(central, seconds))

    def stored(self) -> set[str]:
        """Return the envelope ids in the newest central's database."""
        database = self.folder / f"central{self.centrals}.db"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return {envelope for (envelope,) in connection.execute("select envelope from intake")}


async def outcome(kits: Child) -> Outcome:
    """Return what the kits saw, when they have done."""
    assert kits.process.stdout is not None
    out = await kits.process.stdout.read()
    await kits.process.wait()
    return msgspec.json.decode(out, type=Outcome)


def peer(name: str, *words: str) -> tuple[str, ...]:
    """Return the command of a peer."""
    return (sys.executable, "-m", f"benchmarks.peers.{name}", *words)
