"""Lines of a whole-picture reader held against a label, generously: nothing counts against it but a misreading.

The label's own places are given to it: a field is right when its text, without blanks and marks, stands in the text of the
lines that lie over the field's true place, joined from top to bottom. Printed words in the same line do no harm; a date is
looked for as it is printed. Ours has no such help: its typed fields must be equal to the label's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

Corners = Sequence[Sequence[float]]
Line = tuple[Corners, str]
MARKS = re.compile(r"[\s.,:;·•・\-–—/|年月日,。、:;()()]+")
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def right_fields(label: Mapping[str, Any], lines: Sequence[Line]) -> dict[str, bool]:
    """Return for each labelled field whether the lines hold it."""
    boxes: Mapping[str, Corners] = label.get("boxes", {})
    return {name: _holds(text, boxes.get(name), lines) for name, text in label["fields"].items()}


def _holds(text: str, box: Corners | None, lines: Sequence[Line]) -> bool:
    near = [line for line in lines if box is None or _over(line[0], box)]
    near.sort(key=lambda line: (round(_middle(line[0])[1] / 12), _middle(line[0])[0]))
    got = _bare("".join(words for _, words in near))
    return any(_bare(form) in got for form in _forms(text))


def _forms(text: str) -> tuple[str, ...]:
    """A date as cards print it: with and without leading noughts."""
    found = DATE.fullmatch(text)
    if found is None:
        return (text,)
    year, month, day = found.groups()
    return f"{year}{month}{day}", f"{year}{int(month)}{int(day)}"


def _bare(text: str) -> str:
    return MARKS.sub("", unicodedata.normalize("NFKC", text)).upper()


def _over(line: Corners, box: Corners) -> bool:
    """Whether the two upright frames overlap."""
    left, top, right, bottom = _frame(line)
    from_x, from_y, to_x, to_y = _frame(box)
    return left < to_x and right > from_x and top < to_y and bottom > from_y


def _frame(corners: Corners) -> tuple[float, float, float, float]:
    xs, ys = [it[0] for it in corners], [it[1] for it in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _middle(corners: Corners) -> tuple[float, float]:
    left, top, right, bottom = _frame(corners)
    return (left + right) / 2, (top + bottom) / 2
