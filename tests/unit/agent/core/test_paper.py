"""The fields of a customer's documents from form, chip and policy, each set by its template."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from padkit_agent.core.paper import (
    APPLICATION,
    BIOMETRICS,
    CONSENT,
    EBANK,
    EBANK_TERMS,
    LIABILITY,
    TAX,
    TERMS,
    Paper,
    day,
    today,
    values,
)
from padkit_agent.documents import open_shelf
from padkit_agent.documents.fonts import Coverage
from padkit_agent.documents.values import ValueRefused, show

ALL = Coverage([(0, 0x10FFFF)])
FORM: dict[str, Any] = {
    "phone": "13800000000",
    "occupation": "farmer",
    "home_addr": "虚构省样例市测试路1号",
    "open_purpose": "farming",
    "tax_residency": "cn_only",
    "acct_class": "I",
    "card_product": "DEBIT-DEMO",
    "limit_day": "5000.00",
    "elder_flag": False,
}
CHIP: dict[str, Any] = {
    "name": "测试甲",
    "sex": "2",
    "birth_date": "19900307",
    "cert_no": "999999199003071234",
    "cert_end": "20400101",
}


def paper(document: str) -> Paper:
    return Paper("sign_form", document, "2026-11-22", "示例银行", 10, elder=False)


def shown(document: str, form: dict[str, Any] = FORM, chip: dict[str, Any] = CHIP) -> dict[str, str]:
    given = values(paper(document), "ACC-01", "S1", form, chip)
    sheet = open_shelf().find(document)
    return {name: it.text for name, it in show(sheet.template, "zh-CN", given, ALL).items()}


def test_the_consent_needs_nothing_of_the_identity_card() -> None:
    told = shown(CONSENT, chip={})
    assert (told["bank_name"], told["serial"], told["business"]) == ("示例银行", "S1", "个人开卡")
    assert (told["keep_years"], told["marketing"]) == ("10", "否")


def test_the_application_says_what_form_and_chip_say() -> None:
    told = shown(APPLICATION)
    assert (told["customer_name"], told["id_number"], told["sex"]) == ("测试甲", "999999199003071234", "女")
    assert (told["birth_date"], told["id_valid_until"]) == ("1990年3月7日", "2040年1月1日")
    assert (told["occupation"], told["purpose"]) == ("农民", "农业生产经营、涉农补贴")
    assert (told["daily_limit_fen"], told["yearly_limit_fen"]) == ("人民币 5,000.00 元", "—")
    assert (told["sms"], told["mobile_banking"], told["employer"]) == ("否", "否", "—")


def test_products_that_were_chosen_are_asked_for_and_no_other() -> None:
    told = shown(APPLICATION, {**FORM, "products_chosen": ["mobile"]})
    assert (told["sms"], told["mobile_banking"]) == ("否", "是")


def test_a_card_for_life_has_no_last_day() -> None:
    told = shown(APPLICATION, chip={**CHIP, "cert_end": "长期"})
    assert told["id_validity"] == "长期"
    assert "id_valid_until" not in told


@pytest.mark.parametrize("code", ["salary", "farming", "study", "pension", "medical", "other"])
def test_every_purpose_of_the_catalogue_has_a_text(code: str) -> None:
    assert shown(APPLICATION, {**FORM, "open_purpose": code, "purpose_note": "人参购销"})["purpose_other"] == "人参购销"


def test_an_occupation_without_a_text_of_ours_stands_there_as_it_was_given() -> None:
    assert shown(APPLICATION, {**FORM, "occupation": "护林员"})["occupation"] == "护林员"


def test_the_liability_notice_is_confirmed_not_copied() -> None:
    assert shown(LIABILITY)["pledge"] == "客户本人阅读后确认"


def test_a_tax_resident_of_china_needs_no_more_and_anybody_else_more_than_the_form_carries() -> None:
    assert shown(TAX)["tax_status"] == "仅为中国税收居民"
    with pytest.raises(ValueRefused) as refused:
        shown(TAX, {**FORM, "tax_residency": "both"})
    assert (refused.value.reason, refused.value.field) == ("document.field_missing", "surname")


def test_who_pays_taxes_elsewhere_says_where_and_with_which_number_or_why_without() -> None:
    details = {
        "surname": "Ceshi",
        "given_name": "Jia",
        "birth_place": "中国吉林省",
        "birth_place_latin": "Jilin, China",
        "address_latin": "1 Test Road",
        "country_1": "乌托邦",
        "tin_1": "none is issued",
    }
    told = shown(TAX, {**FORM, "tax_residency": "non_resident", "tax_details": details})
    assert (told["tax_status"], told["birth_date"], told["tin_1"]) == ("仅为非居民", "1990年3月7日", "none is issued")
    assert shown(TAX, {**FORM, "tax_details": details}).keys() == shown(TAX).keys()  # of China only: nothing of it


@pytest.mark.parametrize("document", [BIOMETRICS, TERMS, EBANK, EBANK_TERMS])
def test_each_further_document_is_whole_with_what_form_and_chip_say(document: str) -> None:
    told = shown(document, {**FORM, "products_chosen": ["sms"]}, {**CHIP, "name": "𬞟·测试"})
    assert told["bank_name"] == "示例银行"
    assert told.get("customer_name") in (None, "𬞟·测试")
    assert told.get("sms") in (None, "是")


def test_an_amount_that_is_none_is_left_to_the_template() -> None:
    with pytest.raises(ValueRefused) as refused:
        shown(APPLICATION, {**FORM, "limit_day": "much"})
    assert refused.value.field == "daily_limit_fen"


def test_the_date_is_the_banks() -> None:
    assert today("2026-11-22T15:59:59.000Z") == "2026-11-22"
    assert today("2026-11-22T16:00:00.000Z") == "2026-11-23"
    assert values(replace(paper(TAX), date="2026-12-24"), "ACC-01", "S1", FORM, CHIP)["date"] == "2026-12-24"


def test_both_spellings_of_a_chips_date_are_read() -> None:
    assert (day("20300131"), day("2030-01-31")) == ("2030-01-31", "2030-01-31")
