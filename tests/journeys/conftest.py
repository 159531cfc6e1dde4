"""One world for all journeys of a worker process; a journey that fails takes it down, the next one gets a new one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio
from journey import Journey

FAILED: pytest.StashKey[bool] = pytest.StashKey()
LOGS = ("agent", "central", "core", "hsm", "kit")


class Worlds:
    """The world in use, and the folders of those before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self.current: Journey | None = None

    async def get(self) -> Journey:
        if self.current is None:
            self.count += 1
            made = Journey(self.folder / str(self.count))
            await made.world.__aenter__()
            self.current = made
        return self.current

    async def drop(self) -> None:
        if self.current is not None:
            world, self.current = self.current.world, None
            await world.stop()


_worlds: list[Worlds] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        for worlds in _worlds:
            if worlds.current is not None:
                for name in LOGS:
                    log = worlds.current.folder / f"{name}.log"
                    if log.exists():
                        report.sections.append((f"{name}.log", "\n".join(log.read_text().splitlines()[-40:])))
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(autouse=True)
def _national_cryptography(libssl3: None) -> None:
    """Every world makes its keys with SM2."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def worlds(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worlds]:
    made = Worlds(tmp_path_factory.mktemp("w"))
    _worlds.append(made)
    yield made
    await made.drop()
    _worlds.remove(made)


@pytest_asyncio.fixture(loop_scope="session")
async def journey(worlds: Worlds, request: pytest.FixtureRequest) -> AsyncIterator[Journey]:
    played = await worlds.get()
    await played.begin()
    yield played
    if request.node.stash.get(FAILED, False):
        await worlds.drop()
    else:
        await played.clean_up()
