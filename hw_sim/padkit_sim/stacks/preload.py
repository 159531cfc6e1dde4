"""umockdev's preload library: whether it is here, and how a program gets it."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from pathlib import Path

LIBRARY = "libumockdev-preload.so.0"
UMOCKDEV_DIR, LD_PRELOAD = "UMOCKDEV_DIR", "LD_PRELOAD"
PACKAGE = "umockdev"


def have_preload() -> bool:
    """Whether this machine has the Debian package. Loading it does nothing as long as `UMOCKDEV_DIR` is not set."""
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


def preloaded(root: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What makes a program see `root` as its /sys and /dev; what it preloads already stays."""
    before = environ.get(LD_PRELOAD, "")
    mine = before if LIBRARY in before else " ".join(filter(None, (before, LIBRARY)))
    return {LD_PRELOAD: mine, UMOCKDEV_DIR: str(root)}
