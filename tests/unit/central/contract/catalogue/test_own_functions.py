"""An entity's own functions: as good as the catalogue's, and what is wrong with one is said before it is put."""

from __future__ import annotations

from typing import Any

import pytest

from padkit_contract.catalogue import check_fields, is_function, load_catalogue
from padkit_contract.errors import Invalid

CATALOGUE = load_catalogue()
NOTE: dict[str, Any] = {
    "id": "OWN-01",
    "key": "card_note",
    "name": {"zh": "卡片备注维护", "en": "Card note"},
    "risk": "R2",
    "authorisation": "none",
    "offline": "no",
    "inputs": [{"field": "card_no", "source": "device"}, {"field": "remark", "source": "typed"}],
    "evidence": ["id_chip", "card_read", "sign_form"],
    "checks": ["kit_policy", "card_state"],
    "devices": ["card.read", "idcard.read", "sign.capture"],
    "documents": ["D-APPLY-MAINT"],
    "core": {"service": "CARD.NOTE", "request": ["card_no", "remark"], "response": ["card_state"]},
    "accept": "The note is shown at the counter.",
}


def changed(**fields: Any) -> dict[str, Any]:
    return {**NOTE, **fields}


def test_it_stands_beside_those_of_the_file_and_changes_none() -> None:
    wider = CATALOGUE.extended([NOTE])
    entry = wider.entry("OWN-01")
    assert wider.functions == CATALOGUE.functions | {"OWN-01"}
    assert wider.of_service("CARD.NOTE") == entry
    assert wider.entry("ACC-01") == CATALOGUE.entry("ACC-01")
    check_fields(entry, {"card_no": "6299990000000017", "remark": "Mondays"})
    with pytest.raises(Invalid, match=r"business\.unknown"):
        CATALOGUE.entry("OWN-01")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"key": 7}, "catalogue.form"),
        ({"colour": "red"}, "catalogue.form"),
        ({"id": "ACC-01"}, "catalogue.id"),
        ({"id": "OWN-1"}, "catalogue.id"),
        ({"id": "OWN-0001"}, "catalogue.id"),
        ({"evidence": ["horoscope"]}, "catalogue.name"),
        ({"checks": ["weather"]}, "catalogue.name"),
        ({"documents": ["D-NOTHING"]}, "catalogue.name"),
        ({"inputs": [{"field": "shoe_size"}]}, "catalogue.name"),
        ({"core": {"service": "X", "request": ["shoe_size"], "response": []}}, "catalogue.name"),
        ({"authorisation": "nobody"}, "catalogue.name"),
        ({"offline": "perhaps"}, "catalogue.name"),
        ({"risk": "R9"}, "catalogue.name"),
        ({"name": {"zh": "卡片备注维护"}}, "catalogue.name"),
    ],
)
def test_what_is_wrong_with_one_is_named(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        CATALOGUE.extended([changed(**fields)])
    assert refused.value.reason == code


def test_the_same_id_stands_there_once() -> None:
    with pytest.raises(Invalid, match="each once"):
        CATALOGUE.extended([NOTE, NOTE])


@pytest.mark.parametrize(
    ("name", "known"),
    [("ACC-01", True), ("OWN-01", True), ("OWN-999", True), ("OPS-15", False), ("OWN-1", False), ("kit.pack", False)],
)
def test_a_function_is_told_from_every_other_business(name: str, known: bool) -> None:
    assert is_function(name) is known
