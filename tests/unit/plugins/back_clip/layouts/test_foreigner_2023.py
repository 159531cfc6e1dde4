from __future__ import annotations

import pytest

from padkit_back_clip.layouts import read_person
from padkit_sdk import DeviceFault
from padkit_sdk.ports import DocumentKind

FIELDS = (
    (0, "测试丁"),
    (30, "1"),
    (32, "01"),
    (36, "19850520"),
    (188, "20231201"),
    (204, "20331201"),
    (242, "USA"),
    (248, "Y"),
)
NUMBER = (122, "911000198505200019")


def test_a_card_of_2023_is_read(build_block):
    read = read_person(build_block(NUMBER, (52, "TEST, PERSON"), *FIELDS))
    assert read.kind is DocumentKind.FOREIGNER_2023
    assert (read.name.text, read.english_name.text) == ("测试丁", "TEST, PERSON")
    assert (read.number.text, read.country, read.issue_count) == ("911000198505200019", "USA", "01")
    assert (read.sex, read.birth_date) == ("1", "1985-05-20")
    assert (read.valid_from, read.valid_to) == ("2023-12-01", "2033-12-01")


def test_a_long_english_name_goes_on_in_its_second_part(build_block):
    name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ ABCDEFGHIJKLMNOPQRS"
    assert len(name) == 46
    read = read_person(build_block(NUMBER, (52, name[:35]), (220, name[35:]), *FIELDS))
    assert read.english_name.text == name


def test_its_number_is_checked(build_block):
    with pytest.raises(DeviceFault) as refused:
        read_person(build_block((122, "911000198505200018"), *FIELDS))
    assert refused.value.fault == "idcard.number_check"
