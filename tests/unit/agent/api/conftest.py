from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from padkit_agent.api import ApiServer
from padkit_agent.flows import DayEnd

from ..flows.kit import Kit


async def sealed_bundle() -> bytes:
    return b"\x30\x00sealed"


@dataclass
class Served:
    """A kit with its API listening on `socket`."""

    kit: Kit
    server: ApiServer
    socket: Path


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    kit = Kit(tmp_path)
    await kit.start()
    log: Any = structlog.wrap_logger(None, processors=[kit.captured], wrapper_class=structlog.BoundLogger)
    devices: Any = kit.devices
    courier: Any = kit.courier
    server = ApiServer(
        kit.desk,
        devices,
        kit.store,
        kit.feed,
        DayEnd(kit.store, kit.post, courier),
        about=lambda: {"kit": "KIT-1"},
        support=sealed_bundle,
        iso=kit.time.clock.iso,
        log=log,
    )
    socket = tmp_path / "run" / "agent.sock"
    await server.open(socket)
    yield Served(kit, server, socket)
    await server.close()
    await kit.kill()
    kit.store.close()
