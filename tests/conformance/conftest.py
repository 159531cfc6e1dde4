"""The conformance kit as a hardware team runs it: one pytest command on a simulated kit, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SPEED = "50"
LIMIT_S = 110
WRONG = Path(__file__).parent / "wrong"


@dataclass(frozen=True)
class Ran:
    """How a run of the kit ended."""

    code: int
    said: str


@pytest.fixture
def run_kit(tmp_path):
    """Run the kit, or one module of it, with these options; on a simulated kit, or without any."""

    def run(*options, module="", simulated=True, kit="demo"):
        target = ".".join(filter(None, ("padkit_sdk.conformance", module)))
        asked = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--pyargs", target, *options]
        around = [str(Path(sys.executable).parent / "padkit-sim"), "run", kit, "--speed", SPEED, "--"]
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PADKIT_", "PYTEST_"))}
        ended = subprocess.run(
            [*(around if simulated else ()), *asked],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        return Ran(ended.returncode, ended.stdout + ended.stderr)

    return run


@pytest.fixture
def run_wrong(run_kit):
    """Run one module of the kit against a driver that breaks a promise."""

    def run(model, module, *options):
        return run_kit("--padkit-plugin", str(WRONG), "--padkit-model", model, *options, module=module)

    return run
