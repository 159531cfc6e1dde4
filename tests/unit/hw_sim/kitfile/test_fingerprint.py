from __future__ import annotations

import pytest

from padkit_sim.devices.fingerprint_r30x import ModuleSettings
from padkit_sim.devices.fingerprint_uru4500 import UruSettings
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile.load import parse

KIT = '[kit]\nname = "k"\n[[device]]\nid = "f"\n'


def device(text):
    return parse(KIT + text, "k.toml").devices[0]


def test_a_uru_is_on_usb_as_itself():
    entry = device('type = "fingerprint_uru4500"\nseed = 7')
    assert entry.settings == UruSettings(seed=7)
    assert (entry.wire, entry.identity.vid, entry.identity.pid) == ("usb", 0x05BA, 0x000A)


def test_a_module_has_address_password_and_capacity():
    entry = device('type = "fingerprint_r30x"\naddress = "00000007"\npassword = "12345678"\ncapacity = 3')
    assert entry.settings == ModuleSettings(b"\0\0\0\7", b"\x12\x34\x56\x78", 3)
    assert entry.wire == "tty"
    assert device('type = "fingerprint_r30x"').settings == ModuleSettings()
    assert device('type = "fingerprint_r30x"\nmodel = "R503"').settings == ModuleSettings(model="R503")


@pytest.mark.parametrize(
    "line", ['address = "7"', 'password = "1234567G"', "capacity = 0", 'model = "R305"', 'colour = "red"']
)
def test_what_a_module_cannot_have_is_refused(line):
    with pytest.raises(SimRefused, match="device"):
        device(f'type = "fingerprint_r30x"\n{line}')
