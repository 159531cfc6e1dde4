from __future__ import annotations

import pytest

from padkit_sim.devices.bank_card import numbered
from padkit_sim.devices.eject_box import EjectSettings
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile.load import parse

KIT = '[kit]\nname = "k"\n[[device]]\nid = "box"\ntype = "eject_box"\n'


def device(text=""):
    return parse(KIT + text, "k.toml").devices[0]


def test_a_box_that_only_ejects_is_a_serial_device_of_its_own():
    entry = device()
    assert entry.settings == EjectSettings()
    assert (entry.wire, entry.identity.vid, entry.identity.pid) == ("tty", 0x1209, 0xE541)


def test_its_keys():
    entry = device('slots = [{ bin = "999900", count = 2 }]\naddress = 15\nlow_at = 1\nbaud = 38400\ntake_after_s = 2')
    cards = (numbered("999900", 1), numbered("999900", 2))
    assert entry.settings == EjectSettings(cards, address=15, low_at=1, baud=38_400, take_after_s=2.0)


@pytest.mark.parametrize("line", ["address = 16", "baud = 57600", "bin_capacity = 3", "take_after_s = -1"])
def test_what_it_cannot_have_is_refused(line):
    with pytest.raises(SimRefused, match="device"):
        device(line)
