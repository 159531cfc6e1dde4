"""The composition root of a plugin's process: limits, clock, links and host of one plugin, from fork to exit.

`spawner` forks it and has imported what most workers need; this must not import anything that not every worker needs.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint

from padkit_agent.plugins.channel import open_channel
from padkit_agent.plugins.frames import worker_side
from padkit_agent.plugins.server import LinkKinds, serve
from padkit_sdk.manifest import Manifest

LINKS_GROUP, SIGHTS_GROUP = "padkit.links", "padkit.sights"
OWN_FILES = 16  # descriptors the worker itself needs, over those of its plugin
MEBIBYTE = 1024 * 1024
CHANNEL_FD = 3


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one worker may use at most: private memory and open files, from the plugin's manifest."""

    memory_mb: int
    open_files: int


def run(channel_fd: int, limits: WorkerLimits, links: Iterable[EntryPoint]) -> None:
    """Host the plugin that the core names on `channel_fd`; returns when the core closes it."""
    set_limits(limits)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the agent, which closes its workers in order
    entries = {(entry.group, entry.name): entry for entry in links}

    def links_for(manifest: Manifest) -> LinkKinds:
        openers, sights = (
            {kind: entries[group, kind].load() for kind in manifest.links if (group, kind) in entries}
            for group in (LINKS_GROUP, SIGHTS_GROUP)
        )
        return LinkKinds(openers, sights)

    async def main() -> None:
        channel = await open_channel(socket.socket(fileno=channel_fd), worker_side())
        try:
            await serve(channel, links_for, time.monotonic)
        finally:
            await channel.close()

    asyncio.run(main())


def set_limits(limits: WorkerLimits) -> None:
    """Limit this process for good. Private memory, not address space: shared libraries are not a plugin's doing."""
    memory = limits.memory_mb * MEBIBYTE
    files = limits.open_files + OWN_FILES
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold what a person showed


def become(channel_fd: int, output_fd: int) -> int:
    """Keep of the spawner only the two descriptors: `output_fd` becomes stdout and stderr. Return the channel's new one."""
    os.setpgid(0, 0)  # what the plugin starts dies with it
    null_fd = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null_fd, 0)
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)  # a pipe is buffered by the block otherwise
    if channel_fd != CHANNEL_FD:
        os.dup2(channel_fd, CHANNEL_FD)
    os.set_inheritable(CHANNEL_FD, False)  # noqa: FBT003 - as the standard library has it
    os.closerange(CHANNEL_FD + 1, os.sysconf("SC_OPEN_MAX"))
    return CHANNEL_FD
