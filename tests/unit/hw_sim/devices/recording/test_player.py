"""A recording played: strictly what was said, then what was heard."""

from __future__ import annotations

import pytest

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.recording import Player, PlayerSettings
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook
from padkit_sim.recording.reading import Answer, Tape, Turn

TAPE = Tape(
    "d",
    (Turn(1, b"\x01\x02", (Answer(b"\x06", 0.0), Answer(b"\x07\x08", 2.0))), Turn(5, b"\x03", (Answer(b"\x09", 0.0),))),
)
START = Moment(0.0, 0.0)


def player(tape=TAPE, *, pauses=True):
    return Player(PlayerSettings(tape, pauses), FaultBook({}, {"it": frozenset()}, 0).dial("it"))


def said(step):
    return [piece.data for piece in step.pieces]


def test_it_answers_when_the_whole_request_was_said():
    it = player()
    assert said(it.receive(b"\x01", START, None)) == []
    step = it.receive(b"\x02", START, None)
    assert (said(step), step.wake_at_s) == ([b"\x06"], 2.0)
    assert said(it.update(Moment(1.9, 1.9))) == []
    assert said(it.update(Moment(2.0, 2.0))) == [b"\x07\x08"]


def test_without_pauses_everything_comes_at_once():
    assert said(player(pauses=False).receive(b"\x01\x02\x03", START, None)) == [b"\x06", b"\x07\x08", b"\x09"]


def test_a_wrong_byte_is_noted_once_and_silences_it():
    it = player()
    note = it.receive(b"\x01\x0f", START, None).note
    assert note == "recording mismatch: at record 1, byte 1: 0F instead of 02"
    step = it.receive(b"\x02", START, None)
    assert (said(step), step.note) == ([], "")
    assert it.state(START).mismatch == note


def test_more_than_was_recorded_is_a_mismatch():
    it = player(pauses=False)
    assert "after the end" in it.receive(b"\x01\x02\x03\x04", START, None).note


def test_a_device_that_spoke_first_speaks_first():
    assert said(player(Tape("d", (Turn(1, b"", (Answer(b"\x55", 0.0),)),))).update(START)) == [b"\x55"]


def test_a_power_cycle_winds_it_back():
    it = player(pauses=False)
    it.receive(b"\x0f", START, None)
    it.power_cycle(START)
    assert said(it.receive(b"\x01\x02", START, None)) == [b"\x06", b"\x07\x08"]


def test_nobody_can_touch_it():
    with pytest.raises(SimRefused, match="nobody can touch it"):
        player().hand(HandAction("take_card"), START)
