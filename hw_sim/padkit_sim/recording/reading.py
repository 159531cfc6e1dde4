"""Reads a recording back: what the host said, in order, and what the device answered to it and when. No I/O but the file's."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from padkit_sim.errors import SimRefused
from padkit_sim.journal import Record
from padkit_sim.recording.usb_reading import UsbTape, is_of_usb, usb_tape

MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes of the device, so many seconds after the last byte of the request before."""

    data: bytes
    after_s: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What the host said in one go (empty: the device began) and what came back; `n` is its first record."""

    n: int
    request: bytes
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Tape:
    """One recording."""

    kind: str
    turns: tuple[Turn, ...]


def read_tape(path: Path) -> Tape | UsbTape:
    """The recording in `path`, of a byte line or of USB. Raises `SimRefused` with its line."""
    records = _records(path)
    if not any(it.dir == "out" for it in records):
        raise SimRefused(f"recording {path}: the device says nothing in it; give one of a device that answers")
    if len({it.device for it in records}) > 1:
        raise SimRefused(f"recording {path}: is of several devices; give one of a single device")
    if not is_of_usb(records):
        return Tape(records[0].device, tuple(_turns(records)))
    try:
        return usb_tape(records)
    except (SimRefused, ValueError) as exc:
        raise SimRefused(f"recording {path}: {exc}") from exc


def _records(path: Path) -> list[Record]:
    try:
        if not stat.S_ISREG((seen := path.stat()).st_mode):
            raise SimRefused(f"recording {path}: is no regular file; give one that `padkit-sim record` wrote")
        if seen.st_size > MAX_BYTES:
            raise SimRefused(f"recording {path}: has {seen.st_size} bytes; at most {MAX_BYTES}")
        lines = path.read_bytes().splitlines()
    except OSError as exc:
        raise SimRefused(f"recording {path}: {exc.strerror}; give a file that `padkit-sim record` wrote") from exc
    return [_record(path, number, line) for number, line in enumerate(lines, 1)]


def _record(path: Path, number: int, line: bytes) -> Record:
    try:
        record = msgspec.json.decode(line, type=Record)
        bytes.fromhex(record.hex)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise SimRefused(f"recording {path}:{number}: {exc}; give a file that `padkit-sim record` wrote") from exc
    return record


def _turns(records: Iterable[Record]) -> list[Turn]:
    turns: list[Turn] = []
    request, answers, n, asked_s = b"", list[Answer](), 0, 0.0
    for record in (it for it in records if it.dir != "note"):
        data = bytes.fromhex(record.hex)
        if record.dir == "in":
            if answers:
                turns.append(Turn(n, request, tuple(answers)))
                request, answers = b"", []
            n = n if request else record.n
            request, asked_s = request + data, record.t
        else:
            n = n or record.n
            answers.append(Answer(data, max(0.0, record.t - asked_s) if request else 0.0))
    return [*turns, Turn(n, request, tuple(answers))]
