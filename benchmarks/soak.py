"""The long form of the tests that kill, unplug, spoil and fuzz. `make soak` runs all parts, ``make soak ONLY=hostile`` one.

Each part is written into ``out/soak.json`` when it ends, with its date and machine; a part that has never run stands there as
*not run*. `make test` runs short forms of the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import outbox, report
from benchmarks.figures import Figure, Goal, Result
from benchmarks.machine import this_machine

ROOT = Path(__file__).parents[1]
KILLS, BAD_FRAMES, BOUNCES, PICTURES = 1_000, 100_000, 100, 100_000  # `make test` takes 50, 150, 12 and 2,000
TIMEOUT_S = 3600  # for a test that gives itself none
NONE = Goal("==", 0)
ENDED = (0, 1)  # pytest: all passed, some failed; anything else is a run that was broken off
USAGE = 2


@dataclass(frozen=True, slots=True)
class Part:
    """Tests in their long form. `goals` are those of figures that the tests record, by what stands before the dot."""

    tests: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    goals: Mapping[str, Goal] = field(default_factory=dict)
    only: str = ""
    processes: int = 2


KILLED = {"PADKIT_KILLS": str(KILLS)}
PARTS: Mapping[str, Part] = {
    "hostile": Part(
        ("tests/hostile/test_bad_input.py", "tests/hostile/test_growth.py"),
        {"PADKIT_BAD_FRAMES": str(BAD_FRAMES)},
        goals={"bad_frames": Goal(">=", BAD_FRAMES), "mutated_frames": Goal(">=", BAD_FRAMES // 10)},
    ),
    "bounces": Part(
        ("tests/journeys/test_whole_kit.py",),
        {"PADKIT_BOUNCES": str(BOUNCES)},
        goals={"bounces": Goal(">=", BOUNCES)},
        only="bounce",
        processes=0,
    ),
    "orders": Part(("tests/unit/agent/control/test_kills.py",), KILLED, {"kills": Figure(KILLS, "kills")}),
    "kit_kills": Part(("tests/journeys/test_kit_kills.py",), KILLED, {"kills": Figure(KILLS, "kills")}),
    "journeys": Part(
        tuple(f"tests/journeys/test_{it}.py" for it in ("power_cuts", "central_kills", "commands", "lock"))
    ),
    "page_kills": Part(("tests/page/test_killed.py",), processes=0),
    "fuzzing": Part(("tests/fuzz/test_fuzz_smoke.py",)),
    "pictures": Part(
        ("tests/fuzz/test_pictures.py",),
        {"PADKIT_PICTURES": str(PICTURES)},
        goals={"pictures": Goal(">=", PICTURES)},
        processes=0,
    ),
}
NAMES = (*PARTS, "outbox")


def main(words: list[str]) -> int:
    """Run the parts that `words` name, or all; 1 when anything was lost or failed."""
    unknown = [word for word in words if word not in NAMES]
    if unknown:
        sys.stderr.write(f"soak: no {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return USAGE
    os.environ["PADKIT_SOAK"] = "1"
    wanted = words or NAMES
    good = True
    for number, name in enumerate(wanted, 1):
        print(f"soak: {name}, {number} of {len(wanted)}", flush=True)
        begun_s = time.monotonic()
        figures = dict(_outbox() if name == "outbox" else _played(PARTS[name]))
        figures["took"] = Figure(time.monotonic() - begun_s, "s")
        good = good and all(it.ok for it in figures.values())
        date = datetime.now(UTC).isoformat(timespec="seconds")
        report.write_part("soak", NAMES, name, figures, this_machine(), date)
        print(report.table(name, Result(figures)), flush=True)
    return 0 if good else 1


def _outbox() -> Mapping[str, Figure]:
    found = outbox.measure().figures
    return {"kills": Figure(KILLS, "kills")} | {name: it for name, it in found.items() if name.endswith("_at_kill")}


def _played(part: Part) -> Mapping[str, Figure]:
    """Run a part's tests, their names on the screen as they end; return how they ended, and the sums of what they recorded."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-v", "-n", str(part.processes), "--timeout", str(TIMEOUT_S)]
        command += ["-o", "junit_family=xunit1", f"--junitxml={told}", "-k", part.only, *part.tests]
        code = subprocess.run(command, cwd=ROOT, env=os.environ | part.words, check=False).returncode
        suite = ElementTree.parse(told).getroot()[0]  # noqa: S314 - our own report
    failed = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    figures = {
        "whole": Figure(float(code in ENDED), "1: it came to its end", Goal("==", 1)),
        "tests": Figure(int(suite.attrib["tests"]), "runs", Goal(">", 0)),
        "failed": Figure(failed, "runs", NONE),
    }
    return {**figures, **part.figures, **_recorded(suite, part.goals)}


def _recorded(suite: ElementTree.Element, goals: Mapping[str, Goal]) -> Mapping[str, Figure]:
    """Figures that tests recorded as ``name`` or ``name [unit]``."""
    sums: dict[str, float] = {}
    for recorded in suite.iterfind("testcase/properties/property"):
        sums[recorded.attrib["name"]] = sums.get(recorded.attrib["name"], 0) + float(recorded.attrib["value"])
    figures = {}
    for text, value in sorted(sums.items()):
        name, _, unit = text.partition(" ")
        figures[name] = Figure(value, unit.strip("[]"), goals.get(name.partition(".")[0]))
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
