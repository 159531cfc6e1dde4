"""A signature pad in a kit file."""

from __future__ import annotations

import pytest

from padkit_sim.devices.signature_pad import PadSettings
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import parse

KIT = '[kit]\nname = "toy"\n[[device]]\nid = "pad"\ntype = "signature_pad"\n'


def test_a_pad_is_a_540_on_its_usual_port():
    (pad,) = parse(KIT, "toy.toml").devices
    assert pad.settings == PadSettings("STU-540", "SP00000001")
    assert (pad.identity.vid, pad.identity.pid, pad.identity.location) == (0x056A, 0x00A8, "1-7")


def test_it_can_be_another_model_with_another_number():
    (pad,) = parse(KIT + 'model = "STU-430"\npad_serial = "X1"\nwire = { pid = 0x00A4 }\n', "toy.toml").devices
    assert pad.settings == PadSettings("STU-430", "X1")


@pytest.mark.parametrize("key", ['model = "STU-999"', 'pad_serial = "much too long"'])
def test_a_value_that_cannot_be_is_refused_with_its_line(key):
    with pytest.raises(SimRefused, match=r"toy.toml:6"):
        parse(KIT + key, "toy.toml")
