"""The lesson "your first plugin" is done here to the letter: its files are written, its commands are run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

LESSON = Path(__file__).parents[2] / "docs" / "tutorials" / "first-plugin.md"
FILE = re.compile(r"^\*\*([\w./\\-]+)\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.+)$", re.MULTILINE)
SUMMARY = re.compile(r"^promises  .+$", re.MULTILINE)
PLUGIN = ("padkit_dx1/protocol.py", "padkit_dx1/driver.py", "padkit_dx1/plugin.py", "pyproject.toml")
SMALL = 200  # lines of a whole plugin for a simple device
LIMIT_S = 60


def lesson():
    return LESSON.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    """The folder of somebody who has followed the lesson."""
    for name, text in FILE.findall(lesson()):
        path = tmp_path / name.replace("\\", "")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def command_with(words):
    (command,) = [line for line in COMMAND.findall(lesson()) if words in line]
    program, *arguments = shlex.split(command)
    assert program == "python"
    return [sys.executable, *arguments]


def environment():
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("PADKIT_", "PYTEST_"))}
    return {**ours, "PYTHONDONTWRITEBYTECODE": "1"}


def follow(folder, words):
    ended = subprocess.run(
        command_with(words),
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def toy(folder):
    """The second terminal."""
    toy = subprocess.Popen(command_with("toy_dx1.py"), cwd=folder, stdout=subprocess.PIPE, env=environment())
    while toy.poll() is None and not (folder / "port").is_symlink():
        os.sched_yield()
    assert toy.poll() is None
    yield folder
    toy.kill()
    toy.communicate()


def test_the_codec_passes_the_lessons_own_tests(folder):
    code, said = follow(folder, "test_protocol.py")
    assert code == 0, said


def test_the_driver_keeps_its_promises_and_the_report_is_the_one_shown(toy):
    code, said = follow(toy, "padkit_sdk.conformance")
    assert code == 0, said
    (shown,), (got,) = SUMMARY.findall(lesson()), SUMMARY.findall(said)
    assert got == shown


def test_the_driver_that_looks_no_more_is_caught_as_the_lesson_says(toy):
    driver = toy / "padkit_dx1" / "driver.py"
    text = driver.read_text(encoding="utf-8")
    start = text.index("        if seen.card is CardPlace.NONE:\n")
    end = text.index("        if seen.card is PLACES")
    driver.write_text(text[:start] + text[end:], encoding="utf-8")
    code, said = follow(toy, "padkit_sdk.conformance")
    assert code == 1, said
    assert "step      move to GATE with an empty path" in said
    assert "expected  Refused box.no_card" in said


def test_manifest_and_entry_point_agree(folder):
    manifest = tomllib.loads((folder / "padkit_dx1" / "padkit-plugin.toml").read_text(encoding="utf-8"))
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["padkit.plugins"] == {manifest["name"]: manifest["module"]}
    assert project["project"]["version"] == manifest["version"]


def test_a_whole_plugin_is_small(folder):
    lines = sum(len((folder / name).read_text(encoding="utf-8").splitlines()) for name in PLUGIN)
    assert lines <= SMALL
