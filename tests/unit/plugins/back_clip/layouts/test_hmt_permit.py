from __future__ import annotations

import pytest

from padkit_back_clip.layouts import read_person
from padkit_sdk import DeviceFault
from padkit_sdk.ports import DocumentKind

FIELDS = (
    (0, "测试乙"),
    (30, "2"),
    (32, "01"),
    (36, "19850520"),
    (52, "虚构省样例市测试路2号"),
    (158, "样例市公安局"),
    (188, "20210101"),
    (204, "20260101"),
    (220, "H12345678"),
    (238, "02"),
    (248, "J"),
)


def test_a_residence_permit_is_read(build_block):
    read = read_person(build_block((122, "810000198505200022"), *FIELDS))
    assert read.kind is DocumentKind.HMT_PERMIT
    assert (read.name.text, read.sex, read.birth_date) == ("测试乙", "2", "1985-05-20")
    assert (read.number.text, read.permit_number.text) == ("810000198505200022", "H12345678")
    assert (read.issue_count, read.issuer) == ("02", "样例市公安局")
    assert (read.valid_from, read.valid_to) == ("2021-01-01", "2026-01-01")
    assert read.address.text == "虚构省样例市测试路2号"


def test_the_unused_nation_field_is_left_out(build_block):
    assert read_person(build_block((122, "810000198505200022"), *FIELDS)).nation == ""


def test_its_number_is_checked(build_block):
    with pytest.raises(DeviceFault) as refused:
        read_person(build_block((122, "810000198505200023"), *FIELDS))
    assert refused.value.fault == "idcard.number_check"
