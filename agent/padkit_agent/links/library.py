"""A vendor's library as a `LibraryLink`: a file that root or we alone could have put there. Nothing is loaded here."""

from __future__ import annotations

import asyncio
import os
import stat
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from padkit_sdk.errors import LinkLost, Refused
from padkit_sdk.links import Library, LibraryLink

FOLDER = "PADKIT_VENDOR_LIBRARIES"  # of the worker's environment, from agent.toml
OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class LibraryFile(LibraryLink):
    """One file that may be loaded. It is held open, so that no other file can get its number while we mean it."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        seen = os.fstat(file.fileno())
        self._number = seen.st_dev, seen.st_ino

    def __repr__(self) -> str:
        return f"LibraryFile({self._path.name})"

    @property
    def path(self) -> Path:
        return self._path

    @property
    def number(self) -> tuple[int, int]:
        return self._number

    async def close(self) -> None:
        self._file.close()


async def open_library(match: Library, path: Path) -> LibraryLink:
    """The library `path`, if it may be loaded.

    Raises `Refused` ``library.folder`` (none is named, or the file lies elsewhere) and ``library.writable`` (it or a folder that
    leads to it is not root's or ours, or others may write there); `LinkLost` when it is not there.
    """
    named = os.environ.get(FOLDER, "")
    if not named:
        raise Refused("library.folder", f"library {match.file}: no folder is named; set vendor_libraries in agent.toml")
    try:
        return await asyncio.to_thread(check_file, match, path, Path(named))
    except OSError as exc:
        raise LinkLost(f"library {path}: {exc.strerror}; put it back") from exc


def check_file(match: Library, path: Path, folder: Path) -> LibraryFile:
    """The file that `path` is, open. Raises as `open_library`, and `OSError`.

    Links are resolved first. Then the folders are looked at from the root down: what lies in one that nobody else can write
    cannot be swapped any more.
    """
    file = path.resolve(strict=True)
    if file.parent != folder.resolve(strict=True) or file.name != match.file:
        raise Refused("library.folder", f"library {path}: not in {folder}; put the file itself there")
    for above in reversed(file.parents):
        leads_only = above != file.parent
        check_owner(above, above.lstat(), sticky=leads_only)
    with ExitStack() as opened:
        held = opened.enter_context(open(file, "rb", buffering=0, opener=_as_it_is))
        seen = os.fstat(held.fileno())
        if not stat.S_ISREG(seen.st_mode):
            raise Refused("library.folder", f"library {path}: no regular file; put the file itself there")
        check_owner(file, seen)
        opened.pop_all()
    return LibraryFile(file, held)


def _as_it_is(path: str, flags: int) -> int:
    """Follow no link, wait for nobody at a pipe's other end."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def check_owner(path: Path, seen: os.stat_result, *, sticky: bool = False) -> None:
    """Raises `Refused` ``library.writable`` when another than root or we could have written there.

    A `sticky` folder such as /tmp may be everybody's: nobody can move what others have in it.
    """
    shared = seen.st_mode & OF_OTHERS and not (sticky and seen.st_mode & stat.S_ISVTX)
    if seen.st_uid not in (0, os.getuid()) or shared:
        told = f"owner {seen.st_uid}, mode {stat.S_IMODE(seen.st_mode):o}"
        raise Refused("library.writable", f"library {path}: {told}; give it to root and chmod go-w")
