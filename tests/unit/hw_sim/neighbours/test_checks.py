"""The core mock's checks of a customer."""

from __future__ import annotations

import msgspec
import pytest

from padkit_sim.neighbours.books import Books
from padkit_sim.neighbours.checks import FINDINGS, Check, CheckRequest, Checks, SetCheck, parse_check
from padkit_sim.neighbours.txn import CoreRefusal

BOOKS = Books()
ASKED = CheckRequest(Check.CIP, "demo", "S1", {"name": "TEST ONLY", "acct_class": "I"})


@pytest.mark.parametrize("check", list(Check))
def test_all_is_well_until_it_is_told_otherwise(check: Check) -> None:
    checks = Checks()
    asked = msgspec.structs.replace(ASKED, check=check)
    for finding in FINDINGS[check][::-1]:
        checks.tell(SetCheck(check, finding))
        found = checks.find(asked, BOOKS)
        assert found is not None
        assert found.finding == finding
    usual = "no_such_card" if check is Check.CARD_STATE else FINDINGS[check][0]
    assert Checks().find(asked, BOOKS).finding == usual  # type: ignore[union-attr]


def test_each_look_has_a_serial_of_its_own() -> None:
    checks = Checks()
    assert len({checks.find(ASKED, BOOKS).system_serial for _ in range(3)}) == 3  # type: ignore[union-attr]


def test_one_that_is_down_finds_nothing() -> None:
    checks = Checks()
    checks.tell(SetCheck(Check.CIP, "down"))
    assert checks.find(ASKED, BOOKS) is None


def test_a_finding_that_it_cannot_make_is_refused() -> None:
    with pytest.raises(ValueError, match="say one of consistent"):
        Checks().tell(SetCheck(Check.CIP, "hit"))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"check":"shoe"}', b"x" * 70_000, b"[" * 5000])
def test_what_is_no_question_is_refused(raw: bytes) -> None:
    with pytest.raises(CoreRefusal):
        parse_check(raw)


def test_the_limit_is_that_of_class_one() -> None:
    checks = Checks()
    checks.tell(SetCheck(Check.ACCOUNT_COUNT, "over"))
    asked = [CheckRequest(Check.ACCOUNT_COUNT, "demo", "S1", {"acct_class": it}) for it in ("I", "II")]
    assert [checks.find(it, BOOKS).finding for it in asked] == ["over", "within"]  # type: ignore[union-attr]
