"""A request's fields against its catalogue entry: nothing unknown, nothing missing, every value of its type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from padkit_contract.catalogue.model import DataClass, Entry
from padkit_contract.catalogue.values import RESIDENT_ID, Misfit, check_id_number, check_value
from padkit_contract.errors import Invalid


def check_fields(entry: Entry, fields: Mapping[str, Any], *, sealed: Collection[str] = ()) -> None:
    """Check all `fields` of one request; of those that are `sealed` for somebody else, only that they belong there.

    Raises:
        Invalid: ``field.unknown``, ``field.missing``, ``field.type``, ``field.length``, ``field.luhn`` or ``field.value``;
            the message names entry and field. Values of personal fields are never in it.
    """
    for name in (*fields, *sealed):
        if name not in entry.specs:
            raise Invalid("field.unknown", f"{entry.id}.{name[:64]}: the catalogue does not know it here; leave it out")
    for name in sorted(entry.required - fields.keys() - set(sealed)):
        raise Invalid("field.missing", f"{entry.id}.{name}: required; fill it in")
    check_values(entry, fields)
    if fields.get("cert_type") == RESIDENT_ID and "cert_no" in fields:
        _check(f"{entry.id}.cert_no", check_id_number, fields["cert_no"])


def check_values(entry: Entry, fields: Mapping[str, Any]) -> None:
    """Check the values of fields that the entry knows. Raises `Invalid` as `check_fields`."""
    for name, value in fields.items():
        _check(f"{entry.id}.{name}", check_value, entry.specs[name], value)


def c3_fields(entry: Entry) -> frozenset[str]:
    """Return the names of the entry's C3 fields: they travel in the C3 envelope and are stored nowhere."""
    return frozenset(name for name, spec in entry.specs.items() if spec.data_class is DataClass.C3)


def _check(place: str, check: Callable[..., None], *values: object) -> None:
    try:
        check(*values)
    except Misfit as exc:
        raise Invalid(exc.reason, f"{place}: {exc.text}") from None
