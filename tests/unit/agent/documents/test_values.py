"""Values against fields: each kind as a person reads it, each wrong value refused by document and field, without showing it."""

from __future__ import annotations

from typing import Any

import pytest

from padkit_agent.documents import Shelf, ValueRefused
from padkit_agent.documents.fonts import Coverage
from padkit_agent.documents.values import Shown, show
from padkit_sdk.errors import Refused

from .values import GOOD

ALL = Coverage([(0, 0x10FFFF)])


def shown(shelf: Shelf, name: str, language: str = "zh-CN", **changed: object) -> dict[str, Shown]:
    values = {key: value for key, value in {**GOOD[name], **changed}.items() if value is not ...}
    return show(shelf.find(name).template, language, values, ALL)


def refusal(shelf: Shelf, name: str, coverage: Coverage = ALL, **changed: Any) -> ValueRefused:
    values = {key: value for key, value in {**GOOD[name], **changed}.items() if value is not ...}
    with pytest.raises(ValueRefused) as refused:
        show(shelf.find(name).template, "zh-CN", values, coverage)
    return refused.value


@pytest.mark.parametrize(
    ("name", "field", "value", "chinese", "english"),
    [
        ("D-CRS", "customer_name", "张·三", "张·三", "张·三"),
        ("D-CRS", "date", "2026-01-31", "2026年1月31日", "31 January 2026"),
        ("D-RECEIPT", "card_last4", "0042", "0042", "0042"),
        (
            "D-RECEIPT",
            "completed_at",
            "2026-12-01T00:05:09+08:00",
            "2026年12月1日 00:05:09 (UTC+08:00)",
            "1 December 2026 00:05:09 (UTC+08:00)",
        ),
        ("D-APPLY-OPEN", "daily_limit_fen", 123_456_789, "人民币 1,234,567.89 元", "CNY 1,234,567.89"),
        ("D-APPLY-OPEN", "daily_limit_fen", 0, "人民币 0.00 元", "CNY 0.00"),
        ("D-APPLY-OPEN", "sms", False, "否", "No"),
        ("D-APPLY-OPEN", "account_class", "II", "II类户", "Class II"),
        ("D-APPLY-OPEN", "employer", ..., "—", "—"),
    ],
)
def test_a_value_is_shown_as_a_person_reads_it(
    shelf: Shelf, name: str, field: str, value: object, chinese: str, english: str
) -> None:
    assert shown(shelf, name, **{field: value})[field].text == chinese
    assert shown(shelf, name, "en", **{field: value})[field].text == english


def test_a_choice_shows_what_was_not_chosen_too(shelf: Shelf) -> None:
    assert shown(shelf, "D-LIABILITY", "en")["pledge"].marks == (
        ("Copied by hand by the customer", True),
        ("Read and confirmed by the customer", False),
    )


def test_a_field_that_does_not_belong_to_the_answers_is_not_shown(shelf: Shelf) -> None:
    only_china = {name: ... for name in GOOD["D-CRS"] if name.startswith(("sur", "giv", "bir", "add", "cou", "tin"))}
    assert "surname" not in shown(shelf, "D-CRS", tax_status="resident", **only_china)
    assert "tin_3" not in shown(shelf, "D-CRS")


@pytest.mark.parametrize(
    ("name", "field", "value", "reason"),
    [
        ("D-CRS", "customer_name", ..., "document.field_missing"),
        ("D-CRS", "customer_name", None, "document.field_missing"),
        ("D-CRS", "surname", ..., "document.field_missing"),
        ("D-CRS", "tin_2", ..., "document.field_missing"),
        ("D-CRS", "tin_3", "1234", "document.field_unknown"),
        ("D-CRS", "nickname", "1234", "document.field_unknown"),
        ("D-APPLY-OPEN", "id_valid_until", ..., "document.field_missing"),
        ("D-CRS", "customer_name", "", "document.field_length"),
        ("D-CRS", "customer_name", "张" * 61, "document.field_length"),
        ("D-CRS", "customer_name", 7, "document.field_type"),
        ("D-CRS", "customer_name", ["张"], "document.field_type"),
        ("D-CRS", "customer_name", "张\u202e三", "document.field_character"),
        ("D-CRS", "customer_name", "张三 ", "document.field_character"),
        ("D-RECEIPT", "card_last4", "123", "document.field_type"),
        ("D-RECEIPT", "card_last4", "１２３４", "document.field_type"),
        ("D-RECEIPT", "card_last4", 1234, "document.field_type"),
        ("D-CRS", "date", "2026-02-29", "document.field_type"),
        ("D-CRS", "date", "20260228", "document.field_type"),
        ("D-CRS", "date", "2026-02-28\n", "document.field_type"),
        ("D-CRS", "date", 20260228, "document.field_type"),
        ("D-RECEIPT", "completed_at", "2026-02-28T10:00:00", "document.field_type"),
        ("D-RECEIPT", "completed_at", "2026-02-28T25:00:00+08:00", "document.field_type"),
        ("D-RECEIPT", "completed_at", "2026-02-28T10:00:00+99:00", "document.field_type"),
        ("D-APPLY-OPEN", "daily_limit_fen", -1, "document.field_type"),
        ("D-APPLY-OPEN", "daily_limit_fen", True, "document.field_type"),
        ("D-APPLY-OPEN", "daily_limit_fen", 1.5, "document.field_type"),
        ("D-APPLY-OPEN", "daily_limit_fen", 10**15 + 1, "document.field_type"),
        ("D-APPLY-OPEN", "sms", "true", "document.field_type"),
        ("D-APPLY-OPEN", "sms", 1, "document.field_type"),
        ("D-APPLY-OPEN", "account_class", "IV", "document.field_type"),
        ("D-APPLY-OPEN", "account_class", ["I"], "document.field_type"),
    ],
)
def test_a_wrong_value_is_refused_by_document_and_field(
    shelf: Shelf, name: str, field: str, value: object, reason: str
) -> None:
    refused = refusal(shelf, name, **{field: value})
    assert (refused.reason, refused.document) == (reason, name)
    assert field in refused.field
    assert f"document {name}, field {refused.field}: " in str(refused)
    assert "; " in str(refused)


def test_a_character_that_no_font_holds_is_named_by_its_code_and_place(shelf: Shelf) -> None:
    refused = refusal(shelf, "D-CRS", Coverage([(0, 0xFFFF)]), customer_name="张𠮷")
    assert (refused.reason, refused.field) == ("document.glyph", "customer_name")
    assert "character 2, U+20BB7" in str(refused)
    assert "branch" in str(refused)


@pytest.mark.parametrize("value", ["\u202eABCDEFG", "ABCDEFG" * 20, "ABCDEFG ", ["ABCDEFG"]])
def test_a_refusal_never_shows_the_value(shelf: Shelf, value: object) -> None:
    assert "ABCDEFG" not in str(refusal(shelf, "D-CRS", customer_name=value))


def test_the_name_of_an_unknown_field_cannot_dress_the_message_up(shelf: Shelf) -> None:
    assert str(refusal(shelf, "D-CRS", **{"\x1b[2J\u202e" * 50: "x"})).isprintable()


@pytest.mark.parametrize("language", ["zh-TW", "../en", ""])
def test_a_language_that_it_is_not_written_in_is_refused(shelf: Shelf, language: str) -> None:
    with pytest.raises(Refused, match="zh-CN, en") as refused:
        shown(shelf, "D-CRS", language)
    assert refused.value.reason == "document.language"
