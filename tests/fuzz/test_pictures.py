"""2,000 changed pictures, in a process of its own: pixels or refusals of the family, memory flat, the process alive.

`make soak` decodes 100,000, with another seed each day.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "pictures.py"
COUNT = int(os.environ.get("PADKIT_PICTURES", "2000"))
SEED = int(datetime.now(UTC).strftime("%Y%m%d")) if os.environ.get("PADKIT_SOAK") else 1
EACH = 20  # at least so many of each: mutations that all end alike would show nothing
GROWTH_MIB, MOST_MIB = 32, 512
KINDS = ("decoded", "picture.broken", "picture.format", "picture.pixels")


@pytest.mark.timeout(3600)
def test_changed_pictures_become_pixels_or_refusals(record_property: Callable[[str, object], None]) -> None:
    command = [sys.executable, "-W", "error", str(PROGRAM), "--count", str(COUNT), "--seed", str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"[-20_000:]
    told = json.loads(done.stdout)
    assert sum(told["came"].values()) == COUNT
    assert min(told["came"].get(kind, 0) for kind in KINDS) >= EACH
    assert told["after_mib"] - told["before_mib"] < GROWTH_MIB
    assert told["most_mib"] < MOST_MIB
    record_property("pictures [pictures]", COUNT)
