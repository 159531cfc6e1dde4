from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from padkit_sim.compare.report import Report
from padkit_sim.compare.rules import Problem, Remark

World = Any  # the helper of conftest.py


def problems(report: Report) -> dict[str, tuple[Problem, ...]]:
    return {row.met.voucher: row.problems for row in report.rows if row.problems}


def set_kit(voucher: int, state: str) -> Callable[[World], object]:
    return lambda world: world.kit["cards"][voucher - 1].update(state=state)


def set_central(voucher: int, **values: str) -> Callable[[World], object]:
    return lambda world: world.central["cards"][voucher - 1].update(values)


def set_box(voucher: int, place: str) -> Callable[[World], object]:
    return lambda world: world.box_cards[voucher - 1].update(place=place)


def set_core(account: int, state: str) -> Callable[[World], object]:
    return lambda world: world.core["accounts"][account].update(state=state)


def test_the_end_of_the_demo_agrees(world: World) -> None:
    report = world.compared()
    assert report.agrees
    assert [row.met.voucher for row in report.rows] == [f"{n:06d}" for n in range(1, 7)]


@pytest.mark.parametrize(
    ("spoil", "voucher", "problem"),
    [
        (set_kit(1, "captured"), "000001", Problem.PLACE),
        (set_kit(3, "captured"), "000003", Problem.CENTRAL),
        (set_kit(5, "staged"), "000005", Problem.PLACE),
        (set_kit(4, "missing"), "000004", Problem.NOT_BLOCKED),
        (set_central(1, state="issued"), "000001", Problem.CENTRAL),
        (set_central(4, state="void_pending"), "000004", Problem.CENTRAL),
        (set_central(6, state="handed_over"), "000006", Problem.CENTRAL),
        (set_central(2, card_no="6299999999999999999"), "000002", Problem.CENTRAL_NUMBER),
        (lambda world: world.central["cards"].pop(1), "000002", Problem.CENTRAL),
        (lambda world: world.central["submissions"].pop(1), "000002", Problem.UNSENT),
        (lambda world: world.central["submissions"][0].update(state="refused"), "000001", Problem.REFUSED_LIVE),
        (lambda world: world.central["submissions"][0].update(state="sent"), "000001", Problem.UNDECIDED),
        (lambda world: world.central["submissions"][0].update(attempt=2), "000001", Problem.UNSENT),
        (set_core(0, "reversed"), "000001", Problem.CORE),
        (set_core(1, "closed"), "000002", Problem.CORE),
        (set_core(2, "live"), "000003", Problem.CORE),
        (lambda world: world.core["accounts"].pop(0), "000001", Problem.CORE),
        (lambda world: world.core["accounts"].pop(2), "000003", Problem.NO_ACCOUNT),
        (lambda world: world.core["blocked"].append({"card_no": "6200000000000000001"}), "000001", Problem.CORE),
        (set_box(1, "bin"), "000001", Problem.PLACE),
        (set_box(2, "out"), "000002", Problem.PLACE),
        (set_box(3, "hand"), "000003", Problem.PLACE),
        (set_box(4, "hopper"), "000004", Problem.PLACE),
        (set_box(5, "path"), "000005", Problem.PLACE),
        (set_box(6, "gate"), "000006", Problem.PLACE),
        (lambda world: world.box_cards.pop(0), "000001", Problem.PLACE),
    ],
)
def test_one_witness_changed_is_a_difference_that_names_the_card(
    world: World, spoil: Callable[[World], object], voucher: str, problem: Problem
) -> None:
    report = world.spoilt(spoil).compared()
    assert not report.agrees
    assert problem in problems(report)[voucher]
    assert problems(report).keys() <= {voucher, ""}


def test_a_card_in_the_box_that_no_book_has_is_a_difference(world: World) -> None:
    world.box_cards.append({"pan": "6288888888888888888", "serial": "999999", "place": "bin"})
    assert problems(world.compared()) == {"999999": (Problem.STRANGER,)}


def test_an_account_for_a_card_that_nobody_knows_is_a_difference(world: World) -> None:
    world.core["accounts"].append({"card_no": "6288888888888888888", "state": "live", "serial": "S9", "attempt": 1})
    assert problems(world.compared()) == {"": (Problem.STRANGER, Problem.UNSENT)}


def test_a_card_that_only_central_has_is_a_difference(world: World) -> None:
    world.central["cards"].append({"voucher": "000009", "card_no": "6288888888888888888", "state": "loaded"})
    assert problems(world.compared()) == {"000009": (Problem.CENTRAL,)}


def test_a_foreign_card_in_a_case_agrees_and_is_remarked(empty: World) -> None:
    empty.add("000001", "bin", "captured", case=True)
    empty.box_cards[0]["pan"] = "9999110000000000000"
    report = empty.compared()
    assert report.agrees
    assert report.rows[0].remarks == (Remark.FOREIGN,)


@pytest.mark.parametrize("opened", [False, True])
def test_a_foreign_card_without_a_case_or_with_an_account_is_a_difference(empty: World, *, opened: bool) -> None:
    empty.add("000001", "bin", "captured", case=opened)
    empty.box_cards[0]["pan"] = "9999110000000000000"
    if opened:
        empty.core["accounts"].append({"card_no": "9999110000000000000", "state": "live"})
    assert problems(empty.compared())["000001"] == (Problem.FOREIGN,)


def test_a_card_that_left_without_an_account_is_found_and_blocked(empty: World) -> None:
    empty.add("000001", "out", "missing", blocked=True, case=True)
    report = empty.compared()
    assert report.agrees
    assert report.rows[0].remarks == (Remark.FOUND_AND_BLOCKED,)


def test_a_block_ordered_by_central_is_no_opening_without_an_account(empty: World) -> None:
    empty.add("000001", "bin", "captured", blocked=True)
    empty.central["submissions"].append(
        {"serial": "B1", "attempt": 1, "state": "ok", "card_no": "6200000000000000001", "service": "CARD.BLOCK"}
    )
    assert empty.compared().agrees


def test_a_yes_that_the_core_forgot_is_a_difference(empty: World) -> None:
    empty.add("000001", "bin", "captured")
    empty.central["submissions"].append({"serial": "S1", "attempt": 1, "state": "ok", "card_no": "6200000000000000001"})
    assert problems(empty.compared()) == {"000001": (Problem.NO_ACCOUNT,)}


def test_an_undecided_submission_is_excused_by_its_flow(empty: World) -> None:
    empty.add("000001", "path", "reserved", "live", flow=True)
    empty.central["submissions"][0]["state"] = "unknown"
    assert empty.compared().agrees


def test_a_case_that_central_does_not_have_is_a_difference(empty: World) -> None:
    empty.add("000001", "path", "staged", case=True)
    empty.central["cases"].clear()
    report = empty.compared()
    assert not report.agrees
    assert [case.id for case in report.lost_cases] == ["case-000001"]
    assert problems(report) == {}


def test_cases_of_central_alone_are_its_own_business(world: World) -> None:
    world.central["cases"].append({"id": "central-1", "voucher": "", "reason": "late"})
    assert world.compared().agrees


def test_an_uneven_count_alone_is_a_difference(empty: World) -> None:
    empty.add("000001", "hopper", "loaded").add("000002", "hand", "handed_over", "live")
    report = empty.compared()
    assert all(row.agrees for row in report.rows)
    assert not report.agrees


def test_what_waits_in_the_outbox_is_told(world: World) -> None:
    world.kit["outbox"]["unsent"] = 3
    assert world.compared().unsent == 3
