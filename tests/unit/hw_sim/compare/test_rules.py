from __future__ import annotations

import itertools

import pytest

from padkit_contract.messages import CardState
from padkit_sim.compare.rules import (
    RULES,
    Core,
    Need,
    Place,
    Problem,
    Remark,
    Rule,
    Sent,
    Story,
    Verdict,
    judge,
    sorted_state,
)

EXCUSES = [(False, False), (True, False), (False, True), (True, True)]
GOOD_ENOUGH = {
    Need.NOTHING: EXCUSES,
    Need.FLOW: [(True, False), (True, True)],
    Need.FLOW_OR_CASE: EXCUSES[1:],
    Need.CASE: [(False, True), (True, True)],
}
STORIES = [
    (rule, place, kit, core)
    for rule in RULES
    for place, kit, core in itertools.product(
        sorted(rule.places, key=str), sorted(rule.kit, key=str), sorted(rule.core, key=str)
    )
]
TELLABLE = {(place, kit, core) for _, place, kit, core in STORIES}


@pytest.mark.parametrize(("rule", "place", "kit", "core"), STORIES)
def test_a_story_of_the_table_agrees_exactly_when_it_is_excused(
    rule: Rule, place: Place, kit: CardState, core: Core
) -> None:
    for in_flow, in_case in EXCUSES:
        verdict = judge(Story(place, kit, core, in_flow, in_case))
        if (in_flow, in_case) in GOOD_ENOUGH[rule.need]:
            assert verdict.problems == ()
        else:
            assert verdict == Verdict((Problem.UNEXCUSED,))


@pytest.mark.parametrize(("place", "kit"), list(itertools.product(Place, CardState)))
def test_every_other_story_is_a_difference(place: Place, kit: CardState) -> None:
    for core in Core:
        if (place, kit, core) not in TELLABLE:
            assert judge(Story(place, kit, core, in_flow=True, in_case=True)).problems


def story(place: str, kit: str, core: str, *, flow: bool = False, case: bool = False) -> Verdict:
    return judge(Story(Place(place), CardState(kit), Core(core), flow, case))


@pytest.mark.parametrize(
    ("place", "kit", "core"),
    [
        ("hopper", "loaded", "none"),
        ("hand", "handed_over", "live"),
        ("bin", "captured", "none"),
        ("bin", "captured", "reversed"),
        ("bin", "captured", "blocked"),
        ("bin", "void_pending", "reversed"),
        ("bin", "void_pending", "closed"),
    ],
)
def test_a_card_at_rest_needs_no_excuse(place: str, kit: str, core: str) -> None:
    assert story(place, kit, core) == Verdict()


@pytest.mark.parametrize(
    ("place", "kit", "core"),
    [
        ("path", "staged", "none"),
        ("path", "reserved", "none"),
        ("path", "reserved", "live"),
        ("path", "issued", "live"),
        ("gate", "issued", "live"),
        ("hand", "issued", "live"),
        ("bin", "captured_live", "live"),
    ],
)
def test_a_card_between_two_places_needs_an_open_flow_or_a_case(place: str, kit: str, core: str) -> None:
    assert story(place, kit, core, flow=True).remarks == (Remark.UNDER_WAY,)
    assert story(place, kit, core, case=True).remarks == (Remark.IN_CASE,)
    assert story(place, kit, core).problems == (Problem.UNEXCUSED,)


def test_a_reversal_that_the_kit_has_not_heard_of_needs_its_flow() -> None:
    assert story("bin", "captured_live", "reversed", flow=True).remarks == (Remark.UNDER_WAY,)
    assert story("bin", "captured_live", "reversed", case=True).problems == (Problem.UNEXCUSED,)


@pytest.mark.parametrize("place", ["path", "gate", "hand", "bin", "out", "absent"])
@pytest.mark.parametrize("core", ["blocked", "blocked_live", "blocked_dead"])
def test_a_missing_card_is_found_when_it_is_blocked_and_in_a_case(place: str, core: str) -> None:
    assert story(place, "missing", core, case=True) == Verdict((), (Remark.FOUND_AND_BLOCKED,))
    assert story(place, "missing", core).problems == (Problem.UNEXCUSED,)


@pytest.mark.parametrize("core", ["none", "live", "reversed", "closed"])
def test_a_missing_card_that_is_not_blocked_is_the_worst_difference(core: str) -> None:
    assert story("out", "missing", core, case=True).problems == (Problem.NOT_BLOCKED,)


@pytest.mark.parametrize("place", ["hand", "out"])
@pytest.mark.parametrize("kit", ["loaded", "staged", "reserved", "captured"])
def test_a_card_that_left_without_an_account_must_be_booked_missing(place: str, kit: str) -> None:
    assert story(place, kit, "none", case=True).problems == (Problem.PLACE,)


@pytest.mark.parametrize(
    ("place", "kit", "core"),
    [("hand", "handed_over", "none"), ("bin", "captured", "live"), ("hopper", "loaded", "live")],
)
def test_an_account_that_does_not_go_with_the_card_is_the_cores_difference(place: str, kit: str, core: str) -> None:
    assert story(place, kit, core).problems == (Problem.CORE,)


@pytest.mark.parametrize(
    ("state", "sent"),
    [
        ("ok", Sent.YES),
        ("refused", Sent.NO),
        ("not_executed", Sent.NO),
        ("invalid", Sent.NO),
        ("not_found", Sent.NO),
        ("sent", Sent.OPEN),
        ("unknown", Sent.OPEN),
        ("processing", Sent.OPEN),
    ],
)
def test_submissions_are_sorted_by_what_they_claim(state: str, sent: Sent) -> None:
    assert sorted_state(state) is sent
