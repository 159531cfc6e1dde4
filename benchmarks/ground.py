"""The folder a run works in: on the disk of this checkout, not in a memory file system, so that a sync is a sync."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
BLOCK = b"\0" * 4096
PROBE_S = 0.5


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder and take it away again."""
    base = ROOT / ".run"
    base.mkdir(exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="b", dir=base))  # short: a unix socket's path has 108 bytes
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def syncs_per_s(place: Path) -> float:
    """What the disk can do at most: 4 KiB appended and synced, one after the other."""
    path = place / "probe"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    count = 0
    begun_s = time.perf_counter()
    while time.perf_counter() - begun_s < PROBE_S:
        os.write(handle, BLOCK)
        os.fdatasync(handle)
        count += 1
    rate = count / (time.perf_counter() - begun_s)
    os.close(handle)
    path.unlink()
    return rate
