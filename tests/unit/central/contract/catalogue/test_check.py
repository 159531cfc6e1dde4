"""Fields against the catalogue: what is refused, by which name, and what never appears in a message."""

from __future__ import annotations

from typing import Any

import pytest

from padkit_contract.catalogue import c3_fields, check_fields, load_catalogue
from padkit_contract.errors import Invalid

ENTRY = load_catalogue().entry("ACC-01")
ID_NUMBER = "11010519491231002X"  # the worked example of GB 11643
CARD_NO = "6228480402564890018"

GOOD: dict[str, Any] = {
    "cert_type": "110001",
    "cert_no": ID_NUMBER,
    "name": "测试·甲",
    "sex": "1",
    "nation": "01",
    "birth_date": "1949-12-31",
    "cert_addr": "某省某市",
    "cert_issuer": "某市公安局",
    "cert_start": "2016-01-01",
    "cert_end": "长期",
    "phone": "13800000000",
    "occupation": "farmer",
    "home_addr": "某村",
    "open_purpose": "farming",
    "cdd_answers": [{"q": 1, "a": "farming"}],
    "tax_residency": "cn_only",
    "acct_class": "I",
    "card_product": "DEMO",
    "limit_day": "5000.00",
    "agent_flag": False,
    "elder_flag": False,
    "card_no": CARD_NO,
    "voucher_serial": "000001",
    "box_slot": "1",
    "new_pin_block": "00" * 16,
}


def reason(**changed: Any) -> str:
    with pytest.raises(Invalid) as caught:
        check_fields(ENTRY, {**GOOD, **changed})
    return caught.value.reason


def test_a_complete_request_passes() -> None:
    check_fields(ENTRY, GOOD)


def test_what_only_the_core_asks_for_may_be_there() -> None:
    check_fields(ENTRY, {**GOOD, "pin_key_id": "k1", "cdd_level": "normal", "card_seq": "01"})


def test_an_unknown_field_is_refused_with_entry_and_name() -> None:
    with pytest.raises(Invalid, match=r"ACC-01\.colour") as caught:
        check_fields(ENTRY, {**GOOD, "colour": "red"})
    assert caught.value.reason == "field.unknown"


@pytest.mark.parametrize("name", sorted(ENTRY.required))
def test_every_required_field_is_missed_by_name(name: str) -> None:
    with pytest.raises(Invalid, match=rf"ACC-01\.{name}") as caught:
        check_fields(ENTRY, {key: value for key, value in GOOD.items() if key != name})
    assert caught.value.reason == "field.missing"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("phone", "1380000000", "field.length"),
        ("phone", "1380000000x", "field.value"),
        ("phone", 13800000000, "field.type"),
        ("card_no", "6228480402564890019", "field.luhn"),
        ("card_no", "62284", "field.length"),
        ("cert_no", "110105194912310021", "field.value"),
        ("cert_no", "11010519491231002", "field.length"),
        ("birth_date", "19491231", "field.value"),
        ("birth_date", "1949-02-30", "field.value"),
        ("birth_date", "长期", "field.value"),
        ("acct_class", "IV", "field.value"),
        ("tax_residency", "", "field.length"),
        ("limit_day", 50.5, "field.type"),
        ("limit_day", "50.555", "field.value"),
        ("limit_day", "-1", "field.value"),
        ("agent_flag", "no", "field.type"),
        ("agent_flag", 0, "field.type"),
        ("cdd_answers", "none", "field.type"),
        ("cdd_answers", [0] * 257, "field.length"),
        ("products_chosen", ["mobile", "gold"], "field.value"),
        ("products_chosen", "mobile", "field.type"),
        ("name", "x" * 513, "field.length"),
        ("name", None, "field.type"),
        ("new_pin_block", "0" * 4097, "field.length"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(name: str, value: object, expected: str) -> None:
    assert reason(**{name: value}) == expected


def test_another_document_has_no_resident_check_digit() -> None:
    check_fields(ENTRY, {**GOOD, "cert_type": "110023", "cert_no": "H1234567"})


def test_personal_values_never_stand_in_the_message() -> None:
    for name, value in (
        ("cert_no", "110105194912310021"),
        ("tax_residency", "mars"),
        ("card_no", "6228480402564890019"),
    ):
        with pytest.raises(Invalid) as caught:
            check_fields(ENTRY, {**GOOD, name: value})
        assert value not in str(caught.value)


def test_c3_fields_are_named_by_the_dictionary() -> None:
    assert c3_fields(ENTRY) == {"new_pin_block", "card_expiry"}
