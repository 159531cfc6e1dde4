"""The report of a run: what it says of each promise, and the page made of it."""

from __future__ import annotations

import msgspec
import pytest

from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import Promise
from padkit_sdk.conformance.report import Case, Subject, asked, counts, make_report, told
from padkit_sdk.conformance.report_html import page
from padkit_sdk.conformance.tiers import Evidence

BROKEN = """broken promise: `move` to BIN raises the counter.
  device    CRT-591 at /dev/ttyUSB0 (CDB-0001)
  step      move to BIN
  expected  no card left the hopper
  got       card 000002 did"""
SIMULATED = Evidence(hardware=False, why_not_hardware="the hands are the simulator's")
LIFE = Promise("device", "It lives.", False, frozenset(), frozenset())
TROUBLE = Promise("device", "It <survives>.", False, frozenset({Power.ARM_FAULTS}), frozenset())


def case(outcome="kept", **words):
    return Case(test="test_it", outcome=outcome, seconds=0.1, **words)


def subject(version="1.0"):
    return Subject(
        device="D at /dev/x", model="D", serial="", firmware="", driver="d", version=version, driver_model="D",
        ports=("device",), hands="simulator",
    )  # fmt: skip


def report(*promises, earlier=None, version="1.0"):
    return make_report(subject(version), SIMULATED, promises, earlier or {}, "2026-01-01T00:00:00+00:00")


def test_a_broken_promise_is_taken_apart():
    assert told(BROKEN) == {
        "device": "CRT-591 at /dev/ttyUSB0 (CDB-0001)",
        "step": "move to BIN",
        "expected": "no card left the hopper",
        "got": "card 000002 did",
    }


def test_a_text_that_is_no_broken_promise_says_nothing():
    assert told("Traceback: something else") == {}


@pytest.mark.parametrize(
    ("cases", "why", "whole", "outcome"),
    [
        ([case()], "", True, "kept"),
        ([case(), case("broken")], "", True, "broken"),
        ([case()], "", False, "not run"),
        ([case("broken")], "", False, "broken"),
        ([], "nobody is there", True, "not asked"),
        ([], "", True, "not run"),
        ([], "", False, "not run"),
    ],
)
def test_an_outcome_follows_from_all_cases(cases, why, whole, outcome):
    assert asked(LIFE, cases, why, whole=whole).outcome == outcome


def test_the_report_names_tier_rules_and_needs_and_survives_json():
    made = report(asked(LIFE, [case()], ""), asked(TROUBLE, [], "it needs a simulator"))
    assert made.tier == "bronze"
    assert [it.needs for it in made.promises] == [[], ["ARM_FAULTS"]]
    assert counts(made.promises)["kept"] == 1
    again = msgspec.json.decode(msgspec.json.encode(made), type=type(made))
    assert (again.tier, again.promises[1].why) == ("bronze", "it needs a simulator")


def test_an_earlier_report_adds_what_this_run_could_not_ask():
    before = report(asked(LIFE, [case()], ""), asked(TROUBLE, [case()], ""))
    now = report(asked(LIFE, [case()], ""), asked(TROUBLE, [], "nobody"), earlier={"before.json": before})
    assert (now.tier, now.earlier) == ("silver", ("before.json",))


def test_an_earlier_report_of_another_version_is_refused():
    with pytest.raises(ValueError, match=r"before.json: is about d 1.0 D, this run about d 2.0 D"):
        report(earlier={"before.json": report()}, version="2.0")


def test_the_page_shows_tier_lacks_and_what_broke_and_is_escaped():
    broken = case("broken", **told(BROKEN))
    shown = page(report(asked(LIFE, [broken], ""), asked(TROUBLE, [case()], "")))
    for words in ("none", "no card left the hopper", "card 000002 did", "move to BIN", "It &lt;survives&gt;."):
        assert words in shown
    assert "<survives>" not in shown
    assert "http" not in shown
