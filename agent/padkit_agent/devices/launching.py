"""What a worker's process is to its supervisor, however it was started; and the host inside this process for unit tests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from padkit_agent.devices.owning import own
from padkit_agent.plugins.channel import open_channel
from padkit_agent.plugins.finding import FoundPlugin
from padkit_agent.plugins.frames import worker_side
from padkit_agent.plugins.host import LinkOpener
from padkit_agent.plugins.server import LinkKinds, serve

OnOutput = Callable[[bytes], None]


class WorkerProcess(Protocol):
    """A started worker. `exited` gives how it ended, for people (``killed by SIGKILL``)."""

    pid: int
    sock: socket.socket
    exited: asyncio.Future[str]

    def kill(self) -> None:
        """End it at once; harmless when it is gone."""
        ...


class Launcher(Protocol):
    """Starts workers."""

    def launch(self, plugin: FoundPlugin, on_output: OnOutput) -> AbstractAsyncContextManager[WorkerProcess]:
        """Start a worker for `plugin`; at the end of the block it is gone, killed if need be.

        `on_output` is given what it writes to stdout and stderr. Raises `LinkLost` when none can be started.
        """
        ...


@dataclass(slots=True)
class InlineWorker:
    """A "worker" that is a task of this process."""

    pid: int
    sock: socket.socket
    exited: asyncio.Future[str]
    task: asyncio.Task[None]

    def kill(self) -> None:
        self.task.cancel()


@dataclass(frozen=True, slots=True)
class InlineLauncher:
    """Runs the host in this process, for ``isolation = "inline"``: same host, same frames, no isolation."""

    openers: Mapping[str, LinkOpener]
    now_mono_s: Callable[[], float]

    @asynccontextmanager
    async def launch(self, plugin: FoundPlugin, on_output: OnOutput) -> AsyncIterator[WorkerProcess]:
        """See `Launcher.launch`; output goes where this process writes."""
        core_end, worker_end = socket.socketpair()
        exited = asyncio.get_running_loop().create_future()
        async with own(self._host(worker_end, exited)) as task:
            yield InlineWorker(0, core_end, exited, task)

    async def _host(self, sock: socket.socket, exited: asyncio.Future[str]) -> None:
        channel = await open_channel(sock, worker_side())
        try:
            await serve(channel, lambda manifest: LinkKinds(self.openers), self.now_mono_s)
        finally:
            await channel.close()
            exited.set_result("ended")
