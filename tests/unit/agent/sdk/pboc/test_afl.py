from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import BadFrame
from padkit_sdk.pboc.afl import MAX_RECORDS, records_to_read


def read(afl: str) -> list[tuple[int, int]]:
    return list(records_to_read(bytes.fromhex(afl)))


def test_records_come_in_the_cards_order():
    assert read("10010200 08030301") == [(2, 1), (2, 2), (1, 3)]


def test_no_entries_are_no_records():
    assert read("") == []


def test_files_of_the_cards_own_business_are_left_alone():
    assert read("58010300 50010100") == [(10, 1)]


@pytest.mark.parametrize("afl", ["080101", "00010100", "F8010100", "08000100", "08020100", "0F010100"])
def test_entries_that_make_no_sense_are_refused(afl):
    with pytest.raises(BadFrame, match="AFL"):
        records_to_read(bytes.fromhex(afl))


def test_the_number_of_records_is_capped():
    assert len(read(f"0801{MAX_RECORDS:02X}00")) == MAX_RECORDS
    with pytest.raises(BadFrame, match="at most"):
        read("0801FF00")


@given(st.binary(max_size=252))
def test_garbage_gives_bad_frame_or_few_records(afl):
    with suppress(BadFrame):
        assert len(list(records_to_read(afl))) <= MAX_RECORDS
