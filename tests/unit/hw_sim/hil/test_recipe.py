"""The recipe "test your program in CI" is done here to the letter: its files are written, its tests are run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

RECIPE = Path(__file__).parents[4] / "docs" / "how-to" / "test-your-device-in-ci.md"
FILE = re.compile(r"^\*\*([\w.]+)\*\*.*?^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIMIT_S = 100


def test_the_recipes_files_make_a_run_that_passes(tmp_path):
    files = FILE.findall(RECIPE.read_text(encoding="utf-8"))
    assert [name for name, _ in files] == ["pyproject.toml", "ours.kit.toml", "conftest.py", "test_ours.py"]
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PADKIT_", "PYTEST_"))}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "padkit_sim.pytest_plugin", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=kept,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "3 passed" in ended.stdout
