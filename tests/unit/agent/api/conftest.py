from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from padkit_agent.api import ApiServer, Handlers
from padkit_agent.control import Journal, People
from padkit_agent.control.journal import Rule
from padkit_agent.core.standing import Record
from padkit_agent.core.throttle import Moment
from padkit_agent.flows import DayEnd

from ..flows.kit import Kit

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
    """A kit with its API listening on `socket`."""

    kit: Kit
    server: ApiServer
    people: People
    socket: Path


async def renewed() -> None:
    """Renew nothing."""


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    kit = Kit(tmp_path)
    await kit.start()
    log: Any = structlog.wrap_logger(None, processors=[kit.captured], wrapper_class=structlog.BoundLogger)
    devices: Any = kit.devices
    courier: Any = kit.courier
    people = people_of(kit)
    handlers = Handlers(
        *(kit.desk, devices, kit.store, DayEnd(kit.store, kit.post, courier), kit.gate, people),
        about=lambda: dict(ABOUT, standing=kit.gate.standing),
        support=sealed_bundle,
        renew=renewed,
        log=log,
    )
    server = ApiServer(handlers, kit.feed)
    socket = tmp_path / "run" / "agent.sock"
    await server.open(socket)
    yield Served(kit, server, people, socket)
    await server.close()
    await kit.kill()
    kit.store.close()
