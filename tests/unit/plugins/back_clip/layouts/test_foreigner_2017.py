from __future__ import annotations

from padkit_back_clip.layouts import read_person
from padkit_sdk.ports import DocumentKind

FIELDS = (
    (0, "TEST, PERSON ONLY MARIA EXAMPLE"),
    (120, "2"),
    (122, "USA310085052000"),
    (152, "USA"),
    (158, "测试丙"),
    (188, "20180601"),
    (204, "20280601"),
    (220, "19850520"),
    (236, "01"),
    (240, "1500"),
    (248, "I"),
)


def test_a_card_of_2017_is_read(build_block):
    read = read_person(build_block(*FIELDS))
    assert read.kind is DocumentKind.FOREIGNER_2017
    assert read.english_name.text == "TEST, PERSON ONLY MARIA EXAMPLE"
    assert (read.name.text, read.sex, read.country) == ("测试丙", "2", "USA")
    assert (read.number.text, read.birth_date) == ("USA310085052000", "1985-05-20")
    assert (read.valid_from, read.valid_to, read.issuer) == ("2018-06-01", "2028-06-01", "1500")
    assert (read.address.text, read.nation, read.issue_count) == ("", "", "")


def test_an_english_name_of_sixty_characters_is_whole(build_block):
    name = "ABCDEFGHIJ" * 6
    assert read_person(build_block((0, name), *FIELDS[1:])).english_name.text == name


def test_a_holder_without_chinese_name_is_read(build_block):
    assert read_person(build_block(*(f for f in FIELDS if f[0] != 158))).name.text == ""
