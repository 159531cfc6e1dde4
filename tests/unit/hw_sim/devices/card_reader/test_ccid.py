"""The class descriptor, byte by byte; messages are tested through the reader."""

from __future__ import annotations

import struct

from padkit_sim.devices.card_reader.ccid import class_descriptor


def test_the_class_descriptor_says_whole_apdus_and_one_slot():
    raw = class_descriptor()
    assert (len(raw), raw[0], raw[1]) == (54, 54, 0x21)
    assert raw[4] == 0
    assert struct.unpack_from("<II", raw, 40) == (0x000404FE, 65_554)
    assert raw[53] == 1
