"""Chip against picture: what is the same in another spelling is the same, what differs is named with its place and a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.core.codes import NATION
from padkit_agent.core.compare import (
    Comparison,
    Kind,
    Verdict,
    compare,
    different,
    plain,
    same_again,
    summary,
    unsettled,
)
from padkit_sdk.ports import DocumentField, DocumentReading, DocumentSide, FieldState
from padkit_sdk.secrets import HiddenText

CHIP = {
    "cert_type": "110001",
    "cert_no": "999999199003071234",
    "name": "测试甲",
    "sex": "1",
    "nation": "01",
    "birth_date": "1990-03-07",
    "cert_addr": "虚构省样例市测试路1号",
    "cert_issuer": "样例市公安局",
    "cert_start": "2020-01-01",
    "cert_end": "2040-01-01",
}
FRONT = {
    "name": "测试甲",
    "sex": "男",
    "nation": "汉",
    "birth": "1990-03-07",
    "address": "虚构省样例市测试路1号",
    "number": "999999199003071234",
}
BACK = {"authority": "样例市公安局", "valid_from": "2020-01-01", "valid_to": "2040-01-01"}
FRONT_SIDE, BACK_SIDE = DocumentSide.ID_FRONT, DocumentSide.ID_BACK
TEXTS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12)
DIGITS = st.text("0123456789", min_size=18, max_size=18)


def state_of(name, text):
    if not text:
        return FieldState.MISSING
    return FieldState.CHECKED if name == "number" else FieldState.READ


def reading(side, texts, doubtful=None):
    fields = tuple(
        DocumentField(name, HiddenText(text), 0.9, (), state_of(name, text))
        if name not in (doubtful or {})
        else DocumentField(name, HiddenText(text), 0.4, (), FieldState.DOUBTFUL, doubtful[name])
        for name, text in texts.items()
    )
    return DocumentReading(side, fields, (), 0, "windows", {}, ())


def front(chip=(), doubtful=None, **texts):
    return {it.field: it for it in compare({**CHIP, **dict(chip)}, reading(FRONT_SIDE, {**FRONT, **texts}, doubtful))}


def test_each_field_of_the_side_is_compared_and_all_are_the_same():
    both = [*compare(CHIP, reading(FRONT_SIDE, FRONT)), *compare(CHIP, reading(BACK_SIDE, BACK))]
    assert both == [Comparison(name, Verdict.SAME, state=state_of(name, "x")) for name in (*FRONT, *BACK)]
    assert different(both) == unsettled(both) == ()


def test_what_the_chip_has_not_and_other_documents_are_not_compared():
    assert "nation" not in front({"nation": ""})
    assert compare(CHIP, reading(DocumentSide.BANK_CARD, {"number": "6222"})) == ()


def test_swapped_digits_are_named_by_their_places():
    compared = front(number="999999199030071234")
    assert compared["number"] == Comparison("number", Verdict.DIFFERENT, "text", (11, 12), FieldState.CHECKED)
    assert str(compared["number"]) == "number 11, 12"
    assert str(front(number="99999919900307123")["number"]) == "number"
    assert front(number="99999919900307123")["number"].why == "length"


@pytest.mark.parametrize(
    ("field", "chip", "printed"),
    [
        ("number", "99999919900307123X", "99999919900307123x"),
        ("name", "阿依·测试", "阿依•测试"),
        ("name", "阿依·测试", "阿依・测试"),
        ("address", "样例市1号 2-3", "样例市１号2—3"),
        ("nation", "15", "土家"),
        ("nation", "15", "土家族"),
        ("sex", "2", "女"),
        ("birth", "1990-03-07", "1990年3月7日"),
    ],
)
def test_another_spelling_is_the_same(field, chip, printed):
    key = {"number": "cert_no", "name": "name", "address": "cert_addr", "birth": "birth_date"}.get(field, field)
    assert front({key: chip}, **{field: printed})[field].verdict is Verdict.SAME


def test_validity_for_life_is_a_text():
    chip = {**CHIP, "cert_end": "长期"}
    (_, _, same) = compare(chip, reading(BACK_SIDE, {**BACK, "valid_to": "长期"}))
    (_, _, other) = compare(chip, reading(BACK_SIDE, BACK))
    assert (same.verdict, other.verdict, other.why) == (Verdict.SAME, Verdict.DIFFERENT, "length")


def test_a_doubtful_field_that_differs_is_unsure_and_one_that_agrees_is_the_same():
    doubtful = {"number": "check_digit", "name": "confidence"}
    compared = front(doubtful=doubtful, number="999999199030071234")
    assert compared["number"] == Comparison("number", Verdict.UNSURE, "check_digit", (11, 12), FieldState.DOUBTFUL)
    assert compared["name"].verdict is Verdict.SAME
    assert [it.field for it in unsettled(tuple(compared.values()))] == ["number"]


def test_a_doubt_that_two_pictures_share_is_no_accident():
    doubtful = {"number": "check_digit"}
    swapped = tuple(front(doubtful=doubtful, number="999999199030071234").values())
    other = tuple(front(doubtful=doubtful, number="999999199003071284").values())
    assert same_again(swapped, swapped) == tuple(it for it in swapped if it.field == "number")
    assert same_again(swapped, other) == same_again((), swapped) == ()


def test_what_is_missing_is_not_read_and_unsettled_only_where_it_must_agree():
    compared = front(number="", address="")
    assert compared["number"] == Comparison("number", Verdict.NOT_READ, "missing", state=FieldState.MISSING)
    assert [it.field for it in unsettled(tuple(compared.values()))] == ["number"]


def test_a_rare_character_settles_nothing_and_holds_up_nobody():
    chip = {"name": "阿依·测\ue863𠮷"}
    for printed in ("阿依·测口吉", "阿依·测吉", "阿依·测"):
        compared = front(chip, name=printed)
        assert (compared["name"].verdict, compared["name"].why) == (Verdict.UNSURE, "rare")
        assert unsettled(tuple(compared.values())) == ()
    for printed in ("阿伊·测口吉", "测试甲"):
        assert front(chip, name=printed)["name"].verdict is Verdict.DIFFERENT


def test_a_name_of_rare_characters_alone_is_not_compared_and_the_chip_settles_it():
    for printed in ("测试甲", "口·吉", ""):
        compared = front({"name": "\ue863·𠮷"}, name=printed)
        assert (compared["name"].verdict, compared["name"].why) == (Verdict.NOT_COMPARED, "rare")
        assert unsettled(tuple(compared.values())) == ()
        assert summary(tuple(compared.values())) == "not compared: name (rare)"
    assert front({"name": "\ue863·𠮷"}, name="\ue863·𠮷")["name"].verdict is Verdict.SAME


def test_a_rare_character_is_read_as_two_at_most():
    assert front({"name": "测\ue863"}, name="测口吉")["name"].verdict is Verdict.UNSURE
    assert front({"name": "测\ue863"}, name="别人测试甲")["name"].verdict is Verdict.DIFFERENT


def test_a_number_without_its_check_digit_is_not_settled():
    (number,) = [
        it for it in compare(CHIP, reading(FRONT_SIDE, FRONT, {"number": "confidence"})) if it.field == "number"
    ]
    assert number.verdict is Verdict.SAME
    assert unsettled((number,)) == (number,)


def test_an_address_that_differs_a_little_may_be_misread():
    compared = front(address="虚构省样例市测式路1号")["address"]
    assert compared == Comparison("address", Verdict.UNSURE, "similar", (8,))
    assert front(address="别处")["address"].verdict is Verdict.DIFFERENT


def test_the_nations_are_those_of_the_standard():
    assert (len(NATION), len(set(NATION.values()))) == (56, 56)
    assert (NATION["01"], NATION["05"], NATION["31"], NATION["56"]) == ("汉", "维吾尔", "达斡尔", "基诺")


@given(DIGITS, DIGITS)
def test_the_places_are_exactly_those_that_differ(chip, printed):
    found = front({"cert_no": chip}, number=printed)["number"]
    assert found.where == tuple(place for place in range(1, 19) if chip[place - 1] != printed[place - 1])
    assert (found.verdict is Verdict.SAME) == (chip == printed)


@given(TEXTS, TEXTS)
def test_two_names_are_the_same_only_if_they_are(chip, printed):
    assert (front({"name": chip}, name=printed)["name"].verdict is Verdict.SAME) == (chip == printed)


@given(st.text(min_size=1, max_size=20), st.text(max_size=20), st.sampled_from(list(Kind)))
def test_whatever_stands_there_a_verdict_comes_and_shows_nothing_of_it(chip, printed, kind):
    assert plain(plain(chip, kind), kind) == plain(chip, kind) or kind in (Kind.DATE, Kind.NATION, Kind.SEX)
    for it in compare(dict.fromkeys(CHIP, chip), reading(FRONT_SIDE, dict.fromkeys(FRONT, printed))):
        assert it.field in FRONT
        assert it.why in ("", "text", "length", "rare", "similar", "missing")
        assert all(1 <= place <= max(8, len(chip)) for place in it.where)
