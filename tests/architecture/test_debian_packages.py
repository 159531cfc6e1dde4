"""The page of Debian packages says what the list says."""

from __future__ import annotations

import re
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def test_every_debian_package_has_its_line_and_no_other_has():
    listed = (HOUSE / "requirements" / "debian.txt").read_text(encoding="utf-8").splitlines()
    page = (HOUSE / "docs" / "reference" / "debian-packages.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\S+)` \| .+ \| .+ \| .+ \|$", page, re.MULTILINE)
    assert rows == [line.partition("#")[0].strip() for line in listed if line.strip()]
