"""The decision table of due diligence, whole: whatever is signalled, in whatever order, under whatever weights."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract.diligence import OURS, Level, Weight, level_of, of_answers, of_card, wants_two

GOOD = {"purpose": "crops", "coached": False, "asked_to_lend": False, "own_phone": True, "aware": True}
SIGNALS = st.lists(st.sampled_from(sorted(OURS)), max_size=6)
WEIGHTS = st.dictionaries(st.sampled_from(sorted(OURS)), st.sampled_from([it.value for it in Weight]))
ORDER = [Level.SIMPLIFIED, Level.NORMAL, Level.ENHANCED, Level.REFUSE]


@given(SIGNALS, WEIGHTS, st.sampled_from(["farming", "pension", "salary", "other", ""]))
def test_the_level_is_that_of_the_table(signals: list[str], weights: dict[str, str], purpose: str) -> None:
    counted = [Weight(weights.get(it, OURS[it].value)) for it in signals]
    level = level_of(signals, purpose, {"cdd_signals": weights})
    if Weight.REFUSE in counted:
        assert level is Level.REFUSE
    elif Weight.STRONG in counted or counted.count(Weight.WEAK) >= 2:
        assert level is Level.ENHANCED
    elif Weight.WEAK in counted or purpose not in ("farming", "pension"):
        assert level is Level.NORMAL
    else:
        assert level is Level.SIMPLIFIED


@given(SIGNALS, st.sampled_from(sorted(OURS)), st.sampled_from(["farming", "other"]))
def test_one_more_signal_never_makes_it_less_close(signals: list[str], more: str, purpose: str) -> None:
    before, after = (level_of(it, purpose, {}) for it in (signals, [more, *signals]))
    assert ORDER.index(after) >= ORDER.index(before)
    assert after is level_of([*signals, more], purpose, {})


@pytest.mark.parametrize(
    ("changed", "signals"),
    [
        ({}, ()),
        ({"coached": True}, ("coached",)),
        ({"asked_to_lend": True}, ("asked_to_lend",)),
        ({"own_phone": False}, ("phone_not_own",)),
        ({"aware": False}, ("unaware",)),
        ({"hesitated": [2, 5]}, ("hesitated", "hesitated")),
        ({"declined": [4]}, ("declined",)),
        ({"declined": [], "hesitated": "much"}, ()),
    ],
)
def test_what_an_answer_signals(changed: dict[str, Any], signals: tuple[str, ...]) -> None:
    assert of_answers({**GOOD, **changed}) == signals


@given(st.one_of(st.none(), st.text(), st.lists(st.integers()), st.dictionaries(st.text(), st.integers())))
def test_what_is_no_sheet_signals_nothing_and_breaks_nothing(answers: object) -> None:
    assert of_answers(answers) in ((), ("declined",))


def test_a_young_card_and_one_of_elsewhere_are_signals_unless_the_policy_says_otherwise() -> None:
    card = {"cert_start": "2026-11-10", "cert_no": "110101199003071234"}
    here = {"cdd_home_areas": ["22"]}
    assert of_card(card, "2026-11-22", here) == ("new_id", "away")
    assert of_card(card, "2027-01-22", here) == ("away",)
    assert of_card(card, "2026-11-22", {"cdd_new_id_days": 5}) == ()
    assert of_card({**card, "cdd_answers": {"local_reason": "works here"}}, "2027-01-22", here) == ()
    assert of_card({"cert_start": "长期"}, "2026-11-22", here) == ()


def test_two_approve_what_the_kit_calls_enhanced_and_what_its_own_answers_make_so() -> None:
    calm = {"cdd_answers": GOOD, "open_purpose": "farming", "cdd_level": "simplified"}
    assert not wants_two(calm, (), "2026-11-22", {})
    assert wants_two({**calm, "cdd_level": "enhanced"}, (), "2026-11-22", {})
    assert wants_two({**calm, "cdd_answers": {**GOOD, "asked_to_lend": True}}, (), "2026-11-22", {})
    assert wants_two(calm, ("gray_list",), "2026-11-22", {})
