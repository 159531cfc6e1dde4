from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_liveness.layers import Found
from padkit_liveness.rule import NAME, NEEDED, THRESHOLD, WEIGHTS, Rule
from padkit_sdk.ports import LayerState

RULE = Rule(WEIGHTS, THRESHOLD)


def judged(**states):
    found = {layer: Found(states.get(layer, LayerState.PASSED), 1.0, 0.5) for layer in WEIGHTS}
    return RULE.judge(found)


def test_all_passed_is_live_with_the_whole_sum():
    assert (judged().live, judged().score) == (True, 1.0)


def test_without_the_sites_models_the_others_reach_the_threshold_by_themselves():
    said = judged(passive=LayerState.NOT_AVAILABLE)
    assert (said.live, said.score, said.contributions["passive"]) == (True, 0.9, 0.0)


@pytest.mark.parametrize("layer", WEIGHTS)
def test_whatever_fails_vetoes(layer):
    assert not judged(**{layer: LayerState.FAILED}).live


@pytest.mark.parametrize("layer", [*NEEDED, "flash"])
@pytest.mark.parametrize("state", [LayerState.INCONCLUSIVE, LayerState.NOT_AVAILABLE])
def test_no_other_layer_may_lack(layer, state):
    assert not judged(**{layer: state}).live


@given(st.fixed_dictionaries({layer: st.sampled_from(LayerState) for layer in WEIGHTS}))
def test_only_what_passed_adds_and_live_means_enough(states):
    said = judged(**states)
    assert said.score == pytest.approx(sum(WEIGHTS[it] for it, state in states.items() if state is LayerState.PASSED))
    assert not said.live or (said.score >= THRESHOLD and LayerState.FAILED not in states.values())


def test_a_rule_of_the_profile_says_so():
    assert RULE.name == NAME
    assert Rule({**WEIGHTS, "flash": 0.3}, THRESHOLD).name != NAME
