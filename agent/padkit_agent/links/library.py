"""A vendor's library as a `LibraryLink`: a file of the named folder that only its owner can write. Nothing is loaded here."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

from padkit_sdk.errors import LinkLost, Refused
from padkit_sdk.links import Library, LibraryLink

FOLDER = "PADKIT_VENDOR_LIBRARIES"  # of the worker's environment, from agent.toml


class LibraryFile(LibraryLink):
    """One file that may be loaded."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __repr__(self) -> str:
        return f"LibraryFile({self._path.name})"

    @property
    def path(self) -> Path:
        return self._path

    async def close(self) -> None:
        """Nothing is open."""


async def open_library(match: Library, path: Path) -> LibraryLink:
    """The library `path`, if it may be loaded.

    Raises `Refused` ``library.folder`` (none is named, or the file lies elsewhere) and ``library.writable`` (it or its folder is
    not root's or ours, or others may write there); `LinkLost` when it is not there.
    """
    named = os.environ.get(FOLDER, "")
    if not named:
        raise Refused("library.folder", f"library {match.file}: no folder is named; set vendor_libraries in agent.toml")
    try:
        return LibraryFile(await asyncio.to_thread(check_file, match, path, Path(named)))
    except OSError as exc:
        raise LinkLost(f"library {path}: {exc.strerror}; put it back") from exc


def check_file(match: Library, path: Path, folder: Path) -> Path:
    """The file that `path` is, absolute. Raises as `open_library`, and `OSError`."""
    file = path.resolve(strict=True)
    if file.parent != folder.resolve(strict=True) or file.name != match.file:
        raise Refused("library.folder", f"library {path}: not in {folder}; put the file itself there")
    for checked in (file.parent, file):
        check_owner(checked)
    return file


def check_owner(path: Path) -> None:
    """Raises `Refused` ``library.writable`` when another than root or we could have written `path`; `OSError`."""
    seen = path.stat()
    if seen.st_uid not in (0, os.getuid()) or seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        told = f"owner {seen.st_uid}, mode {stat.S_IMODE(seen.st_mode):o}"
        raise Refused("library.writable", f"library {path}: {told}; give it to root and chmod go-w")
