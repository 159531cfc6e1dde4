from __future__ import annotations

import sys
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padkit_fingerprint.templates import engine
from padkit_fingerprint.templates.engine import Grey, NbisEngine, find_engine
from padkit_fingerprint.templates.iso19794 import Minutia, Record, decode, encode
from padkit_sdk import AskAgain, DeviceFault, Refused
from padkit_sdk.ports import Finger
from padkit_sim.devices.finger import Touch, picture

THRESHOLD = 40
MINUTIA = st.builds(
    Minutia, st.integers(0, 0x3FFF), st.integers(0, 0x3FFF), st.integers(0, 255), st.integers(0, 3), st.integers(0, 100)
)
FINGERS = (("zhang", "right_index"), ("zhang", "left_thumb"), ("li", "right_index"), ("li", "right_thumb"))


@cache
def template(person, finger, nth=0):
    grey = Grey(picture(Touch(person, finger, "good", nth), 384, 290), 384, 290, 512)
    return NbisEngine().template(grey, Finger.RIGHT_INDEX, 60)


def template_of_nobody():
    return encode(Record(Finger.UNKNOWN, 10, 10, 512, 0, ()))


def test_a_template_is_a_record_of_the_standard():
    record = decode(template(*FINGERS[0]))
    assert (record.finger, record.width, record.height, record.quality) == (Finger.RIGHT_INDEX, 384, 290, 60)
    assert len(record.minutiae) > 20


@pytest.mark.parametrize("who", FINGERS, ids="/".join)
def test_two_touches_of_one_finger_score_above_the_threshold(who):
    assert NbisEngine().score(template(*who), template(*who, nth=1)) >= THRESHOLD


def test_different_fingers_score_below_the_threshold():
    made = [template(*who) for who in FINGERS]
    assert all(NbisEngine().score(one, other) < THRESHOLD for one, other in combinations(made, 2))


def test_a_window_without_a_finger_asks_again():
    with pytest.raises(AskAgain) as caught:
        NbisEngine().template(Grey(picture(None, 384, 290), 384, 290, 512), Finger.UNKNOWN, 0)
    assert caught.value.hint == "finger.partial"


def test_a_library_that_does_not_load_is_a_fault_with_a_way_out(monkeypatch):
    engine._extractor.cache_clear()
    monkeypatch.setitem(sys.modules, "nbis", None)
    with pytest.raises(DeviceFault, match="templates = false") as caught:
        NbisEngine().score(template_of_nobody(), template_of_nobody())
    assert caught.value.fault == "finger.templates"


def test_what_the_library_cannot_read_asks_again():
    with pytest.raises(AskAgain, match="no features"):
        NbisEngine().template(Grey(b"", 0, 0, 512), Finger.UNKNOWN, 0)


def test_what_is_no_record_is_refused():
    with pytest.raises(Refused):
        NbisEngine().score(b"no record", template(*FINGERS[0]))


def test_where_there_is_no_wheel_there_is_no_engine(monkeypatch):
    assert find_engine() is not None
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    assert find_engine() is None


@given(st.lists(MINUTIA, max_size=255))
@settings(max_examples=20, deadline=None)
def test_a_hostile_record_is_refused_or_scores(points):
    made = encode(Record(Finger.UNKNOWN, 384, 290, 512, 0, tuple(points)))
    try:
        assert NbisEngine().score(made, template(*FINGERS[0])) >= 0
        assert NbisEngine().score(made, made) >= 0
    except Refused as exc:
        assert exc.reason == "template.format"
