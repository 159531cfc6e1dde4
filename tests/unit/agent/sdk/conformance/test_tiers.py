"""The tier follows from results alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from padkit_sdk.conformance.promise import Kind
from padkit_sdk.conformance.tiers import RULES, Evidence, Finding, Tier, judge, tier_of

PAGE = Path(__file__).parents[5] / "docs" / "reference" / "conformance.md"
KINDS = {("p", "lives"): "life", ("p", "survives"): "trouble", ("p", "endures"): "endurance"}
SIMULATED = Evidence(hardware=False, why_not_hardware="the hands are the simulator's")
REAL = Evidence(hardware=True)
TRACED = Evidence(hardware=True, trace="t.jsonl", trace_sha256="00", trace_frames=9)


def run(*, lives="kept", survives="kept", endures="kept", lacking=(), evidence=SIMULATED):
    outcomes = dict(zip(KINDS, (lives, survives, endures), strict=True))
    return Finding(outcomes, KINDS, frozenset(("p", it) for it in lacking), evidence)


def tier(*runs):
    return tier_of(judge(runs))


@pytest.mark.parametrize(
    ("runs", "reached"),
    [
        ([run(lives="not run")], Tier.NONE),
        ([run(lives="not asked", survives="not asked")], Tier.NONE),
        ([run(lives="not asked", lacking=["lives"])], Tier.SILVER),
        ([run(survives="not asked")], Tier.BRONZE),
        ([run(survives="broken")], Tier.NONE),
        ([run(endures="broken")], Tier.NONE),
        ([run()], Tier.SILVER),
        ([run(evidence=REAL)], Tier.SILVER),
        ([run(evidence=TRACED)], Tier.GOLD),
        ([run(endures="not run", evidence=TRACED)], Tier.SILVER),
        ([run(survives="not asked", endures="not asked", evidence=TRACED), run()], Tier.GOLD),
        ([run(lives="not asked", evidence=TRACED), run()], Tier.SILVER),
        ([run(evidence=TRACED), run(lives="broken")], Tier.NONE),
    ],
)
def test_the_tier_is_the_one_that_the_rules_give(runs, reached):
    assert tier(*runs) is reached


def test_a_simulator_alone_never_gives_gold_however_long_its_trace():
    lying = Evidence(hardware=False, why_not_hardware="x", trace="t", trace_sha256="00", trace_frames=10_000)
    assert tier(run(evidence=lying)) is Tier.SILVER


def test_without_any_promise_of_a_kind_its_rule_is_not_met():
    only = Finding({("p", "lives"): "kept"}, KINDS, frozenset(), TRACED)
    assert tier(only) is Tier.BRONZE


def test_a_rule_says_what_it_lacks_and_not_too_much():
    keys = [("p", f"promise {n}") for n in range(8)]
    bad = Finding(dict.fromkeys(keys, "broken"), dict.fromkeys(keys, Kind.LIFE.value), frozenset(), REAL)
    lacks = judge([bad])[0].lacks
    assert lacks[0] == "p: promise 0"
    assert lacks[-1] == "and 3 more"


def test_every_rule_stands_in_the_reference():
    text = PAGE.read_text(encoding="utf-8")
    for rule in RULES:
        row = f"| {rule.tier.value} | {rule.name} | {rule.sentence} |"
        assert row in text, f"docs/reference/conformance.md, Tiers: add {row}"
