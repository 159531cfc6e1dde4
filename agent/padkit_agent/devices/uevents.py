"""The kernel's device events as a wake-up: something was plugged or pulled, look now. What it was is read from sysfs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

KOBJECT_UEVENT = 15
KERNEL_GROUP = 1
MAX_DATAGRAM = 16_384

Hints = Callable[[Callable[[], None]], AbstractContextManager[None]]


@contextmanager
def kernel_hints(on_hint: Callable[[], None]) -> Iterator[None]:
    """Call `on_hint` for every burst of kernel events in the block; where the kernel gives none, the sweep has to do."""
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as stack:
        try:
            sock = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, KOBJECT_UEVENT)
            stack.enter_context(sock)
            sock.setblocking(False)  # noqa: FBT003 - as the standard library has it
            sock.bind((0, KERNEL_GROUP))
        except OSError:
            yield
            return

        def drain() -> None:
            with contextlib.suppress(OSError):
                while sock.recv(MAX_DATAGRAM):
                    pass
            on_hint()

        loop.add_reader(sock, drain)
        stack.callback(loop.remove_reader, sock)
        yield


@contextmanager
def no_hints(on_hint: Callable[[], None]) -> Iterator[None]:
    """For where there is no kernel to ask: the sweep alone finds what changed."""
    yield
