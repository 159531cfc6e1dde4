from __future__ import annotations

from padkit_sdk.ports.chip_card import MAX_COMMAND, MAX_RESPONSE


def test_the_caps_are_those_of_a_short_apdu():
    header, lc, data, le, status = 4, 1, 255, 1, 2
    assert header + lc + data + le == MAX_COMMAND
    assert data + 1 + status == MAX_RESPONSE
