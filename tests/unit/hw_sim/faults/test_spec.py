"""What a fault's arguments accept."""

from __future__ import annotations

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.faults import ArgSpec, FaultSpec

SPEC = FaultSpec(
    "toy.break",
    "nth use",
    args={
        "at": ArgSpec("left", ("left", "right")),
        "count": ArgSpec(2, minimum=1),
        "seconds": ArgSpec(0.5, minimum=0),
        "loud": ArgSpec(default=False),
        "clears_after": ArgSpec("operator", ("operator",), or_int=True),
        "code": ArgSpec("51", pattern=r"[0-9A-F]{2}", help="two hex digits"),
        "label": ArgSpec(""),
    },
)


def test_defaults_fill_what_is_not_given():
    args = SPEC.check({"at": "right"})
    assert (args.text("at"), args.whole("count"), args.number("seconds"), args.flag("loud")) == ("right", 2, 0.5, False)
    assert args.whole_or_none("clears_after") is None


def test_a_whole_number_may_stand_for_a_word():
    assert SPEC.check({"clears_after": 3}).whole_or_none("clears_after") == 3


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("at", "middle", "'left' or 'right'"),
        ("at", 3, "'left'"),
        ("count", 0, "a whole number from 1"),
        ("count", 1.5, "a whole number"),
        ("count", True, "a whole number"),
        ("seconds", -1, "a number from 0"),
        ("seconds", "soon", "a number"),
        ("loud", "yes", "true or false"),
        ("clears_after", "monday", "'operator' or a whole number from 1"),
        ("clears_after", 0, "a whole number from 1"),
        ("code", "5", "two hex digits"),
        ("label", 7, "text"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_is_wanted(name, value, wanted):
    with pytest.raises(SimRefused, match=f"argument {name} is .*{wanted}"):
        SPEC.check({name: value})


def test_an_unknown_argument_names_the_known_ones():
    with pytest.raises(SimRefused, match="unknown argument 'wher' = 'left'; it takes at, count"):
        SPEC.check({"wher": "left"})


def test_a_whole_number_is_a_number():
    assert SPEC.check({"seconds": 2}).number("seconds") == 2.0


def test_words_of_a_command_line_become_what_is_wanted():
    parsed = SPEC.parse(
        {
            "count": "3",
            "seconds": "0.25",
            "loud": "true",
            "clears_after": "2",
            "code": "10",
            "at": "right",
            "other": "x",
        }
    )
    assert parsed == {
        "count": 3,
        "seconds": 0.25,
        "loud": True,
        "clears_after": 2,
        "code": "10",
        "at": "right",
        "other": "x",
    }


def test_words_that_do_not_fit_stay_words_and_are_refused_later():
    parsed = SPEC.parse({"count": "many", "clears_after": "operator", "loud": "maybe"})
    assert parsed == {"count": "many", "clears_after": "operator", "loud": "maybe"}
    with pytest.raises(SimRefused, match="count is 'many'"):
        SPEC.check(parsed)
