"""Goals: how they are read, what they mean, when they are met."""

from __future__ import annotations

import pytest

from padkit_sdk import Refused
from padkit_vision.evaluate.goals import hold, parse
from padkit_vision.evaluate.measures import Measure, share

MEASURES = [
    share("name", 96, 100, upper=False, group="id_front", level=0, family="field"),
    share("number", 99, 100, upper=False, group="id_front", level=2, family="field"),
    share("number", 90, 100, upper=False, group="bank_card", level=3, family="field"),
    share("apcer", 0, 50, upper=True, group="print"),
    share("apcer", 2, 50, upper=True, group="screen"),
    Measure("acer", 0.03, upper=True),
]


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("number=0.9", True),
        ("number=0.99", False),
        ("number/0-2=0.99", True),
        ("number/3=0.90", True),
        ("number:id_front=0.99", True),
        ("field/0=0.97", False),
        ("field=0.9", True),
        ("apcer=0.02", False),
        ("apcer:print=0.02", True),
        ("apcer=0.04", True),
        ("acer=0.03", True),
    ],
)
def test_a_goal_holds_for_each_measure_that_it_means(text, met):
    (held,) = hold([parse(text)], MEASURES)
    assert held.met is met


def test_the_worst_that_misses_is_named_first():
    (least,) = hold([parse("field=0.995")], MEASURES)
    assert [it.value for it in least.missed] == [0.9, 0.96, 0.99]
    (most,) = hold([parse("apcer=0.01")], MEASURES)
    assert str(most.missed[0]) == "apcer:screen 0.04 (2 of 50)"


def test_a_goal_that_means_nothing_measured_is_refused_with_what_there_is():
    with pytest.raises(Refused, match=r"goal nubmer=0\.9: .* there are acer, apcer, field, name, number"):
        hold([parse("nubmer=0.9")], MEASURES)


@pytest.mark.parametrize(
    "text", ["number", "=1", "number=", "number=high", "number/a=1", "number=1%", "a b=1", "x/3-=1"]
)
def test_a_goal_that_cannot_be_read_is_refused_with_an_example(text):
    with pytest.raises(Refused, match=r"field/0-1=0\.97"):
        parse(text)
