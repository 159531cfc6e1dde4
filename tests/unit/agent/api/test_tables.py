"""Tables of the command line, cell by cell."""

from __future__ import annotations

import pytest

from padkit_agent.api.tables import cell, lines


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (False, ""),
        (True, "yes"),
        ([], ""),
        (3, "3"),
        ({"code": "device.swapped", "message": "box: another adapter"}, "box: another adapter"),
        (["pin", "entered", "stop"], "pin: entered | stop"),
    ],
)
def test_a_cell_reads_as_a_person_would_say_it(value: object, text: str) -> None:
    assert cell(value) == text


def test_columns_line_up_and_nothing_trails() -> None:
    rows = [{"device": "box", "state": "ready"}, {"device": "reader", "state": None}]
    assert list(lines(rows, ("device", "state"))) == ["device  state", "box     ready", "reader"]


def test_no_rows_leave_the_heading() -> None:
    assert list(lines([], ("id", "reason"))) == ["id  reason"]
