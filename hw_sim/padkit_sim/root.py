"""A kit's temporary folder. One whose simulator was killed is removed when the next kit stands up."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "kit"  # short: a unix socket's path has 108 bytes
OWNER = ".padkit-sim-owner"  # locked as long as its simulator lives; the kernel lets go of it


@contextmanager
def kit_root() -> Iterator[Path]:
    """A new folder, gone afterwards. Removes those of simulators that are no more."""
    remove_left(Path(tempfile.gettempdir()))
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (root / f"{OWNER}.new").open("xb") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX)
            (root / f"{OWNER}.new").rename(root / OWNER)  # whoever finds it finds it locked
            yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def remove_left(folder: Path) -> None:
    """Remove the kits' folders in `folder` that are this user's and that nobody holds; links are not followed."""
    for root in folder.glob(f"{PREFIX}*"):
        try:
            seen = root.lstat()
            if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid():
                continue
            owner = os.open(root / OWNER, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue  # not a kit's, or gone meanwhile
        try:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(root, ignore_errors=True)
        except OSError:
            continue  # held, or its file system has no locks
        finally:
            os.close(owner)
