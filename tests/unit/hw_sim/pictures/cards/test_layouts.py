"""The layouts are those of the reference page, and nothing stands where something else does."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from padkit_sim.pictures.cards.layouts import CORNER_MM, HIGH_MM, KINDS, LAYOUTS, WIDE_MM, Line

PAGE = Path(__file__).parents[5] / "docs" / "reference" / "document-layouts.md"
SECTIONS = dict(re.findall(r"^## [^\n]+\(`(\w+)`\)\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S))


def rows(kind: str, header: str) -> list[tuple[str, Line]]:
    table = SECTIONS[kind].split(f"| {header} |", 1)[1].split("\n\n")[0]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
    found = []
    for name, _, x, y, x_end, size, *more in cells:
        lines, pitch = more or ("1", "")
        found.append((name, Line(float(x), float(y), float(x_end), float(size), int(lines or 1), float(pitch or 0))))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_is_drawn(kind: str) -> None:
    layout = LAYOUTS[kind]
    assert rows(kind, "Label") == [(name, line) for name, (_, line) in layout.labels.items()]
    names = [name.partition(".")[0] if kind == "bank_card" else name for name in layout.values]
    assert rows(kind, "Value") == list(zip(names, layout.values.values(), strict=True))
    said = " ".join(SECTIONS["id_front" if kind.startswith("hmt") else kind].split())
    for left, top, right, bottom in filter(None, (layout.portrait, layout.ring)):
        assert f"from ({left}, {top}) to ({right}, {bottom})" in said


def test_the_card_has_the_size_of_the_norm() -> None:
    assert (WIDE_MM, HIGH_MM) == (85.60, 53.98)
    assert 2.88 <= CORNER_MM <= 3.48


@pytest.mark.parametrize("kind", KINDS)
def test_lines_stand_inside_the_card_and_apart(kind: str) -> None:
    layout = LAYOUTS[kind]
    values = [line for name, line in layout.values.items() if name != "number.flat"]
    boxes = [box(line) for line in (*values, *(line for _, line in layout.labels.values()))]
    boxes += [whole for whole in (layout.portrait, layout.ring, layout.mark) if whole]
    for left, top, right, bottom in boxes:
        assert 0 < left < right < WIDE_MM
        assert 0 < top < bottom < HIGH_MM
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (one, other)


def box(line: Line) -> tuple[float, float, float, float]:
    half = line.size / 2
    return line.x, line.y - half, line.x_end, line.y + half + (line.lines - 1) * line.pitch
