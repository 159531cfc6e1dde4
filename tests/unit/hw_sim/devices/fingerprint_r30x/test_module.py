from __future__ import annotations

import pytest

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.fingerprint_r30x import FAULTS, NAMES, FingerModule, ModuleSettings
from padkit_sim.devices.fingerprint_r30x.wire import Ear, packet
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook

ADDRESS = b"\xff" * 4


class Rig:
    """A module, and time that passes when it is told to."""

    def __init__(self, model="R30x"):
        book = FaultBook({spec.name: spec for spec in FAULTS}, {"fp": NAMES}, seed=1)
        self.module = FingerModule(ModuleSettings(capacity=3, model=model), book.dial("fp"))
        self.now_s = 0.0
        self.ask("13 00 00 00 00")

    def at(self):
        return Moment(self.now_s, self.now_s)

    def hear(self, data, baud=None):
        return self.module.receive(data, self.at(), baud)

    def ask(self, payload):
        """The answer's payload, and the data that follows it."""
        pieces = [*self.hear(packet(ADDRESS, 1, bytes.fromhex(payload))).pieces]
        self.now_s += 2
        pieces += self.module.update(self.at()).pieces
        heard = list(Ear().hear(b"".join(piece.data for piece in pieces)))
        return (heard[0].content.hex(" "), b"".join(it.content for it in heard[1:])) if heard else ("", b"")

    def hand(self, action, item=""):
        self.module.hand(HandAction(action, person="zhang", item=item), self.at())


@pytest.fixture
def rig():
    return Rig()


@pytest.fixture
def newer_rig():
    return Rig("R503")


def restart(rig):
    """What it says of itself when its power has come back."""
    pieces = [*rig.module.power_cycle(rig.at()).pieces]
    rig.now_s += 0.3
    pieces += rig.module.update(rig.at()).pieces
    return b"".join(piece.data for piece in pieces)


def test_before_the_password_nothing_is_done(rig):
    restart(rig)
    assert rig.ask("01")[0] == "21"
    assert rig.ask("13 00 00 00 01")[0] == "13"


def test_parameters_are_those_of_the_notes(rig):
    assert rig.ask("0f")[0] == "00 00 04 00 09 00 03 00 03 ff ff ff ff 00 02 00 06"


def test_no_finger_no_picture_no_features(rig):
    assert [rig.ask(payload)[0] for payload in ("01", "02 01", "0a", "08 01", "77")] == ["02", "15", "0f", "0d", "19"]


def test_a_picture_has_four_bits_a_pixel(rig):
    rig.hand("hold_finger", "left_index")
    assert rig.ask("01")[0] == "00"
    code, data = rig.ask("0a")
    assert (code, len(data)) == ("00", 256 * 288 // 2)


def test_who_touches_lifts_when_the_picture_was_used(rig):
    rig.hand("touch_finger", "left_index")
    assert rig.ask("01")[0] == "00"
    assert rig.ask("02 01")[0] == "00"
    rig.now_s += 1
    assert rig.ask("01")[0] == "02"


def test_a_template_is_kept_found_and_deleted(rig):
    rig.hand("hold_finger", "left_index")
    for payload in ("01", "02 01", "02 02", "05", "06 01 00 02"):
        assert rig.ask(payload)[0] == "00"
    assert rig.ask("1d")[0] == "00 00 01"
    assert rig.ask("04 01 00 00 00 03")[0] == "00 00 02 00 96"
    assert rig.ask("07 02 00 02")[0] == "00"
    assert rig.ask("03")[0] == "00 00 96"
    assert len(rig.ask("08 01")[1]) == 512
    assert rig.ask("06 01 00 03")[0] == "0b"
    assert rig.ask("0c 00 02 00 02")[0] == "10"
    assert rig.ask("0c 00 02 00 01")[0] == "00"
    assert rig.ask("07 01 00 02")[0] == "0c"
    assert rig.ask("0d")[0] == "00"


def test_templates_outlive_the_power(rig):
    rig.hand("hold_finger", "left_index")
    for payload in ("01", "02 01", "06 01 00 00"):
        rig.ask(payload)
    assert restart(rig) == b""
    assert rig.module.state(rig.at()).kept == {"0": "zhang/left_index"}


def test_an_r503_says_that_it_is_ready_shakes_hands_and_shines(newer_rig):
    assert restart(newer_rig) == b"\x55"
    assert newer_rig.ask("53")[0] == "00"
    assert newer_rig.ask("35 03 80 02 00")[0] == "21"
    newer_rig.ask("13 00 00 00 00")
    assert [newer_rig.ask(payload)[0] for payload in ("35 03 80 02", "35 03 80 02 00")] == ["01", "00"]
    assert newer_rig.module.state(newer_rig.at()).led == "03 80 02 00"
    assert restart(newer_rig) == b"\x55"
    assert newer_rig.module.state(newer_rig.at()).led == ""


def test_an_r503_has_a_smaller_picture(newer_rig):
    newer_rig.hand("hold_finger", "left_index")
    assert newer_rig.ask("01")[0] == "00"
    assert len(newer_rig.ask("0a")[1]) == 192 * 192 // 2


def test_an_r30x_knows_neither(rig):
    assert [rig.ask(payload)[0] for payload in ("53", "35 03 80 02 00")] == ["19", "19"]


def test_until_it_is_ready_it_hears_nothing(rig):
    rig.module.power_cycle(rig.at())
    rig.now_s += 0.2
    rig.hear(packet(ADDRESS, 1, b"\x0f"))
    rig.now_s += 5
    assert rig.module.update(rig.at()).pieces == ()
    assert rig.ask("0f")[0].startswith("00")


def test_another_address_is_ignored_and_a_wrong_checksum_told(rig):
    assert rig.hear(packet(b"\0\0\0\1", 1, b"\x0f")).pieces == ()
    (piece,) = rig.hear(packet(ADDRESS, 1, b"\x0f", spoil=1)).pieces
    assert piece.data == packet(ADDRESS, 7, b"\x01")


def test_a_packet_that_stops_midway_is_dropped(rig):
    rig.hear(packet(ADDRESS, 1, b"\x0f")[:6])
    rig.now_s += 1
    assert rig.ask("1d")[0] == "00 00 00"


def test_hands_that_cannot_be_are_refused(rig):
    for action in ("lift_finger", "lay_card"):
        with pytest.raises(SimRefused):
            rig.hand(action)
