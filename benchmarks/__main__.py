"""``python -m benchmarks [NAME]``: run one benchmark, or all of them, each in a process of its own."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks import report
from benchmarks.figures import Result
from benchmarks.machine import this_machine

NOT_ON_A_KIT = (
    "PYTHONDONTWRITEBYTECODE",
    "SSL_CERT_FILE",
)  # a build machine's; every start would compile, or read all CAs
NAMES = (
    "agent_start",
    "memory",
    "command_overhead",
    "worker_restart",
    "envelopes",
    "outbox",
    "intake",
    "lock_latency",
    "wires",
    "plugged",
    "whole_kit",
    "models",
    "vision",
    "vision_accuracy",
    "risk",
    "openings",
    "page",
)
USAGE = 2


def main(words: list[str]) -> int:
    """Run what `words` name. A missed goal is shown and written down; it is no failure of the run."""
    unknown = [word for word in words if word not in NAMES]
    if unknown:
        sys.stderr.write(f"benchmarks: no {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return USAGE
    if len(words) == 1:
        _run(words[0])
        return 0
    codes = [subprocess.call([sys.executable, "-m", "benchmarks", name]) for name in words or NAMES]
    return max(codes)


def _run(name: str) -> None:
    for variable in NOT_ON_A_KIT:
        os.environ.pop(variable, None)
    load = os.getloadavg()[0]
    measure: Callable[[], Result] = importlib.import_module(f"benchmarks.{name}").measure
    result = measure()
    result = replace(result, notes=(*result.notes, f"load of the machine before the run: {load:.2f}"))
    report.write(name, result, this_machine(), datetime.now(UTC).isoformat(timespec="seconds"))
    print(report.table(name, result), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
