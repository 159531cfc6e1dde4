from __future__ import annotations

import pytest

from padkit_fingerprint.r30x import commands
from padkit_fingerprint.r30x.commands import Ack, refusal, widened
from padkit_sdk import AskAgain, BadFrame, DeviceFault, LinkLost


def test_the_commands_have_the_bytes_of_the_notes():
    made = [
        commands.verify(bytes(4)).payload,
        commands.features(1).payload,
        commands.search(1, 0, 200).payload,
        commands.store(1, 0).payload,
        commands.load(1, 0).payload,
        commands.delete(0).payload,
    ]
    notes = ("13 00 00 00 00", "02 01", "04 01 00 00 00 C8", "06 01 00 00", "07 01 00 00", "0C 00 00 00 01")
    assert made == [bytes.fromhex(payload) for payload in notes]


@pytest.mark.parametrize("code", range(256))
def test_every_code_is_a_hint_for_the_person_or_a_fault_with_its_number(code):
    error = refusal(Ack(code), commands.TAKE, "finger")
    assert isinstance(error, AskAgain | DeviceFault | LinkLost)
    assert isinstance(error, LinkLost) == (code == 0x21)
    assert f"code {code:02X}" in str(error)
    if isinstance(error, DeviceFault):
        assert error.raw == f"{code:02X}"


def test_a_short_acknowledgement_is_refused():
    assert Ack(0, b"\0\x03\0\x96").number(2) == 150
    with pytest.raises(BadFrame):
        Ack(0, b"\0").number(0)


def test_the_first_pixel_is_in_the_high_nibble():
    assert widened(b"\x0f\xa0") == bytes([0, 255, 170, 0])
