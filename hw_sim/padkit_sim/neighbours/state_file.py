"""The core bank's books on disk: one event a line, on the platter before anybody hears of it. Knows files, not rules."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from padkit_sim.card_number import CardNumber
from padkit_sim.neighbours.books import Event

MAX_LINE = 256 << 10


class StateFileBroken(Exception):
    """The file cannot be used; the message says where, what and what next."""


def _to_plain(value: object) -> object:
    if isinstance(value, CardNumber):
        return value.digits
    raise TypeError(f"{type(value).__name__} has no plain form")


def _from_plain(kind: type, value: object) -> object:
    if kind is CardNumber and isinstance(value, str):
        return CardNumber(value)
    raise ValueError(f"no {kind.__name__}")


_ENCODER = msgspec.json.Encoder(enc_hook=_to_plain)
_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event, dec_hook=_from_plain)


class StateFile:
    """An append-only file of events, held by one process; the caller appends one event after the other."""

    def __init__(self, path: Path) -> None:
        """Open the file, made when absent. Raises `StateFileBroken`, also when another process holds it."""
        self._path = path
        self._torn = False
        try:
            self._file = _held(path)
        except OSError as exc:
            raise StateFileBroken(f"{path}: {exc.strerror}; stop who uses it or choose another --state file") from exc

    def replay(self, apply: Callable[[Event], None]) -> None:
        """Give every event to `apply`. A torn last line, from which nobody was answered, is cut off.

        Raises:
            StateFileBroken: a whole line makes no sense, or the file cannot be read or cut.
        """
        good = number = 0
        self._file.seek(0)
        try:
            while (line := self._file_line(good)).endswith(b"\n"):
                number += 1
                apply(self._event(line, number))
                good += len(line)
            if len(line) > MAX_LINE:
                raise StateFileBroken(
                    f"{self._path} line {number + 1}: longer than {MAX_LINE} bytes; begin with a new file"
                )
            self._cut(good)
        except OSError as exc:
            raise StateFileBroken(f"{self._path}: {exc.strerror}; choose another --state file") from exc

    def append(self, event: Event) -> None:
        """Write an event and wait until it is on disk.

        Raises:
            StateFileBroken: not written; what may stand of it in the file is taken back.
        """
        line = _ENCODER.encode(event) + b"\n"
        if self._torn:
            raise StateFileBroken(f"{self._path}: a half-written line could not be taken back; start the core again")
        size = os.fstat(self._file.fileno()).st_size
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        except OSError as exc:
            self._take_back(size)
            raise StateFileBroken(f"{self._path}: {exc.strerror}; free space, then send again") from exc

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._file.close()

    def _file_line(self, offset: int) -> bytes:
        self._file.seek(offset)
        return self._file.readline(MAX_LINE + 1)

    def _event(self, line: bytes, number: int) -> Event:
        try:
            return _DECODER.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            what = str(exc)[:200]
            raise StateFileBroken(
                f"{self._path} line {number}: {what}; repair the line or begin with a new file"
            ) from exc

    def _take_back(self, size: int) -> None:
        try:
            self._cut(size)
        except OSError:
            self._torn = True

    def _cut(self, size: int) -> None:
        self._file.truncate(size)
        os.fsync(self._file.fileno())


def _held(path: Path) -> IO[bytes]:
    """Open a file for this process alone, readable by its owner alone, its name on disk. Raises `OSError`."""
    with contextlib.ExitStack() as undo:
        file = undo.enter_context(path.open("a+b", buffering=0))
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.chmod(0o600)
        _sync_folder(path.parent)
        undo.pop_all()
        return file


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
