"""Words of a command line become requests."""

from __future__ import annotations

import pytest

from padkit_sim.control import words as w
from padkit_sim.control.client import request_from_words
from padkit_sim.errors import SimRefused


@pytest.mark.parametrize(
    ("verb", "words", "request_"),
    [
        ("state", {}, w.State()),
        (
            "fault",
            {"name": "box.jam", "at": "present", "clears_after": "2", "nth": "3"},
            w.Fault("box.jam", {"at": "present", "clears_after": 2}, nth=3),
        ),
        (
            "fault",
            {"name": "card.foreign_pan", "pan": "9999220000000000015"},
            w.Fault("card.foreign_pan", {"pan": "9999220000000000015"}),
        ),
        (
            "fault",
            {"name": "link.flip_bcc", "chance": "0.25", "times": "0", "device": "box"},
            w.Fault("link.flip_bcc", times=0, chance=0.25, device="box"),
        ),
        ("clear", {}, w.Clear()),
        ("clear", {"name": "box.jam"}, w.Clear("box.jam")),
        ("auto", {"device": "box", "take_after_s": "1.5"}, w.Auto("box", 1.5)),
        ("auto", {"device": "box", "take_after_s": "null"}, w.Auto("box", None)),
        ("plug", {"device": "reader", "as": "CLIP-0002"}, w.Plug("reader", "CLIP-0002")),
        (
            "tamper",
            {"device": "box", "pan": "9999000000000000012", "place": "bin"},
            w.Tamper("box", "9999000000000000012", "bin"),
        ),
        ("speed", {"value": "20"}, w.Speed(20.0)),
        ("journal", {"since": "5"}, w.JournalSince(5)),
    ],
)
def test_words_become_the_request_they_mean(verb, words, request_):
    assert request_from_words(verb, words) == request_


def test_a_fault_that_nobody_knows_is_left_to_the_kit_to_refuse():
    assert request_from_words("fault", {"name": "box.jm", "at": "x"}) == w.Fault("box.jm", {"at": "x"})


@pytest.mark.parametrize(
    ("verb", "words"), [("fly", {}), ("unplug", {}), ("state", {"x": "1"}), ("speed", {"value": "fast"})]
)
def test_words_that_mean_nothing_are_refused(verb, words):
    with pytest.raises(SimRefused, match=f"ctl {verb}: .*verbs are state"):
        request_from_words(verb, words)
