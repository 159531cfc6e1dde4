from __future__ import annotations

import pytest

from padkit_card_dispenser.apdu import check_shape, follow_up
from padkit_sdk import Refused


def h(text):
    return bytes.fromhex(text)


@pytest.mark.parametrize(
    ("command", "status", "following"),
    [
        ("00A4040000", "9000", None),
        ("00B2010C00", "6A83", None),
        ("80A8000002830000", "6110", "00C0000010"),
        ("00B2010C00", "6C2A", "00B2010C2A"),
        ("00B2010C", "6C2A", "00B2010C2A"),
        ("80A80000028300", "6C05", "80A8000002830005"),
        ("80A8000002830000", "6C05", "80A8000002830005"),
        ("00C0000010", "6C08", "00C0000008"),
        ("00C0000010", "6100", "00C0000000"),
    ],
)
def test_the_rules_of_t_0_say_what_follows(command, status, following):
    assert follow_up(h(command), h(status)) == (following and h(following))


@pytest.mark.parametrize("command", ["00A40400", "00B2010C00", "00A4040002AABB", "00A4040002AABB00"])
def test_the_four_cases_of_a_short_command_are_taken(command):
    check_shape(h(command))


@pytest.mark.parametrize("command", ["00A4040003AABB", "00A4040001AABBCC", "00A404000000", "00A4040000001234"])
def test_a_command_whose_lc_does_not_fit_is_refused(command):
    with pytest.raises(Refused) as refused:
        check_shape(h(command))
    assert refused.value.reason == "apdu.length"
