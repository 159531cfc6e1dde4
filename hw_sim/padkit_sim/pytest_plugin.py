"""The pytest plugin: the fixture `kit`, a simulated kit for one test. Idle, and light to import, until a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from padkit_sim.hil import RunningKit

USUAL = "demo"
STANDING: pytest.StashKey[RunningKit] = pytest.StashKey()
MARK = 'kit(name, speed=None, seed=None): which kit the fixture "kit" stands up for this test'


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the kit, its pace and its chances."""
    group = parser.getgroup("padkit-sim", "padkit-sim: a simulated kit for each test")
    group.addoption("--kit", metavar="KIT", default=USUAL, help=f"kit file, or name of a shipped one ({USUAL})")
    group.addoption("--kit-speed", metavar="N", type=float, help="divides mechanical delays; replaces the kit file's")
    group.addoption("--kit-seed", metavar="N", type=int, help="seed of all chances; replaces the kit file's")
    group.addoption("--kit-golden-update", action="store_true", help="write golden journals instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARK)


@pytest.fixture
def kit(
    request: pytest.FixtureRequest, tmp_path: Path, record_property: Callable[[str, object], None]
) -> Iterator[RunningKit]:
    """A simulated kit in a process of its own, fresh for this test, gone after it. Its journal is in `tmp_path`/kit."""
    from padkit_sim.hil import KitJournal, RunningKit, Serving

    wanted = _wanted(request, tmp_path / "kit")
    serving = Serving(wanted)
    serving.start()
    try:
        standing = RunningKit(
            serving, KitJournal(wanted.journal, update_golden=request.config.getoption("--kit-golden-update"))
        )
        request.node.stash[STANDING] = standing
        for name in ("name", "seed", "speed"):
            record_property("kit" if name == "name" else f"kit_{name}", getattr(standing, name))
        yield standing
        for firing in standing.firings():
            record_property("kit_fault", f"{firing.name} #{firing.index} {firing.device}")
    finally:
        serving.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what each device heard and said last, below a test that failed."""
    report = yield
    standing = item.stash.get(STANDING, None)
    if report.failed and standing is not None and report.when != "teardown":
        for device in standing.journal.devices():
            report.sections.append((f"kit: {device}, its last frames", standing.journal.last(device)))
    return report


def _wanted(request: pytest.FixtureRequest, folder: Path) -> Wanted:
    """The kit that marker and options ask for; the marker wins. Raises `pytest.UsageError`."""
    from padkit_sim.hil.serving import Wanted

    config, marker = request.config, request.node.get_closest_marker("kit")
    name, speed, seed = (config.getoption(f"--kit{it}") for it in ("", "-speed", "-seed"))
    if marker is not None:
        if len(marker.args) > 1 or marker.kwargs.keys() - {"name", "speed", "seed"}:
            raise pytest.UsageError(f"{request.node.nodeid}: the marker is {MARK}")
        name = marker.args[0] if marker.args else marker.kwargs.get("name", name)
        speed, seed = marker.kwargs.get("speed", speed), marker.kwargs.get("seed", seed)
    beside = request.path.parent / name
    with suppress(OSError):
        if beside.is_file():
            name = str(beside)
    return Wanted(name, folder, speed, seed)


if TYPE_CHECKING:
    from padkit_sim.hil.serving import Wanted
