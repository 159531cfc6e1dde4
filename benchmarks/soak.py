"""The long form of the kill runs: every cut of the paths both ways, central at every commit, 1,000 kill points of the outbox,
1,000 of the command journal, 1,000 of a kit with both on a real central that is counted;
and minutes of fuzzing for each reader of what comes from outside.

`make soak` runs it; the result is ``out/soak.json``, committed with the machine it ran on. `make test` runs short forms.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import outbox
from benchmarks.figures import Figure, Goal, Result
from benchmarks.machine import this_machine
from benchmarks.report import table, write

ROOT = Path(__file__).parents[1]
JOURNEYS = tuple(f"tests/journeys/test_{it}.py" for it in ("power_cuts", "central_kills", "commands", "lock"))
FUZZING = ("tests/fuzz",)
ORDERS = ("tests/unit/agent/control/test_kills.py",)
COUNTED = ("tests/journeys/test_kit_kills.py",)
HOSTILE = ("tests/hostile",)
BOUNCED = ("tests/journeys/test_whole_kit.py",)
KILLS = 1_000  # of each kind; `make test` takes 50
BAD_FRAMES = 100_000  # for each driver
BOUNCES = 100
TIMEOUT_S = 3600


def main() -> None:
    """Run all of it, print the table, keep the result; exit 1 when anything was lost or failed."""
    os.environ["PADKIT_SOAK"] = "1"
    os.environ["PADKIT_KILLS"] = str(KILLS)
    os.environ["PADKIT_BAD_FRAMES"] = str(BAD_FRAMES)
    os.environ["PADKIT_BOUNCES"] = str(BOUNCES)
    begun_s = time.monotonic()
    counts, fuzzed = _played(JOURNEYS), _played(FUZZING)
    ordered, counted = _played(ORDERS), _played(COUNTED)
    hostile, bounced = _played(HOSTILE), _played(BOUNCED)
    kills = outbox.measure()
    figures: dict[str, Figure] = {
        "journeys_failed": Figure(counts["failures"] + counts["errors"], "journeys", Goal("==", 0)),
        "journeys_played": Figure(counts["tests"], "journeys"),
        "fuzzing_failed": Figure(fuzzed["failures"] + fuzzed["errors"], "runs", Goal("==", 0)),
        "fuzzing_inputs": Figure(fuzzed["inputs"], "inputs"),
        "order_kills": Figure(KILLS, "kills"),
        "orders_failed": Figure(ordered["failures"] + ordered["errors"], "runs", Goal("==", 0)),
        "kit_kills": Figure(KILLS, "kills"),
        "bad_frames": Figure(BAD_FRAMES, "for each driver"),
        "hostile_failed": Figure(hostile["failures"] + hostile["errors"], "runs", Goal("==", 0)),
        "bounces": Figure(BOUNCES, "bounces"),
        "bounced_failed": Figure(bounced["failures"] + bounced["errors"], "runs", Goal("==", 0)),
        "central_differs": Figure(counted["failures"] + counted["errors"], "runs", Goal("==", 0)),
        **{name: it for name, it in kills.figures.items() if name.endswith("_at_kill")},
        "took": Figure(time.monotonic() - begun_s, "s"),
    }
    result = Result(figures, kills.notes)
    write("soak", result, this_machine(), datetime.now(UTC).date().isoformat())
    sys.stdout.write(table("soak", result))
    sys.exit(0 if all(it.ok for it in figures.values()) else 1)


def _played(tests: Sequence[str]) -> Mapping[str, int]:
    """Run tests in their long form; return how many there were, how they ended, and the inputs that they recorded."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = (sys.executable, "-m", "pytest", "-q", "-n", "2", "--timeout", str(TIMEOUT_S), f"--junitxml={report}")
        subprocess.run((*command, *tests), cwd=ROOT, check=False)
        suite = ElementTree.parse(report).getroot()[0]  # noqa: S314 - our own report
    counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors")}
    inputs = suite.iterfind("testcase/properties/property[@name='inputs']")
    return counts | {"inputs": sum(int(recorded.attrib["value"]) for recorded in inputs)}


if __name__ == "__main__":
    main()
