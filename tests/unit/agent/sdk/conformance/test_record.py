from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_sdk.conformance.record import MODULE_NUMBER, flaws
from padkit_sdk.ports import DocumentKind, IdentityCard
from padkit_sdk.secrets import HiddenBytes, HiddenText, IdNumber

NUMBER = "999999199003071234"
RAW = f"测试甲101虚构省{NUMBER}样例市公安局".ljust(128).encode("utf-16-le")
GOOD = IdentityCard(
    kind=DocumentKind.RESIDENT,
    name=HiddenText("测试甲"),
    number=IdNumber(NUMBER),
    sex="1",
    nation="01",
    birth_date="1990-03-07",
    address=HiddenText("虚构省"),
    issuer="样例市公安局",
    valid_from="2020-01-01",
    valid_to="2040-01-01",
    long_term=False,
    raw_text=HiddenBytes(RAW),
    photo=HiddenBytes(bytes(1024)),
    fingerprint=HiddenBytes(b""),
    module_number="05.01-20131016-0001234567-0089012345",
)


def test_a_consistent_record_has_no_flaws():
    assert flaws(GOOD) == []
    assert flaws(replace(GOOD, long_term=True, valid_to="")) == []


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"number": IdNumber("99999919900307123X")}, "number: wrong check character"),
        ({"number": IdNumber("12345")}, "number: not 17 digits and a check character"),
        ({"birth_date": "1990-03-08"}, "birth_date: not the one in the number"),
        ({"birth_date": "19900307"}, "birth_date: not an ISO date"),
        ({"valid_from": "2020-13-01"}, "valid_from: not an ISO date"),
        ({"long_term": True}, "valid_to: must be empty exactly when the card is long-term"),
        ({"valid_to": "2019-01-01"}, "valid_to: before valid_from"),
        ({"raw_text": HiddenBytes(RAW[:-1])}, "raw_text: 255 bytes, not 256"),
        ({"photo": HiddenBytes(b"")}, "photo: 0 bytes, not 1024"),
        ({"fingerprint": HiddenBytes(b"x")}, "fingerprint: 1 bytes, not one of (0, 512, 1024)"),
        ({"name": HiddenText("")}, "name: empty"),
        ({"name": HiddenText("测试乙")}, "name: not as it stands in raw_text"),
        ({"address": HiddenText("别处")}, "address: not as it stands in raw_text"),
        ({"sex": "M"}, "sex: 'M' is not one of ('0', '1', '2', '9')"),
        ({"kind": DocumentKind.FOREIGNER_2017}, "number: not three letters and twelve digits"),
    ],
)
def test_a_flaw_names_its_field_and_shows_nothing_of_the_person(change, flaw):
    told = flaws(replace(GOOD, **change))
    assert flaw in told
    assert not any("测试" in line or "1990" in line for line in told)


def test_an_old_foreigners_number_has_no_check_character():
    raw = "SAMPLE ZZZ999012345678".ljust(128).encode("utf-16-le")
    card = replace(
        GOOD,
        kind=DocumentKind.FOREIGNER_2017,
        number=IdNumber("ZZZ999012345678"),
        name=HiddenText(""),
        english_name=HiddenText("SAMPLE"),
        address=HiddenText(""),
        issuer="",
        raw_text=HiddenBytes(raw),
    )
    assert flaws(card) == []


def test_a_module_number_is_what_is_printed_on_the_module():
    assert MODULE_NUMBER.fullmatch(GOOD.module_number)
    assert not MODULE_NUMBER.fullmatch("0501-20131016")
