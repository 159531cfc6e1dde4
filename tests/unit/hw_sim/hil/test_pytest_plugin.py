"""The fixture `kit` as a hardware team uses it: a small project of theirs, run by pytest in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

PROJECT = Path(__file__).parent / "project"
LIMIT_S = 100


@dataclass(frozen=True)
class Ran:
    """How a run of the project ended."""

    code: int
    said: str
    cases: dict[str, ElementTree.Element]

    def properties(self, test):
        return [(it.get("name"), it.get("value")) for it in self.cases[test].iter("property")]


def run_project(folder, *options):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PADKIT_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "padkit_sim.pytest_plugin", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [*command, "-c", os.devnull, f"--rootdir={PROJECT}", "--basetemp", str(folder / "tmp"), *options],
        cwd=PROJECT,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    junit = folder / "junit.xml"
    cases = {}
    if junit.exists():
        cases = {it.get("name"): it for it in ElementTree.parse(junit).getroot().iter("testcase")}
    return Ran(ended.returncode, ended.stdout + ended.stderr, cases)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The whole project, once."""
    folder = tmp_path_factory.mktemp("ran")
    junit = f"--junitxml={folder / 'junit.xml'}"
    return run_project(folder, junit, "--kit-speed=50", "--kit-seed=11", "-o", "junit_family=xunit1", "test_ours.py")


GOOD = re.findall(r"^def (test_\w+)", (PROJECT / "test_ours.py").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("test", GOOD)
def test_each_test_of_the_project_passes(ran, test):
    assert test in ran.cases, ran.said
    assert not list(ran.cases[test].iter("failure")) + list(ran.cases[test].iter("error")), ran.said


def test_nothing_else_was_said(ran):
    assert ran.code == 0, ran.said


def test_junit_names_kit_seed_speed_and_each_strike_of_a_fault(ran):
    properties = ran.properties("test_a_fault_by_count")
    assert properties[:3] == [("kit", "demo"), ("kit_seed", "11"), ("kit_speed", "50.0")]
    assert properties.count(("kit_fault", "link.flip_bcc #1 box")) == 2


def test_the_marker_wins_over_the_options(ran):
    assert ran.properties("test_the_marker_names_kit_speed_and_seed")[:3] == [
        ("kit", "small"),
        ("kit_seed", "3"),
        ("kit_speed", "200.0"),
    ]


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """The tests that fail on purpose, once."""
    return run_project(tmp_path_factory.mktemp("failed"), "test_theirs.py", "-s")


def test_a_failure_shows_the_last_frames_of_each_device_that_spoke(failed):
    assert failed.code == 1
    assert "kit: box, its last frames" in failed.said
    assert "> F2 00 00 03 43 31 30 03 B0" in failed.said
    assert "kit: reader, its last frames" in failed.said


@pytest.mark.parametrize(
    "told",
    [
        "kit 'nobody' is neither a file nor shipped",
        "the marker is kit(name, speed=None, seed=None)",
        "ended during the test",
    ],
)
def test_a_kit_that_does_not_stand_is_an_error_that_says_why(failed, told):
    assert told in failed.said


def test_no_kit_outlives_its_test(failed):
    pids = re.findall(r"^kit_pid=([0-9]+)$", failed.said, re.MULTILINE)
    assert len(pids) == 3
    assert not any(Path("/proc", pid).exists() for pid in pids)
