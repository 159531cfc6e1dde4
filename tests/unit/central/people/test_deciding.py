"""Which user may decide: role, state, level and the line of who reports to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_central.people import check_decides
from padkit_central.store import UserRole, UserRow
from padkit_contract.errors import Invalid


def user(name: str, above: str = "", level: int = 4) -> UserRow:
    return UserRow("demo", name.casefold(), name, UserRole.AUTHORISER, level, above)


def code_of(users: list[UserRow], who: str = "ann", risk: str = "R4") -> str:
    try:
        check_decides(users, who, ("Wu Lei",), risk)
    except Invalid as exc:
        return exc.reason
    return ""


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("risk", ["R1", "R2", "R3", "R4", "R5", "", "4"])
def test_a_level_decides_up_to_its_risk_and_nothing_that_is_none(level: int, risk: str) -> None:
    fits = risk in {f"R{n}" for n in range(1, level + 1)}
    assert code_of([user("ann", level=level)], risk=risk) == ("" if fits else "auth.level")


def test_reports_are_followed_through_people_without_case_and_signs_and_a_circle_ends() -> None:
    line = [user("ann", "Bob"), user("bob", "CID"), user("cid", "wu.lei")]
    assert [code_of(line, it) for it in ("ann", "bob", "Cid")] == ["auth.reports_to"] * 3
    assert code_of([user("ann", "bob"), user("bob", "ann")]) == ""
    assert code_of([user("ann", "somebody")]) == ""


def test_standing_comes_first() -> None:
    assert code_of([]) == "auth.no_user"
    assert code_of([replace(user("ann"), disabled=True)]) == "auth.disabled"
    assert code_of([replace(user("ann"), role=UserRole.MANAGER)]) == "auth.role"
