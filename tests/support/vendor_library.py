"""The fake vendor's library, built once for a test session; each test gets its own copy, so restart budgets do not meet."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parent / "vendor" / "fake_vendor.c"
FILE = "libmtx.so"


class FileLink:
    """See `LibraryLink`: whatever file it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False

    @property
    def number(self) -> tuple[int, int]:
        seen = self.path.stat()
        return seen.st_dev, seen.st_ino

    async def close(self) -> None:
        self.closed = True


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
