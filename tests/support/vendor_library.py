"""The fake vendor's library, built once for a test session; each test gets its own copy, so restart budgets do not meet."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parent / "vendor" / "fake_vendor.c"
FILE = "libmtx.so"


def build(folder: Path) -> Path:
    """Compile the library; ask for the fixture `gcc` before."""
    built = folder / FILE
    subprocess.run(["gcc", "-shared", "-fPIC", "-O0", "-w", "-o", str(built), str(SOURCE)], check=True)
    return built


def installed(built: Path, folder: Path) -> Path:
    """A copy in a folder as an agent wants it."""
    folder.mkdir(mode=0o755)
    copy = Path(shutil.copy(built, folder / FILE))
    copy.chmod(0o644)
    return copy
