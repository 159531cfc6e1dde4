"""The machine a run was made on: what a reader needs to compare figures, and no name of it."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """Processor, cores that this process may use, memory, version numbers."""

    cpu: str
    cores: int
    memory_gb: float
    kernel: str
    python: str


def this_machine() -> Machine:
    """Look at the machine we run on."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        kernel=_numbers(platform.release()),
        python=platform.python_version(),
    )


def _cpu() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"^(?:model name|Processor)\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _numbers(release: str) -> str:
    """The version alone: what builders append to it names places."""
    found = re.match(r"[0-9.]+", release)
    return found[0].rstrip(".") if found else ""
