"""Starting workers through the spawner process. The only place that starts processes, and that picks their environment."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from padkit_agent.devices.clock import SteadyClock, deadline
from padkit_agent.devices.launching import OnOutput, WorkerProcess
from padkit_agent.plugins.finding import FoundPlugin
from padkit_agent.plugins.spawning import MAX_PACKET, Exited, Kill, Spawn, Spawned, ToSpawner, pack, unpack_answer
from padkit_sdk.errors import BadFrame, LinkLost

ValueT = TypeVar("ValueT")

SPAWN_S = 5.0
STOP_S = 3.0  # a worker whose channel was closed has that long to leave its devices safe

ENVIRONMENT = frozenset(
    {
        "PATH",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        "HOME",
        "TMPDIR",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "UMOCKDEV_DIR",
        "PCSCLITE_CSOCK_NAME",
        "DBUS_SYSTEM_BUS_ADDRESS",
        "PADKIT_DEV",
        "PADKIT_SYSFS",
        "PADKIT_CAMERAS",
        "PADKIT_VENDOR_LIBRARIES",
        "PADKIT_USBIP",
    }
)


def worker_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a worker sees of the agent's environment: an allow-list, with what a simulated kit needs."""
    return {name: value for name, value in environ.items() if name in ENVIRONMENT}


@dataclass(slots=True)
class SpawnedWorker:
    """A worker forked by the spawner."""

    number: int
    sock: socket.socket
    exited: asyncio.Future[str]
    spawned: asyncio.Future[int]
    spawner: SpawnerLauncher
    pid: int = 0

    def kill(self) -> None:
        self.spawner.request(Kill(self.number))


@dataclass(slots=True)
class SpawnerLauncher:
    """Starts the spawner when the first worker is wanted, and again when it died.

    Close it after its workers; what is left dies with the spawner.
    """

    environ: Mapping[str, str]
    clock: SteadyClock
    _process: Process | None = None
    _control: socket.socket | None = None
    _workers: dict[int, SpawnedWorker] = field(default_factory=dict)
    _numbers: int = 0
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def launch(self, plugin: FoundPlugin, on_output: OnOutput) -> AsyncIterator[WorkerProcess]:
        """See `Launcher.launch`."""
        try:
            await self._start()
            core_end, worker_end = socket.socketpair()
            output, output_end = os.pipe()
        except OSError as exc:
            raise LinkLost(f"plugin {plugin.name}: no worker ({exc}); see the limits of this machine") from exc
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            partial(Output, on_output), os.fdopen(output, "rb", buffering=0)
        )
        worker = self._spawn(plugin, core_end, (worker_end.detach(), output_end))
        try:
            async with deadline(self.clock, SPAWN_S):
                worker.pid = await worker.spawned
            yield worker
        except TimeoutError as exc:
            raise LinkLost(f"plugin {plugin.name}: no worker within {SPAWN_S:g} s; see the agent's log") from exc
        finally:
            await self._end(worker)
            transport.close()

    async def close(self) -> None:
        """End the spawner and every worker that is left."""
        if self._control is not None:
            self._lose()
        if self._process is not None:
            await self._process.wait()
            self._process = None

    def request(self, message: ToSpawner, fds: tuple[int, ...] = ()) -> None:
        """Send one packet; that the spawner died is told to its workers by their `exited`."""
        if self._control is None:
            return
        try:
            socket.send_fds(self._control, [pack(message)], fds)
        except OSError:
            self._lose()

    async def _start(self) -> None:
        async with self._starting:
            if self._control is not None:
                return
            await self.close()
            control, far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            control.setblocking(False)  # noqa: FBT003 - as the standard library has it
            command = (sys.executable, "-P", "-m", "padkit_agent.spawner")
            with far_end:
                self._process = await asyncio.create_subprocess_exec(
                    *command,
                    *("--fd", str(far_end.fileno()), "--parent", str(os.getpid())),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=(far_end.fileno(),),
                    env=worker_environment(self.environ),
                    start_new_session=True,
                )
            self._control = control
            asyncio.get_running_loop().add_reader(control, self._on_packet)

    def _spawn(self, plugin: FoundPlugin, sock: socket.socket, fds: tuple[int, int]) -> SpawnedWorker:
        loop = asyncio.get_running_loop()
        self._numbers += 1
        worker = SpawnedWorker(self._numbers, sock, loop.create_future(), loop.create_future(), self)
        self._workers[worker.number] = worker
        limits = plugin.manifest.limits
        try:
            self.request(Spawn(worker.number, limits.memory_mb, limits.open_files), fds)
        finally:
            for fd in fds:
                os.close(fd)
        return worker

    async def _end(self, worker: SpawnedWorker) -> None:
        """Give a worker the time to leave by itself, then kill it; wait until it is gone."""
        worker.sock.close()
        try:
            async with deadline(self.clock, STOP_S):
                await asyncio.wait((worker.exited,))
        except TimeoutError:
            worker.kill()
            await asyncio.wait((worker.exited,))
        finally:
            worker.kill()
            self._workers.pop(worker.number, None)

    def _on_packet(self) -> None:
        assert self._control is not None
        try:
            packet = self._control.recv(MAX_PACKET)
            answer = unpack_answer(packet) if packet else None
        except (OSError, BadFrame):
            answer = None
        match answer:
            case Spawned() if answer.id in self._workers:
                settle(self._workers[answer.id].spawned, answer.pid)
            case Exited() if answer.id in self._workers:
                settle(self._workers[answer.id].exited, ending(answer.status))
                settle(self._workers[answer.id].spawned, 0)
            case None:
                self._lose()

    def _lose(self) -> None:
        """The spawner is gone, and every worker with it."""
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        for worker in self._workers.values():
            settle(worker.exited, "lost with the spawner")
            settle(worker.spawned, 0)


class Output(asyncio.Protocol):
    """Passes on what a worker writes to stdout and stderr."""

    def __init__(self, on_output: OnOutput) -> None:
        self._on_output = on_output

    def data_received(self, data: bytes) -> None:
        self._on_output(data)


def ending(status: int) -> str:
    """How a process ended, for people."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit code {status}"


def settle(future: asyncio.Future[ValueT], value: ValueT) -> None:
    """Set a result unless there is one."""
    if not future.done():
        future.set_result(value)
