"""What is taken from many readings, and how far it is trusted. A wrong number must never come out as checked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_ocr.found import Found
from padkit_ocr.judging import FIELDS, SURE, Judged, holds, judge, other_side
from padkit_ocr.rules.foreigner import old_holds
from padkit_ocr.rules.identity import check_digit_holds
from padkit_sdk.ports import DocumentSide, FieldState

FRONT, BACK, PERMIT, BANK = (
    DocumentSide.ID_FRONT,
    DocumentSide.ID_BACK,
    DocumentSide.HMT_PERMIT_FRONT,
    DocumentSide.BANK_CARD,
)
NUMBER, BIRTH = "999999199003071234", "1990-03-07"
CHANCE = "999999199003077134"  # two digits wrong, and the check character fits all the same
LEAST = 0.6


def readings(**texts: str | list[tuple[str, float]]) -> dict[str, list[Found]]:
    """A text is one sure reading; a list gives texts with their confidence."""
    return {
        name: [Found(*it) for it in ([(given, 1.0)] if isinstance(given, str) else given)]
        for name, given in texts.items()
    }


def number(**texts: str | list[tuple[str, float]]) -> Judged:
    return judge(FRONT, readings(**texts), least=LEAST)["number"]


def test_a_front_that_agrees_with_itself_is_checked() -> None:
    judged = judge(
        FRONT,
        readings(name="测试甲", sex="男", nation="汉", birth=BIRTH, address="虚构省样例市测试路1号", number=NUMBER),
        least=LEAST,
    )
    assert {name: (it.state.value, it.rule) for name, it in judged.items()} == {
        "name": ("read", ""),
        "sex": ("checked", "sex_in_number"),
        "nation": ("checked", "nation_list"),
        "birth": ("checked", "birth_in_number"),
        "address": ("read", ""),
        "number": ("checked", "check_digit"),
    }


def test_the_number_by_chance_would_hold() -> None:
    assert check_digit_holds(CHANCE)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"number": "999999199003071235", "birth": BIRTH}, "check_digit"),
        ({"number": NUMBER, "birth": "1990-03-01"}, "birth_in_number"),
        ({"number": NUMBER}, "birth_in_number"),
        ({"number": [(NUMBER, 1.0), (CHANCE, 1.0)], "birth": BIRTH}, "check_digit"),
        ({"number": [("99999919900307123", 1.0), (NUMBER, 1.0)], "birth": BIRTH}, "confidence"),
        ({"number": [(NUMBER, SURE - 0.1)], "birth": BIRTH}, "confidence"),
        ({"number": [(NUMBER, 0.1), (NUMBER, 0.1)], "birth": BIRTH}, "confidence"),
        ({"number": "810000199003071234", "birth": BIRTH}, "check_digit"),
    ],
)
def test_a_number_is_doubtful(given: dict[str, str | list[tuple[str, float]]], rule: str) -> None:
    judged = number(**given)
    assert (judged.state, judged.rule) == (FieldState.DOUBTFUL, rule)


def test_a_second_reading_counts_when_a_third_agrees() -> None:
    judged = number(number=[("99999919900307123", 1.0), (NUMBER, 0.7), (NUMBER, 0.6)], birth=BIRTH)
    assert (judged.state, judged.found and judged.found.text) == (FieldState.CHECKED, NUMBER)


@given(st.lists(st.tuples(st.text("0123456789X", min_size=16, max_size=19), st.floats(0, 1)), max_size=4))
def test_what_does_not_hold_is_never_checked(given: list[tuple[str, float]]) -> None:
    judged = number(number=given, birth=BIRTH)
    assert judged.state is not FieldState.CHECKED or (judged.found and check_digit_holds(judged.found.text))
    assert judged.found is None or judged.found.text in [text for text, _ in given]  # taken, never made


@given(st.text("0123456789X", min_size=18, max_size=18), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_a_wrong_character_is_never_checked(_: str, at: int, char: str) -> None:
    wrong = NUMBER[:at] + char + NUMBER[at + 1 :]
    assert wrong == NUMBER or number(number=wrong, birth=BIRTH).state is FieldState.DOUBTFUL


def test_sex_and_birth_that_differ_from_the_number_are_doubtful() -> None:
    judged = judge(FRONT, readings(number=NUMBER, birth=[("1990-03-01", 1.0), (BIRTH, 0.5)], sex="女"), least=LEAST)
    assert (judged["sex"].state, judged["sex"].rule) == (FieldState.DOUBTFUL, "sex_in_number")
    assert (judged["birth"].state, judged["birth"].found and judged["birth"].found.text) == (FieldState.CHECKED, BIRTH)


def test_the_term_of_a_card_is_checked_by_itself() -> None:
    good = judge(BACK, readings(valid_from="2015-03-01", valid_to="2035-03-01", authority="样例市公安局"), least=LEAST)
    assert {it.state for it in good.values()} == {FieldState.CHECKED, FieldState.READ}
    wrong = judge(BACK, readings(valid_from="2015-03-01", valid_to="2036-03-01"), least=LEAST)
    assert wrong["valid_to"].rule == "date_order"
    assert {name: it.state.value for name, it in wrong.items()} == {
        "authority": "missing",
        "valid_from": "doubtful",
        "valid_to": "doubtful",
    }


def test_a_field_without_a_rule_is_as_good_as_its_confidence() -> None:
    sure = judge(FRONT, readings(address=[("测试路", 0.7)]), least=LEAST)["address"]
    unsure = judge(FRONT, readings(address=[("测试路", 0.5), ("测试路", 0.5)]), least=LEAST)["address"]
    assert (sure.state, unsure.state) == (FieldState.READ, FieldState.DOUBTFUL)
    assert unsure.rule == "confidence"


def test_a_name_needs_more_confidence_for_rare_characters_have_look_alikes() -> None:
    sure = judge(FRONT, readings(name=[("测试甲", 0.91)]), least=LEAST)["name"]
    unsure = judge(FRONT, readings(name=[("测试枫", 0.86), ("测试枫", 0.86)]), least=LEAST)["name"]
    assert (sure.state, unsure.state) == (FieldState.READ, FieldState.DOUBTFUL)


def test_a_weak_rule_does_not_replace_confidence() -> None:
    assert judge(FRONT, readings(nation=[("汉", 0.3)]), least=LEAST)["nation"].rule == "confidence"
    assert judge(FRONT, readings(nation="汉族"), least=LEAST)["nation"].rule == "nation_list"


def test_a_bank_card_is_checked_by_luhn() -> None:
    judged = judge(BANK, readings(number="4539578763621486", expiry="08/31"), least=LEAST)
    assert [(it.state.value, it.rule) for it in judged.values()] == [("checked", "luhn"), ("checked", "expiry")]
    assert judge(BANK, readings(number="4539578763621487"), least=LEAST)["number"].rule == "luhn"


def test_a_bank_cards_number_stands_alone_only_when_it_was_read_twice() -> None:
    once = judge(BANK, readings(number="4539578763621486"), least=LEAST)["number"]
    twice = judge(BANK, readings(number=[("4539578763621486", 0.99), ("4539578763621486", 0.99)]), least=LEAST)
    assert (once.state, once.rule) == (FieldState.DOUBTFUL, "confidence")
    assert twice["number"].state is FieldState.CHECKED


def test_a_bank_cards_number_of_a_seldom_length_may_lack_its_end() -> None:
    cut = judge(BANK, readings(number="69999923749421237", expiry="10/26"), least=LEAST)["number"]
    assert (cut.state, cut.rule) == (FieldState.DOUBTFUL, "length")


@pytest.mark.parametrize("side", list(DocumentSide))
def test_each_side_has_its_fields_also_when_nothing_was_read(side: DocumentSide) -> None:
    judged = judge(side, {}, least=LEAST)
    assert tuple(judged) == FIELDS[side]
    assert {it.state for it in judged.values()} == {FieldState.MISSING}
    assert not holds(side, {})


def test_a_layout_holds_when_half_of_it_looks_right() -> None:
    assert holds(FRONT, readings(number=NUMBER, sex="男"))
    assert not holds(FRONT, readings(number="12", sex="男"))


def test_the_number_tells_card_and_permit_apart() -> None:
    assert other_side(FRONT, readings(number="810000198505200022")) is PERMIT
    assert other_side(PERMIT, readings(number=NUMBER)) is FRONT
    assert other_side(FRONT, readings(number=NUMBER)) is FRONT


@pytest.mark.parametrize(
    ("first", "last", "unsure"),
    [
        ("2005-03-01", "2025-03-01", "valid_from"),  # was 2015: 20 years of 10
        ("2015-03-01", "2025-03-01", "valid_to"),  # was 2035: 10 years of 20
        ("2018-03-01", "长期", "valid_from"),  # was 2013: 长期 fits every day
    ],
)
def test_a_day_that_fits_by_one_wrong_digit_is_not_checked(first: str, last: str, unsure: str) -> None:
    days = {"valid_from": [(first, 1.0)], "valid_to": [(last, 1.0)]}
    weak = {**days, unsure: [(days[unsure][0][0], SURE - 0.05)]}
    judged = judge(BACK, readings(**weak), least=LEAST)[unsure]
    assert (judged.state, judged.rule) == (FieldState.DOUBTFUL, "confidence")
    twice = {**days, unsure: weak[unsure] * 2}
    assert judge(BACK, readings(**twice), least=LEAST)[unsure].state is FieldState.CHECKED


def test_an_expiry_that_only_is_a_month_must_be_sure() -> None:
    assert judge(BANK, readings(expiry=[("08/37", SURE - 0.05)]), least=LEAST)["expiry"].rule == "confidence"
    assert judge(BANK, readings(expiry="08/31"), least=LEAST)["expiry"].state is FieldState.CHECKED


def test_the_old_foreign_number_does_not_say_the_century() -> None:
    old = next(text for last in range(10) if old_holds(text := f"CAN1101650307{0}{last}"))
    weak = readings(number=old, birth=[("2065-03-07", SURE - 0.05)])
    judged = judge(DocumentSide.FOREIGNER_FRONT, weak, least=LEAST)
    assert judged["number"].state is FieldState.CHECKED
    assert (judged["birth"].state, judged["birth"].rule) == (FieldState.DOUBTFUL, "confidence")
