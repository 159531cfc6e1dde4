"""Each fuzz target for a moment, in a process of its own: refusals of the family come out and nothing else.

`make soak` gives each target minutes and another seed each day.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "fuzz.py"
GROUPS = (
    ("envelope", "signed", "context", "claim", "foreign"),
    ("posted", "body", "command", "pem", "key-file", "heard"),
    ("package", "manifest"),
    ("certificate", "request", "revocation-list", "newer-list", "paper", "order", "enrolment"),
)
SOAK = bool(os.environ.get("PADKIT_SOAK"))
SECONDS, RUNS = (120, -1) if SOAK else (1, 10_000)
SEED = int(datetime.now(UTC).strftime("%Y%m%d")) if SOAK else 1
FEWEST = 20  # inputs in the shortest run on a busy machine; a target that is read no more does nothing
TRIED = re.compile(r"^stat::number_of_executed_units: (\d+)", re.MULTILINE)


def test_every_target_is_run_here() -> None:
    known = re.findall(r'^    "([a-z-]+)": \w+\.\w+,$', PROGRAM.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(known) == sorted(target for group in GROUPS for target in group)


@pytest.mark.timeout(3600 if SOAK else 300)
@pytest.mark.parametrize("targets", GROUPS, ids="-".join)
def test_only_refusals_come_out(
    libssl3: None, record_property: Callable[[str, object], None], targets: tuple[str, ...]
) -> None:
    options = ("--seconds", str(SECONDS), "--runs", str(RUNS), "--seed", str(SEED))
    command = [sys.executable, str(PROGRAM), *targets, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"[-20_000:]
    tried = [int(number) for number in TRIED.findall(done.stderr)]
    assert len(tried) == len(targets)
    assert min(tried) >= FEWEST
    record_property("inputs [inputs]", sum(tried))
