"""One agent at a time works on a store: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from padkit_sdk.errors import Refused

MAX_PID = 32


@contextmanager
def sole_owner(path: Path) -> Iterator[None]:
    """Keep the store at `path` for ourselves during the block.

    Raises `Refused` ``store.in_use`` naming the process that has it, ``store.unreadable`` when there is no place for a lock.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)  # closed on exec: no worker inherits it
    except OSError as exc:
        raise Refused("store.unreadable", f"store {path}: {exc}; see to folder and rights, then start again") from exc
    try:
        _take(handle, path)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        owner = os.read(handle, MAX_PID).decode("ascii", "replace").strip()
        what = f"store {path}: an agent works on it already (process {owner or 'unknown'})"
        raise Refused("store.in_use", f"{what}; stop that one first") from exc
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
