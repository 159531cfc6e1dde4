"""Files changed so that a power cut leaves the old or the new, never half: the few steps, each on disk when it returns."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from padkit_sdk.errors import Refused

MODE = 0o600


class Disk:
    """The steps. Tests put one underneath that loses power between, and within, any two of them."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes

    def write(self, path: Path, data: bytes) -> None:
        """Make a private file; one that a former try left there is replaced."""
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
        with os.fdopen(handle, "wb") as file:
            self.fill(file.fileno(), data)

    def overwrite(self, path: Path) -> None:
        """Put chance where the content was. What a flash disk or a copying file system kept aside stays there."""
        handle = os.open(path, os.O_WRONLY)
        with os.fdopen(handle, "wb") as file:
            self.fill(file.fileno(), self._random_bytes(max(1, os.fstat(handle).st_size)))

    def fill(self, handle: int, data: bytes) -> None:
        """Write `data` from the file's beginning and sync it."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)

    def rename(self, old: Path, new: Path) -> None:
        """Let `new` be what `old` was, in one step."""
        old.replace(new)

    def link(self, path: Path, second: Path) -> None:
        """Give a file a second name."""
        second.hardlink_to(path)

    def remove(self, path: Path) -> None:
        """Take a name away."""
        path.unlink(missing_ok=True)

    def sync(self, folder: Path) -> None:
        """Make the names in a folder durable."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def beside(path: Path, suffix: str) -> Path:
    """Return the file's neighbour with `suffix` behind its name."""
    return path.with_name(path.name + suffix)


def put(disk: Disk, path: Path, data: bytes) -> None:
    """Make or replace `path`; what it replaces is overwritten, also when a power cut comes between (see `tidy`)."""
    tidy(disk, path)
    fresh, old = beside(path, ".new"), beside(path, ".old")
    disk.write(fresh, data)
    if path.exists():
        disk.link(path, old)
        disk.sync(path.parent)
    disk.rename(fresh, path)
    disk.sync(path.parent)
    tidy(disk, path)


def tidy(disk: Disk, path: Path) -> None:
    """Finish what a power cut left of a former `put`."""
    fresh, old = beside(path, ".new"), beside(path, ".old")
    if not (old.exists() or fresh.exists()):
        return
    if old.exists() and not (path.exists() and old.samefile(path)):
        disk.overwrite(old)
    disk.remove(old)
    disk.remove(fresh)
    disk.sync(path.parent)


def read_private(path: Path, what: str, *, most: int) -> bytes | None:
    """Return a private file's bytes (up to one more than `most`), None when there is none. Raises `Refused` ``vault.key``."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(most + 1)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise Refused("vault.key", f"{what} {path}: {exc}; see to folder and rights, then start again") from exc
    if mode & 0o077:
        raise Refused("vault.key", f"{what} {path}: readable by others; chmod 600 it")
    return raw
