"""The T=0 rules of a host, command by command."""

from __future__ import annotations

import pytest

from padkit_back_clip.bank_card_apdu import check_command, follow_up
from padkit_sdk import Refused


@pytest.mark.parametrize(
    ("command", "status", "following"),
    [
        ("00A4040002AABB", "6110", "00C0000010"),
        ("00A4040002AABB00", "6100", "00C0000000"),
        ("00B2010C01", "6C26", "00B2010C26"),
        ("00B2010C", "6C26", "00B2010C26"),
        ("80A8000002830000", "6C10", "80A8000002830010"),
        ("80A80000028300", "6C10", "80A8000002830010"),
        ("00B2010C00", "9000", None),
        ("00B2010C00", "6A83", None),
    ],
)
def test_what_follows_an_answer(command, status, following):
    found = follow_up(bytes.fromhex(command), bytes.fromhex(status))
    assert (found.hex().upper() if found else None) == following


@pytest.mark.parametrize(
    "command", ["00A40400", "00B2010C00", "00A4040001AA", "00A4040001AA00", "00A40400FF" + "00" * 256]
)
def test_a_whole_command_passes(command):
    check_command(bytes.fromhex(command))


@pytest.mark.parametrize("command", ["", "00A404", "00A404000000", "00A4040002AA", "00A4040001AA0000", "00" * 262])
def test_a_command_that_is_none_is_refused(command):
    with pytest.raises(Refused) as caught:
        check_command(bytes.fromhex(command))
    assert caught.value.reason == "apdu.length"
