"""The text record, field by field."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from padkit_sim.devices.identity_reader import Foreigner2017, Foreigner2023, Permit, Resident
from padkit_sim.devices.identity_reader.record import check_char, text_record, too_long

VECTORS = tomllib.loads(
    (Path(__file__).parents[4] / "vectors" / "identity_card_reader" / "person.toml").read_text(encoding="utf-8")
)
RESIDENT = Resident(
    name="测试甲",
    sex="1",
    nation="01",
    birth="19900307",
    address="虚构省样例市测试路1号",
    number="999999199003071234",
    issuer="样例市公安局",
    valid_from="20200101",
    valid_to="20400101",
)
PERMIT = Permit(
    name="测试港",
    sex="2",
    birth="19850520",
    address="虚构路6号",
    number="810000198505200022",
    issuer="样例市公安局",
    valid_from="20220101",
    valid_to="20270101",
    pass_number="H99999999",
    issues="01",
)
OLD_FOREIGNER = Foreigner2017(
    english_name="SAMPLE, TESTPERSON",
    sex="2",
    number="ZZZ999012345678",
    country="ZZZ",
    name="测试旧",
    valid_from="20190101",
    valid_to="20290101",
    birth="19790401",
    version="01",
    authority="0000",
)
FOREIGNER = Foreigner2023(
    name="测试外",
    sex="1",
    renewals="01",
    birth="19850520",
    english_name="SAMPLE, TESTPERSON ALEXANDER MAXIMILIAN",
    number="911000198505200019",
    valid_from="20240101",
    valid_to="20340101",
    country="ZZZ",
)


def at(record: bytes, offset: int, size: int) -> str:
    return record[offset : offset + size].decode("utf-16-le").rstrip(" ")


def test_the_worked_example_is_built_to_the_byte():
    assert text_record(RESIDENT) == bytes.fromhex(VECTORS["person"]["text"])


@pytest.mark.parametrize(("document", "flag"), [(RESIDENT, ""), (PERMIT, "J"), (OLD_FOREIGNER, "I"), (FOREIGNER, "Y")])
def test_each_layout_shows_its_flag(document, flag):
    record = text_record(document)
    assert len(record) == 256
    assert at(record, 248, 2) == flag


def test_a_permit_has_a_pass_number_and_no_nation():
    record = text_record(PERMIT)
    assert (at(record, 32, 4), at(record, 220, 18), at(record, 238, 4)) == ("", "H99999999", "01")


def test_the_card_of_2017_begins_with_the_english_name():
    record = text_record(OLD_FOREIGNER)
    fields = (at(record, 0, 120), at(record, 120, 2), at(record, 122, 30), at(record, 152, 6), at(record, 220, 16))
    assert fields == ("SAMPLE, TESTPERSON", "2", "ZZZ999012345678", "ZZZ", "19790401")


def test_a_long_english_name_runs_on_at_220():
    record = text_record(FOREIGNER)
    assert at(record, 52, 70) + at(record, 220, 22) == FOREIGNER.english_name
    assert at(record, 242, 6) == "ZZZ"


@pytest.mark.parametrize("number", [entry["number"] for entry in VECTORS["valid_number"]])
def test_the_notes_numbers_have_right_check_characters(number):
    assert check_char(number[:17]) == number[17]


def test_a_text_that_does_not_fit_is_told():
    assert too_long(RESIDENT.fields()) == ""
    assert "more than 15 characters" in too_long([(0, 30, "长" * 16)])
