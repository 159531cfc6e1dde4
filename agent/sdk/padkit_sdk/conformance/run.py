"""One run of the kit against one device: look at it first, choose what is asked, count what was kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from padkit_sdk.conformance.bench import LOOK_S, Bench, Setup
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import EVERY_PORT, PROMISES, Promise
from padkit_sdk.conformance.target import Target
from padkit_sdk.errors import PadkitError
from padkit_sdk.ports import Capability, DeviceIdentity

BOX, CHIP = "card_dispenser", "chip_card"
OF_A_SLOT = frozenset({Capability.READ_INSIDE})  # of a chip reader by itself: what is put in is read


@dataclass(frozen=True, slots=True)
class Census:
    """What the device said of itself before the first test."""

    where: str
    path: Path
    identity: DeviceIdentity
    capabilities: frozenset[Capability]


class ConformanceRun:
    """A pytest plugin, registered only when a driver was named."""

    def __init__(self, setup: Setup, *, moves_cards: bool) -> None:
        self._setup = setup
        self._moves_cards = moves_cards
        self._census: Census | None = None
        self._unasked: dict[str, list[Promise]] = defaultdict(list)
        self._outcomes: dict[str, str] = {}
        self._asked: dict[str, Promise] = {}

    @property
    def target(self) -> Target:
        """The driver under test."""
        return self._setup.target

    @property
    def hands(self) -> str:
        """Who acts beside the device."""
        return self._setup.hands.name

    @property
    def census(self) -> Census | None:
        """None before the device was looked at."""
        return self._census

    @property
    def asked(self) -> Mapping[str, Promise]:
        """By test, what is asked."""
        return self._asked

    @property
    def unasked(self) -> list[tuple[Promise, str]]:
        """What is not asked, and why."""
        return [(promise, why) for why, promises in self._unasked.items() for promise in promises]

    @pytest.fixture
    def bench(self) -> Bench:
        """The device, closed; the test opens it."""
        return Bench(self._setup)

    @pytest.hookimpl(tryfirst=True)  # before -k, so that what it leaves out is known
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Take out what cannot be asked here, and remember why."""
        ours = [(item, found) for item in items if (found := promise_of(item))]
        if not ours:
            return
        self._census = census = self._look()
        left_out = []
        for item, found in ours:
            if found.port not in (EVERY_PORT, *self._setup.target.offer.ports):
                left_out.append(item)
            elif why := self._why_not(found, census):
                left_out.append(item)
                self._unasked[why].append(found)
            else:
                self._asked[item.nodeid] = found
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep how each promise ended; set-up and tear-down count only when they fail."""
        if report.nodeid in self._asked and (report.when == "call" or report.failed):
            self._outcomes[report.nodeid] = report.outcome

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which device, by which hands, and how many promises were kept."""
        if self._census is None:
            return
        terminalreporter.section("padkit conformance")
        for line in self._summary(self._census, verbose=terminalreporter.verbosity > 0):
            terminalreporter.write_line(line)

    def _summary(self, census: Census, *, verbose: bool) -> Iterator[str]:
        target, who = self._setup.target, census.identity
        kept = [node for node, outcome in self._outcomes.items() if outcome == "passed"]
        broken = [node for node in self._outcomes if node not in kept]
        unasked = sum(map(len, self._unasked.values()))
        yield f"device    {census.where}"
        yield f"model     {target.model}; it says {who.model}, serial {who.serial or '-'}, firmware {who.firmware or '-'}"
        yield f"driver    {target.manifest.name} {target.manifest.version}, ports {', '.join(target.offer.ports)}"
        yield f"hands     {self._setup.hands.name}"
        yield f"promises  {len(kept)} kept, {len(broken)} broken, {unasked} not asked"
        for node in kept if verbose else ():
            yield f"  kept    {self._asked[node].sentence}"
        for node in broken:
            yield f"  broken  {self._asked[node].sentence}"
        for why, promises in self._unasked.items():
            yield f"not asked, {why}: {len(promises)}"
            for sentence in dict.fromkeys(it.sentence for it in promises) if verbose else ():
                yield f"          {sentence}"

    def _look(self) -> Census:
        """Open the device once. Raises `pytest.UsageError` when that fails: no test could be right."""
        bench = Bench(self._setup)

        async def ask() -> Census:
            await bench.open()
            try:
                bench.step("identify")
                identity = await bench.device.identify(timeout_s=LOOK_S)
                box = BOX in bench.ports
                return Census(str(bench), bench.path, identity, await bench.box.capabilities() if box else OF_A_SLOT)
            finally:
                await bench.close()

        try:
            return asyncio.run(ask())
        except (PadkitError, TimeoutError) as exc:
            told = bench.broken("a device that says who it is", f"{type(exc).__name__}: {exc}")
            raise pytest.UsageError(f"padkit conformance: nothing was tested\n{told}") from exc

    def _why_not(self, promise: Promise, census: Census) -> str:
        """Why `promise` is not asked, empty when it is."""
        if lacking := promise.capabilities - census.capabilities:
            return f"the device lacks {', '.join(sorted(c.value for c in lacking))}"
        by_hand = (
            {Power.SEAT_BANK_CARD} if promise.port == CHIP and BOX not in self._setup.target.offer.ports else set()
        )
        if missing := (promise.needs | by_hand) - self._setup.hands.powers:
            return f"it needs that {' and '.join(sorted(power.value for power in missing))}"
        if promise.moves_cards and not self._moves_cards:
            return "it moves cards, which --padkit-move-cards allows"
        return ""


def promise_of(item: pytest.Item) -> Promise | None:
    """The promise that `item` tests, None for a test of somebody else."""
    return PROMISES.get(item.function) if isinstance(item, pytest.Function) else None
