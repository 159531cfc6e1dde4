"""Reading the catalogue: the cut parts say what the whole file says, and the file keeps its own promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from padkit_contract.catalogue import Catalogue, DataClass, load_catalogue
from padkit_contract.catalogue.load import FILE
from padkit_contract.errors import Invalid

SECTIONS = ("functions", "operations", "credit_functions")


@pytest.fixture(scope="module")
def whole() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def functions() -> list[str]:
    return [each for each in load_catalogue().ids if load_catalogue().section(each) == "functions"]


def test_cutting_the_text_loses_no_entry(whole: Mapping[str, Any], catalogue: Catalogue) -> None:
    assert list(catalogue.ids) == [each["id"] for section in SECTIONS for each in whole[section]]
    assert catalogue.version == whole["schema_version"]


def test_a_cut_entry_says_what_the_whole_file_says(whole: Mapping[str, Any], catalogue: Catalogue) -> None:
    for section in SECTIONS:
        for raw in whole[section]:
            entry = catalogue.entry(raw["id"])
            assert catalogue.section(entry.id) == section
            assert (entry.key, list(entry.evidence), entry.risk) == (raw["key"], raw["evidence"], raw["risk"])
            assert entry.core.service == raw["core"]["service"]


def test_a_cut_dictionary_says_what_the_whole_file_says(whole: Mapping[str, Any], catalogue: Catalogue) -> None:
    for name in ("evidence", "documents", "checks", "parameters", "fields", "capabilities"):
        assert catalogue.dictionary(name) == whole["dictionaries"][name]


def test_an_unknown_business_is_refused_by_name(catalogue: Catalogue) -> None:
    with pytest.raises(Invalid, match="ACC-99") as caught:
        catalogue.entry("ACC-99")
    assert caught.value.reason == "business.unknown"


def test_functions_per_category_equal_the_counts(whole: Mapping[str, Any]) -> None:
    counts = Counter(each["category"] for each in whole["functions"])
    assert {**counts, "total": counts.total()} == whole["counts"]
    assert counts.total() == 83


def test_ids_and_keys_are_unique_over_all_sections(whole: Mapping[str, Any]) -> None:
    for name in ("id", "key"):
        values = [each[name] for section in SECTIONS for each in whole[section]]
        assert len(values) == len(set(values))


@pytest.mark.parametrize("entry_id", load_catalogue().ids)
def test_every_name_in_an_entry_stands_in_a_dictionary(entry_id: str, catalogue: Catalogue) -> None:
    entry = catalogue.entry(entry_id)
    known = {
        "fields": {*entry.specs, *entry.core.response},
        "evidence": entry.evidence,
        "capabilities": entry.devices,
        "documents": entry.documents,
        "checks": entry.checks,
        "parameters": entry.parameters,
    }
    for dictionary, names in known.items():
        assert set(names) <= catalogue.dictionary(dictionary).keys()


@pytest.mark.parametrize("entry_id", functions())
def test_a_pin_block_needs_the_evidence_of_its_entry(entry_id: str, catalogue: Catalogue) -> None:
    entry = catalogue.entry(entry_id)
    needed = {"pin_block": "pin_verify", "new_pin_block": "pin_new"}
    for name, spec in entry.specs.items():
        if spec.type.value == "cipher":
            assert needed[name] in entry.evidence


@pytest.mark.parametrize("entry_id", functions())
def test_faces_and_fingerprints_need_consent(entry_id: str, catalogue: Catalogue) -> None:
    entry = catalogue.entry(entry_id)
    if {"face_live", "fp_customer"} & set(entry.evidence):
        assert "consent_pi" in entry.evidence


@pytest.mark.parametrize("entry_id", functions())
def test_kind_and_risk_choose_reversal_and_authorisation(entry_id: str, catalogue: Catalogue) -> None:
    entry = catalogue.entry(entry_id)
    if entry.kind in ("money", "open"):
        assert entry.reversal in ("same_day", "compensate")
    if entry.kind == "query":
        assert entry.reversal == "none"
        assert set(entry.documents) <= {"D-PI-CONSENT", "D-BIO-CONSENT", "D-CREDIT-AUTH"}
    if entry.risk == "R4":
        assert entry.authorisation != "none"


@pytest.mark.parametrize("entry_id", functions())
def test_c3_fields_come_from_a_device_and_never_go_back(entry_id: str, catalogue: Catalogue) -> None:
    entry = catalogue.entry(entry_id)
    for each in entry.inputs:
        if catalogue.fields[each.field].data_class is DataClass.C3:
            assert each.source == "device"
    assert not [name for name in entry.core.response if catalogue.fields[name].data_class is DataClass.C3]


@pytest.mark.parametrize("entry_id", functions())
def test_a_dispensed_card_is_never_offline_and_ends_at_card_taken(entry_id: str, catalogue: Catalogue) -> None:
    entry = catalogue.entry(entry_id)
    if "card.dispense" in entry.devices:
        assert entry.offline != "full"
        assert entry.irreversible_after == "CARD_TAKEN"


def test_rules_of_the_dictionary_become_choices_lengths_and_checks(catalogue: Catalogue) -> None:
    fields = catalogue.fields
    assert fields["acct_class"].choices == ("I", "II", "III")
    assert fields["risk_grade"].choices == ("R1", "R2", "R3", "R4", "R5")
    assert fields["open_purpose"].choices == ()
    assert (fields["phone"].digits, fields["card_no"].luhn, fields["cert_end"].long_term) == (11, True, True)


def test_an_authorised_function_needs_the_authoriser_beside_evidence_and_checks(catalogue: Catalogue) -> None:
    needs = catalogue.entry("ACC-01").needs
    assert {"authoriser", "id_chip", "cip"} <= set(needs)
    assert "authoriser" not in catalogue.entry("CUS-01").needs
