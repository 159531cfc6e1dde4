"""One plugin's worker: started, watched, started again at once when it ends, quarantined when it ends too often."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from structlog.typing import FilteringBoundLogger as Log

from padkit_agent.devices.budget import RestartBudget
from padkit_agent.devices.clock import SteadyClock, wait
from padkit_agent.devices.launching import Launcher, WorkerProcess
from padkit_agent.devices.line import LineListener, WorkerLine
from padkit_agent.devices.views import Problem
from padkit_agent.plugins.channel import open_channel
from padkit_agent.plugins.finding import FoundPlugin
from padkit_agent.plugins.frames import core_side
from padkit_agent.plugins.messages import Lock, OfferView
from padkit_sdk.errors import LinkLost, Refused

MAX_LINE = 2_000  # characters of one line of output that are logged
EXIT_S = 1.0  # from the end of the channel to the news how the process ended


class PluginListener(LineListener, Protocol):
    """Who hears of a plugin's life, and says what its worker must refuse."""

    def lock_of(self, plugin: str) -> Lock | None:
        """What a worker of the plugin must refuse now."""
        ...

    def on_up(self, plugin: str) -> None:
        """A worker is ready; its offers can be asked for."""
        ...

    def on_end(self, plugin: str, problem: Problem) -> None:
        """The worker takes no call any more; how it ended is told by what follows."""
        ...

    def on_down(self, plugin: str, problem: Problem) -> None:
        """The worker is gone; the next one is being started."""
        ...

    def on_quarantine(self, plugin: str, problem: Problem) -> None:
        """There will be no next worker until `retry`."""
        ...


class Supervisor:
    """Keeps one plugin alive. `line` and `offers` are those of the worker that is up, None and empty when none is."""

    def __init__(
        self, plugin: FoundPlugin, launcher: Launcher, clock: SteadyClock, listener: PluginListener, log: Log
    ) -> None:
        self.plugin = plugin
        self.line: WorkerLine | None = None
        self.offers: Mapping[str, OfferView] = {}
        self._launcher = launcher
        self._clock = clock
        self._listener = listener
        self._log = log
        self._budget = RestartBudget()
        self._retry = asyncio.Event()
        self._speaker: WorkerLine | None = None

    async def run(self) -> None:
        """Keep the plugin alive until cancelled; then its worker closes its devices and ends."""
        name = self.plugin.name
        while True:
            try:
                problem = Problem("plugin.crashed", f"plugin {name}: worker {await self._live()}")
                left = self._budget.spend(self._clock.now_mono_s())
            except LinkLost as exc:
                problem = Problem("plugin.crashed", f"plugin {name}: {exc}")
                left = self._budget.spend(self._clock.now_mono_s())
            except Refused as exc:
                problem, left = Problem(exc.reason, str(exc)), False
            self._log.warning("plugin.down", plugin=name, code=problem.code, why=problem.message, restart=left)
            if left:
                self._listener.on_down(name, problem)
                continue
            self._listener.on_quarantine(name, problem)
            await self._retry.wait()

    def retry(self) -> None:
        """Forget the restarts so far and start again if quarantined."""
        self._budget.renew()
        self._retry.set()

    def obey(self) -> None:
        """What the worker must refuse has changed."""
        if self._speaker is not None:
            self._speaker.obey(self._listener.lock_of(self.plugin.name))

    async def _live(self) -> str:
        """One worker's life; return how it ended. Raises `Refused` (unfit) and `LinkLost` (not started)."""
        self._retry.clear()
        async with self._launcher.launch(self.plugin, self._on_output) as process:
            channel = await open_channel(process.sock, core_side())
            line = self._speaker = WorkerLine(
                self.plugin, channel, self._clock, self._listener, process.kill, self._on_end
            )
            try:
                await self._serve(line, process)
            finally:
                self.line, self.offers = None, {}
                line.stop("stopped")
                await channel.close()
            return f"{line.ending} ({await self._how(process)})"

    async def _serve(self, line: WorkerLine, process: WorkerProcess) -> None:
        failure: Refused | LinkLost | None = None
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(line.read())
            try:
                offers = await line.hello(self._listener.lock_of(self.plugin.name))
            except (Refused, LinkLost) as exc:
                failure = exc
            else:
                beating = tasks.create_task(line.beat())
                self._announce(line, offers, process.pid)
                await line.ended.wait()
                beating.cancel()
            reading.cancel()
        if failure is not None:
            raise failure

    def _announce(self, line: WorkerLine, offers: tuple[OfferView, ...], pid: int) -> None:
        self.line = line
        self.offers = {offer.model: offer for offer in offers}
        self._log.info("plugin.up", plugin=self.plugin.name, pid=pid, models=[*self.offers])
        self._listener.on_up(self.plugin.name)

    def _on_end(self, why: str) -> None:
        self.line, self.offers = None, {}
        self._listener.on_end(self.plugin.name, Problem("plugin.crashed", f"plugin {self.plugin.name}: worker {why}"))

    async def _how(self, process: WorkerProcess) -> str:
        known = asyncio.Event()
        process.exited.add_done_callback(lambda _: known.set())
        return process.exited.result() if await wait(self._clock, known, EXIT_S) else "still ending"

    def _on_output(self, data: bytes) -> None:
        """Log what the plugin's process wrote, line by line."""
        lines = data.decode("utf-8", "replace").splitlines()
        if self._speaker is not None:
            self._speaker.said(len(lines))
        for line in lines:
            self._log.info("plugin.output", plugin=self.plugin.name, line=line[:MAX_LINE])
