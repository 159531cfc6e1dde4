"""Types that the opening of a card does not use."""

from __future__ import annotations

import pytest

from padkit_contract.catalogue import FieldSpec, load_catalogue
from padkit_contract.catalogue.values import Misfit, check_value, luhn_ok

FIELDS = load_catalogue().fields


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_no", 1),
        ("rate", "3.25"),
        ("rate", 3),
        ("request_time", "2026-11-22T08:00:00Z"),
        ("evidence_digest", "0aFF"),
        ("chip_photo", "ref:1"),
        ("bio_template_ref", "ref:1"),
        ("gps_point", {"lat": "43.8"}),
        ("corp_info", {}),
    ],
)
def test_a_fitting_value_passes(name: str, value: object) -> None:
    check_value(FIELDS[name], value)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("page_no", True, "field.type"),
        ("page_no", "1", "field.type"),
        ("rate", "3.2.5", "field.value"),
        ("rate", True, "field.type"),
        ("request_time", "2026-11-22T08:00:00", "field.value"),
        ("request_time", "today", "field.value"),
        ("evidence_digest", "0aF", "field.value"),
        ("corp_info", dict.fromkeys(range(257)), "field.length"),
    ],
)
def test_a_misfit_is_named(name: str, value: object, reason: str) -> None:
    with pytest.raises(Misfit) as caught:
        check_value(FIELDS[name], value)
    assert caught.value.reason == reason


@pytest.mark.parametrize("spec", FIELDS.values(), ids=lambda spec: spec.name)
@pytest.mark.parametrize("value", [None, 1.5, b"", object(), ""], ids=["none", "float", "bytes", "object", "empty"])
def test_no_field_takes_nonsense(spec: FieldSpec, value: object) -> None:
    with pytest.raises(Misfit):
        check_value(spec, value)


def test_luhn_of_published_examples() -> None:
    assert luhn_ok("79927398713")  # ISO/IEC 7812-1, annex B
    assert not luhn_ok("79927398710")
