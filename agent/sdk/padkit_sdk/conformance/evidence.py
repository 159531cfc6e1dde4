"""Where the device of a run truly was, as far as a program can tell: at a simulator, or at real hardware with a trace of it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from padkit_sdk.conformance.tiers import Evidence

PTY_MAJORS = range(136, 144)  # Linux, Documentation/admin-guide/devices.txt: Unix98 pty slaves
SIMULATED = ("PADKIT_SIM_CONTROL", "PADKIT_SYSFS", "PADKIT_DEV")
SOURCE = "recording of "  # how the first note of a recording begins


class Line(msgspec.Struct, frozen=True):
    """One line of a trace, as far as we need it."""

    dir: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace file and how long it was when the run began; `path` None: none was given."""

    path: Path | None
    bytes_before: int = 0

    @classmethod
    def begun(cls, path: Path | None) -> Trace:
        """A trace as it is now."""
        return cls(path, path.stat().st_size if path is not None and path.exists() else 0)


def evidence(port: Path, hands: str, environment: Mapping[str, str], trace: Trace) -> Evidence:
    """What there is to say after a run at `port`. A trace that did not grow, or is of a simulator, counts no frame."""
    lines, digest = _lines(trace)
    source = next((it.note for it in lines.all if it.note.startswith(SOURCE)), "")
    why = _why_simulated(port, hands, environment, source)
    frames = sum(it.dir in ("in", "out") for it in lines.new) if source and not why else 0
    name = trace.path.name if trace.path is not None else ""
    return Evidence(hardware=not why, why_not_hardware=why, trace=name, trace_sha256=digest, trace_frames=frames)


def _why_simulated(port: Path, hands: str, environment: Mapping[str, str], source: str) -> str:
    """Why the device is no real one, empty when nothing says so."""
    if hands == "simulator":
        return "the hands are the simulator's"
    if pointing := [name for name in SIMULATED if environment.get(name)]:
        return f"{', '.join(pointing)} lead to a simulated kit"
    if source:
        return "the trace is of a simulated line" if "simulated" in source.partition(":")[0] else ""
    if _is_pty(port):
        return f"{port} is a pseudo-terminal, and no trace says what is behind it"
    return ""


def _is_pty(port: Path) -> bool:
    try:
        seen = port.stat()
    except OSError:
        return False
    return stat.S_ISCHR(seen.st_mode) and os.major(seen.st_rdev) in PTY_MAJORS


@dataclass(frozen=True, slots=True)
class _Lines:
    all: list[Line]
    new: list[Line]


def _lines(trace: Trace) -> tuple[_Lines, str]:
    if trace.path is None or not trace.path.exists():
        return _Lines([], []), ""
    data = trace.path.read_bytes()
    return _Lines(_parsed(data), _parsed(data[trace.bytes_before :])), hashlib.sha256(data).hexdigest()


def _parsed(data: bytes) -> list[Line]:
    found = []
    for line in data.splitlines():
        try:
            found.append(msgspec.json.decode(line, type=Line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue  # a line half written, or none of ours, is no evidence
    return found
