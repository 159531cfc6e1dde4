"""The shelf of a plugin's models: what `models.toml` lists, shipped beside it or brought by the site and known by sha256.

Nothing is believed here: the engine hashes what it loads.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BufferedReader
from pathlib import Path

from padkit_sdk import Refused

LIST_NAME = "models.toml"
MAX_LIST_BYTES = 64 * 1024
MAX_SITE_FILES = 64
MAX_MODEL_BYTES = 64 * 1024 * 1024

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEYS = {"file", "sha256", "licence", "origin", "site"}


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model: where its file lies and what its sha256 (hex) must be."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of `models.toml`; `file` is empty for a model that the site brings."""

    name: str
    file: str
    sha256: str
    licence: str
    origin: str


def read_shelf(folder: Path, site: Path | None) -> dict[str, ModelFile]:
    """Return the models of `folder` by name: all that are shipped, and those of the site that lie in `site`.

    A site model may have any file name and is left out when no file of `site` has its sha256. Looked at are regular files of at
    most `MAX_MODEL_BYTES`, links to such included, in `site` itself and not below; whatever cannot be read is passed over.

    Raises `Refused` ``model.list`` for a list that makes no sense, ``model.site`` for a site folder that cannot be listed or
    has more than `MAX_SITE_FILES` entries.
    """
    entries = read_list(folder)
    brought = _by_sha256(site) if site and any(not entry.file for entry in entries) else {}
    shelf = {}
    for entry in entries:
        path = folder / entry.file if entry.file else brought.get(entry.sha256)
        if path:
            shelf[entry.name] = ModelFile(entry.name, path, entry.sha256)
    return shelf


def read_list(folder: Path) -> list[Entry]:
    """Return what `folder`'s list says, in its order. Raises `Refused` ``model.list``."""
    path = folder / LIST_NAME
    try:
        with path.open("rb") as file:
            text = file.read(MAX_LIST_BYTES + 1)
        if len(text) > MAX_LIST_BYTES:
            raise _bad_list(path, f"longer than {MAX_LIST_BYTES} bytes")
        tables = tomllib.loads(text.decode())
    except OSError as exc:
        raise _bad_list(path, exc.strerror or "unreadable") from exc
    except ValueError as exc:  # no UTF-8, no TOML
        raise _bad_list(path, str(exc)) from exc
    return [_entry(path, name, table) for name, table in tables.items()]


def open_model(path: Path) -> BufferedReader:
    """Open the regular file `path`, or a link to one. Raises `OSError`; what is no regular file is opened by nobody."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe without a writer must not hold us
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "no regular file", str(path))
    return os.fdopen(descriptor, "rb")


def _entry(path: Path, name: str, table: object) -> Entry:
    if not isinstance(table, dict) or not table.keys() <= _KEYS:
        raise _bad_list(path, f"{name}: has other keys than {', '.join(sorted(_KEYS))}")
    file, site = table.get("file", ""), table.get("site", False)
    words = {key: table.get(key, "") for key in ("sha256", "licence", "origin")}
    if not all(isinstance(word, str) and word for word in words.values()):
        raise _bad_list(path, f"{name}: needs sha256, licence and origin")
    if not _SHA256.fullmatch(words["sha256"]):
        raise _bad_list(path, f"{name}: sha256 {words['sha256']} is not 64 small hex digits")
    if not isinstance(file, str) or not isinstance(site, bool) or site == bool(file) or "/" in file:
        raise _bad_list(path, f"{name}: needs either a file of this folder or site = true")
    return Entry(name, file, **words)


def _bad_list(path: Path, what: str) -> Refused:
    return Refused("model.list", f"model list {path}: {what}; install the plugin again")


def _by_sha256(site: Path) -> dict[str, Path]:
    try:
        names = sorted(entry.name for entry in _at_most(site))
    except OSError as exc:
        raise Refused("model.site", f"model folder {site}: {exc.strerror}; make it, or empty `site_models`") from exc
    found: dict[str, Path] = {}
    for path in (site / name for name in names):
        try:
            with open_model(path) as file:
                seen = os.fstat(file.fileno())
                if seen.st_size <= MAX_MODEL_BYTES:
                    found[_sha256(str(path), (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns))] = path
        except OSError:
            continue  # a folder, a loop of links, another's file: none of our models
    return found


def _at_most(site: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(site) as entries:
        for count, entry in enumerate(entries):
            if count == MAX_SITE_FILES:
                raise Refused(
                    "model.site", f"model folder {site}: more than {MAX_SITE_FILES} entries; leave only models there"
                )
            yield entry


@lru_cache(maxsize=MAX_SITE_FILES)
def _sha256(path: str, _version: tuple[int, int, int, int]) -> str:
    """Hash a file once for each of its versions (device, inode, size, time): a plugin that is opened again waits for nothing."""
    with open_model(Path(path)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
