from __future__ import annotations

import pytest

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.fingerprint_uru4500 import FAULTS, NAMES, UruReader, UruSettings
from padkit_sim.devices.usb import Setup, taken
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook

HWSTAT, MODE, INFO = 0x07, 0x4E, 0xF0


class Rig:
    """A reader, and time that passes when it is told to."""

    def __init__(self):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"uru": NAMES}, seed=1)
        self.reader = UruReader(UruSettings(), self.book.dial("uru"))
        self.now_s = 0.0

    def at(self):
        return Moment(self.now_s, self.now_s)

    def write(self, register, data):
        return self.reader.control(Setup(0x40, 4, register, 0, len(data)), data, self.at())

    def read(self, register, size):
        return self.reader.control(Setup(0xC0, 4, register, 0, size), b"", self.at()).reply

    def wait(self, seconds):
        self.now_s += seconds
        return self.reader.update(self.at())

    def hand(self, action, item=""):
        return self.reader.hand(HandAction(action, person="zhang", item=item), self.at())


@pytest.fixture
def rig():
    return Rig()


def said(step):
    return [data[:2].hex() for data in taken(step.transfers, 0x81)]


def test_a_usual_start_is_that_of_the_notes(rig):
    assert rig.read(HWSTAT, 1) == b"\x01"
    rig.write(HWSTAT, b"\x81")
    rig.write(HWSTAT, b"\x01")
    assert rig.read(HWSTAT, 1) == b"\x01"
    assert said(rig.wait(0.1)) == ["56aa"]
    assert len(rig.read(INFO, 16)) == 16


def test_a_touch_is_said_once_and_the_lift_when_it_is_waited_for(rig):
    assert said(rig.write(MODE, b"\x10")) == []
    assert said(rig.hand("hold_finger", "left_index")) == ["0101"]
    assert said(rig.write(MODE, b"\x12")) == []
    assert said(rig.hand("lift_finger")) == ["0200"]


def test_a_picture_comes_in_one_transfer_that_ends_short_of_what_a_host_asks_for(rig):
    rig.hand("hold_finger", "left_index")
    rig.write(MODE, b"\x20")
    (picture,) = taken(rig.wait(0.2).transfers, 0x82)
    assert len(picture) == 111040  # a multiple of 64: the wire ends it with an empty packet
    assert picture[4:6] == (289).to_bytes(2, "little")


def test_who_touches_lifts_when_the_reader_waits_for_it(rig):
    rig.hand("touch_finger", "left_index")
    rig.write(MODE, b"\x12")
    assert said(rig.wait(1)) == ["0200"]
    assert rig.reader.state(rig.at()).lying == ""


def test_no_picture_comes_when_the_host_stopped(rig):
    rig.write(MODE, b"\x20")
    rig.write(MODE, b"\x70")
    assert rig.wait(1).transfers == ()


def test_a_power_cut_forgets_the_mode_and_leaves_the_finger(rig):
    rig.hand("hold_finger", "left_index")
    rig.write(MODE, b"\x10")
    rig.reader.power_cycle(rig.at())
    state = rig.reader.state(rig.at())
    assert (state.mode, state.lying) == (0, "zhang/left_index")


@pytest.mark.parametrize("setup", [Setup(0x40, 5, 7, 0, 1), Setup(0x21, 4, 7, 0, 1)])
def test_what_it_does_not_know_is_stalled(rig, setup):
    assert rig.reader.control(setup, b"\0", rig.at()).stalled


def test_hands_that_cannot_be_are_refused(rig):
    for action in ("lift_finger", "lay_card"):
        with pytest.raises(SimRefused):
            rig.hand(action)
