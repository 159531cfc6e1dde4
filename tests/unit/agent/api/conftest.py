from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from padkit_agent.api import ApiServer, Handlers, PageRoom, Practice
from padkit_agent.config import PageTable
from padkit_agent.control import Journal, People
from padkit_agent.control.journal import Rule
from padkit_agent.core.standing import Record
from padkit_agent.core.throttle import Moment
from padkit_agent.flows import DayEnd, Waiting
from padkit_agent.flows.visits import Visits

from ..flows.kit import Kit
from ..flows.roads import Road

ABOUT: dict[str, Any] = {"kit": "KIT-1", "entity": "demo", "online": True, "shut_out": "", "policy": 3}


async def sealed_bundle() -> bytes:
    return b"\x30\x00sealed"


def people_of(kit: Kit) -> People:
    """The people beside a kit, with a government that writes to its store and moves its gate."""
    journal = Journal(kit.store, new_id=kit.new_id, now_s=kit.time.clock.now_s)

    async def change(rule: Rule) -> Record:
        record = await journal.change(rule)
        kit.gate.put(record.standing)
        return record

    return People(
        *(journal, "demo", "KIT-1", change, lambda rule, _: change(rule), lambda: kit.packs.holder),
        *(secrets.token_bytes, lambda: Moment("boot", kit.time.now_s)),
        structlog.get_logger(),
    )


@dataclass
class Served:
    """A kit with its API listening on `socket`, and with the page's listener where a test asks for it."""

    kit: Kit
    server: ApiServer
    people: People
    page: PageRoom
    socket: Path


async def renewed() -> None:
    """Renew nothing."""


@asynccontextmanager
async def serving(folder: Path, table: PageTable | None = None) -> AsyncIterator[Served]:
    """Serve a kit below `folder`."""
    kit = Kit(folder)
    await kit.start()
    log: Any = structlog.wrap_logger(None, processors=[kit.captured], wrapper_class=structlog.BoundLogger)
    devices: Any = kit.devices
    courier: Any = kit.courier
    people, clock = people_of(kit), kit.time.clock
    page = PageRoom(
        *(kit.gate, kit.feed, lambda: kit.packs.current.policy.parameters),
        now_mono_s=clock.mono_s, random_bytes=secrets.token_bytes, iso=clock.iso,
    )  # fmt: skip
    courier_at_rest: Any = Road()
    waiting = Waiting(
        *(kit.store, courier_at_rest, courier_at_rest, kit.desk, kit.gate, kit.feed),
        parameters=lambda: kit.packs.current.policy.parameters, store_bytes=64 << 20, doubtful=lambda: False,
        new_id=kit.new_id, clock=clock, log=log,
    )  # fmt: skip
    kit.desk.measure = waiting.look
    handlers = Handlers(
        *(kit.desk, devices, kit.store, DayEnd(kit.store, kit.post, courier)),
        *(kit.gate, people, page, kit.papers, waiting),
        practice=Practice(log, folder / "padkit-sim"),
        visits=Visits(kit.store),
        about=lambda: dict(ABOUT, standing=kit.gate.standing),
        support=sealed_bundle,
        renew=renewed,
        log=log,
    )
    server = ApiServer(handlers, kit.feed, table)
    socket = folder / "run" / "agent.sock"
    try:
        await server.open(socket)
        yield Served(kit, server, people, page, socket)
    finally:
        await server.close()
        await kit.kill()
        kit.store.close()


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path) as made:
        yield made


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The folder of a built page."""
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>kit</title>")
    (folder / "assets" / "app.js").write_text("export {}")
    return folder


@pytest.fixture
async def paged(tmp_path: Path, built: Path) -> AsyncIterator[Served]:
    """A kit with its page."""
    async with serving(tmp_path, PageTable("127.0.0.1:0", built)) as made:
        made.kit.feed.run = "R1"
        yield made
