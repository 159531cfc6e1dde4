"""The long form of the kill runs: every cut of the paths both ways, central at every commit, 1,000 kill points of the outbox.

`make soak` runs it; the result is ``out/soak.json``, committed with the machine it ran on. `make test` runs short forms.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import outbox
from benchmarks.figures import Figure, Goal, Result
from benchmarks.machine import this_machine
from benchmarks.report import table, write

ROOT = Path(__file__).parents[1]
JOURNEYS = ("tests/journeys/test_power_cuts.py", "tests/journeys/test_central_kills.py")
TIMEOUT_S = 3600


def main() -> None:
    """Run all of it, print the table, keep the result; exit 1 when anything was lost or failed."""
    os.environ["PADKIT_SOAK"] = "1"
    begun_s = time.monotonic()
    counts = _journeys()
    kills = outbox.measure()
    figures: dict[str, Figure] = {
        "journeys_failed": Figure(counts["failures"] + counts["errors"], "journeys", Goal("==", 0)),
        "journeys_played": Figure(counts["tests"], "journeys"),
        **{name: it for name, it in kills.figures.items() if name.endswith("_at_kill")},
        "took": Figure(time.monotonic() - begun_s, "s"),
    }
    result = Result(figures, kills.notes)
    write("soak", result, this_machine(), datetime.now(UTC).date().isoformat())
    sys.stdout.write(table("soak", result))
    sys.exit(0 if all(it.ok for it in figures.values()) else 1)


def _journeys() -> Mapping[str, int]:
    """Play the journeys and return how many were played and how they ended."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = (sys.executable, "-m", "pytest", "-q", "-n", "2", "--timeout", str(TIMEOUT_S), f"--junitxml={report}")
        subprocess.run((*command, *JOURNEYS), cwd=ROOT, check=False)
        suite = ElementTree.parse(report).getroot()[0]  # noqa: S314 - our own report
    return {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors")}


if __name__ == "__main__":
    main()
