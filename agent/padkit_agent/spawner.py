"""Forks workers: a small single-threaded process that has imported once what all of them share.

Measured on two cores, six workers: forked 4 MB each and up in 20 ms, executed 14 MB each and up in 170 ms. The core
speaks `plugins.spawning` with it. When the agent dies the spawner dies, and its workers with it.
"""

from __future__ import annotations

import argparse
import concurrent.futures.thread  # noqa: F401 - most workers need it, as the others marked so: loaded once here, it is shared
import ctypes
import gc
import os
import secrets  # noqa: F401
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points

import padkit_agent.links.serial  # noqa: F401
from padkit_agent import worker
from padkit_agent.plugins.spawning import MAX_PACKET, Exited, Kill, Spawn, Spawned, pack, unpack_request

PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Spawner:
    """Serves one core over a packet socket; `children` are the running workers by their process descriptor."""

    control: socket.socket
    links: Iterable[EntryPoint]
    die_with_parent: Callable[[int, int], int]
    children: dict[int, tuple[int, int]] = field(default_factory=dict)

    def serve(self) -> None:
        """Fork, kill and report until the core closes the socket."""
        while True:
            poll = select.poll()
            poll.register(self.control, select.POLLIN)
            for process_fd in self.children:
                poll.register(process_fd, select.POLLIN)
            for fd, _ in poll.poll():
                if fd in self.children:
                    self.reap(fd)
                elif not self.take():
                    return

    def take(self) -> bool:
        """Act on one packet; False when the core is gone."""
        packet, fds, _, _ = socket.recv_fds(self.control, MAX_PACKET, 2)
        if not packet:
            return False
        match unpack_request(packet):
            case Spawn() as request:
                self.spawn(request, *fds)
                for fd in fds:
                    os.close(fd)
            case Kill() as request:
                for process_fd, (number, pid) in self.children.items():
                    if number == request.id:
                        signal.pidfd_send_signal(process_fd, signal.SIGKILL)
                        kill_group(pid)
        return True

    def spawn(self, request: Spawn, channel_fd: int, output_fd: int) -> None:
        """Fork one worker and tell its process id."""
        spawner_pid = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            self.control.send(pack(Exited(request.id, os.EX_OSERR)))
            return
        if pid == 0:
            self.die_with_parent(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != spawner_pid:
                os._exit(0)
            live(request, channel_fd, output_fd, self.links)
        self.children[os.pidfd_open(pid)] = (request.id, pid)
        self.control.send(pack(Spawned(request.id, pid)))

    def reap(self, process_fd: int) -> None:
        """Collect a worker that ended, end what it had started, and tell the core."""
        number, pid = self.children.pop(process_fd)
        kill_group(pid)  # before it is collected: until then its number cannot be another's
        _, status = os.waitpid(pid, 0)
        os.close(process_fd)
        self.control.send(pack(Exited(number, os.waitstatus_to_exitcode(status))))


def live(request: Spawn, channel_fd: int, output_fd: int, links: Iterable[EntryPoint]) -> None:
    """A worker's whole life, in the forked process; never returns."""
    status = 1
    try:
        channel_fd = worker.become(channel_fd, output_fd)
        worker.run(channel_fd, worker.WorkerLimits(request.memory_mb, request.open_files), links)
        status = 0
    except BaseException:  # noqa: BLE001 - the last frame of a process: report, then leave without the spawner's clean-up
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def kill_group(pid: int) -> None:
    """Kill what a worker started and left in its process group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def main() -> None:
    """Serve the core on the socket that ``--fd`` names."""
    parser = argparse.ArgumentParser(prog="padkit_agent.spawner", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="packet socket to the core")
    parser.add_argument("--parent", type=int, required=True, help="process id of the core")
    options = parser.parse_args()
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != options.parent:
        return
    links = tuple(entry for group in (worker.LINKS_GROUP, worker.SIGHTS_GROUP) for entry in entry_points(group=group))
    gc.collect()
    gc.freeze()  # what is shared stays shared: the collector of a worker does not touch these pages
    Spawner(socket.socket(fileno=options.fd), links, prctl).serve()


if __name__ == "__main__":
    main()
