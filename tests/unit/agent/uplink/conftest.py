"""A kit and a central with certificates of a TEST ONLY authority, joined by real TLS on loopback."""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from structlog.testing import LogCapture

from padkit_agent.store import KeyVault, KitStore
from padkit_agent.uplink import Courier, Sealer, Wire
from padkit_central.ca.authority import Authority, Means
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.party import Party, load_party

from ..stepping import BEGUN_S, Stepping
from .central import LittleCentral

PASSWORD = b"TEST ONLY"


@pytest.fixture(scope="session")
def suite() -> Suite:
    return choose_suite(allow_pure=True, library="libcrypto.so.3", log=lambda *_, **__: None)


@pytest.fixture(scope="session")
def parties(tmp_path_factory: pytest.TempPathFactory, suite: Suite) -> tuple[Party, Party]:
    """The kit and the service."""
    folder = tmp_path_factory.mktemp("ca")
    means = Means(suite, PASSWORD, datetime.fromtimestamp(BEGUN_S, UTC), secrets.token_bytes)
    authority = Authority(folder / "ca", means)
    authority.init("bank")
    authority.issue_service("central", folder / "central", hosts=("127.0.0.1",), password=PASSWORD)
    authority.issue_kit(
        "KIT-1", "bank", folder / "kit", service="central", password=PASSWORD, register=folder / "central"
    )
    return load_party(folder / "kit", suite, PASSWORD), load_party(folder / "central", suite, PASSWORD)


@pytest.fixture
def time() -> Stepping:
    return Stepping()


@pytest.fixture
async def central(parties: tuple[Party, Party], time: Stepping) -> AsyncIterator[LittleCentral]:
    little = LittleCentral(parties[1], lambda: time.now_s)
    runner = await little.start()
    yield little
    await runner.cleanup()


@pytest.fixture
def sealer(parties: tuple[Party, Party], time: Stepping) -> Sealer:
    return Sealer(parties[0], lambda: time.now_s, secrets.token_bytes)


@pytest.fixture
async def wire(central: LittleCentral, parties: tuple[Party, Party]) -> AsyncIterator[Wire]:
    opened = Wire(central.url, parties[0].tls)
    yield opened
    await opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KitStore]:
    opened = KitStore.open(tmp_path / "kit.db", KeyVault(bytes(16), secrets.token_bytes), max_mb=64)
    yield opened
    opened.close()


@pytest.fixture
def log() -> LogCapture:
    return LogCapture()


@pytest.fixture
def make_courier(
    store: KitStore, sealer: Sealer, time: Stepping, log: LogCapture
) -> Callable[[Wire | object], Courier]:
    numbers = itertools.count(1)

    def make(wire: Wire | object) -> Courier:
        return Courier(
            store,
            sealer,
            wire,  # type: ignore[arg-type]  # tests put a scripted one there
            clock=time.clock,
            new_id=lambda: f"01a20000-0000-7000-8000-{next(numbers):012}",
            chance=random.Random(1),
            timeout_s=5.0,
            log=structlog.wrap_logger(None, processors=[log], wrapper_class=structlog.BoundLogger),  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def courier(make_courier: Callable[[Wire], Courier], wire: Wire) -> Courier:
    return make_courier(wire)
