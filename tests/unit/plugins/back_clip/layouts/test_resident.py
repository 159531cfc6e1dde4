from __future__ import annotations

import hashlib

import pytest

from padkit_back_clip.layouts import read_person
from padkit_sdk import DeviceFault
from padkit_sdk.ports import DocumentKind

NUMBER = (122, "999999199003071234")


def test_the_record_of_the_manual_is_read(person, block):
    assert hashlib.sha256(block).hexdigest() == person["sha256"]
    read = read_person(block)
    assert read.kind is DocumentKind.RESIDENT
    assert read.name.text == person["name"]
    assert read.number.text == person["number"]
    assert read.address.text == person["address"]
    plain = ("sex", "nation", "birth_date", "issuer", "valid_from", "valid_to")
    assert [getattr(read, name) for name in plain] == [person[name] for name in plain]
    assert not read.long_term


@pytest.mark.parametrize(
    "name",
    ["买买提·艾力", "\ue001\uf8ff张", "𠮷田㐂", "李  四", "阿卜杜热合曼·阿卜杜克热"],
)
def test_rare_characters_and_the_middle_dot_survive(name, build_block):
    assert read_person(build_block((0, name), NUMBER)).name.text == name


def test_a_long_term_card_has_no_last_day(build_block):
    read = read_person(build_block(NUMBER, (188, "20200101"), (204, "长期")))
    assert (read.valid_from, read.valid_to, read.long_term) == ("2020-01-01", "", True)


def test_fields_fill_their_places_to_the_last_character(build_block):
    read = read_person(build_block((0, "名" * 15), (52, "址" * 35), NUMBER, (158, "局" * 15)))
    assert (read.name.text, read.address.text, read.issuer) == ("名" * 15, "址" * 35, "局" * 15)


def test_nothing_of_the_holder_is_printed(block, person):
    shown = repr(read_person(block))
    assert not any(person[name] in shown for name in ("name", "number", "address"))


@pytest.mark.parametrize("day", ["19901301", "19900230", "1990030", "1990030A", "１９９００３０７", "00000000"])
def test_a_date_that_is_none_is_a_fault_that_names_the_field(day, build_block):
    with pytest.raises(DeviceFault, match="'birth'") as refused:
        read_person(build_block(NUMBER, (36, day)))
    assert refused.value.fault == "idcard.record"
    assert day not in str(refused.value)


def test_a_broken_surrogate_is_a_fault_that_names_the_field(build_block):
    broken = bytearray(build_block(NUMBER))
    broken[0:2] = b"\x00\xd8"
    with pytest.raises(DeviceFault, match="'name' is not UTF-16"):
        read_person(bytes(broken))


def test_a_wrong_check_character_is_a_fault(build_block):
    with pytest.raises(DeviceFault) as refused:
        read_person(build_block((122, "999999199003071235")))
    assert refused.value.fault == "idcard.number_check"
