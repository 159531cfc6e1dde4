"""The shell completes the commands of our programs in the way that the reference shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
SHOWN = re.findall(r'eval "\$\((\w+)=bash_source (padkit-\w+)\)"', PAGE.read_text(encoding="utf-8"))


def answered(program: str, environment: dict[str, str]) -> str:
    path = Path(sys.executable).parent / program
    return subprocess.run([path], env=os.environ | environment, capture_output=True, text=True, check=True).stdout


def test_all_programs_are_shown() -> None:
    assert [program for _, program in SHOWN] == ["padkit-agent", "padkit-central", "padkit-sim", "padkit-vision"]


@pytest.mark.parametrize(("variable", "program"), SHOWN)
def test_the_shell_gets_its_function_and_every_command(variable: str, program: str) -> None:
    assert program in answered(program, {variable: "bash_source"})
    words = {variable: "bash_complete", "COMP_WORDS": f"{program} ", "COMP_CWORD": "1"}
    offered = {line.removeprefix("plain,") for line in answered(program, words).split()}
    named = re.findall(rf"^\| `{program} ([a-z-]+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert offered == set(named)
