"""What the page calls things, in both languages, as the catalogue has it."""

from __future__ import annotations

from collections.abc import Mapping

from padkit_contract.catalogue import Catalogue
from padkit_contract.messages import AUTHORISER

Words = Mapping[str, Mapping[str, Mapping[str, str]]]


def words(catalogue: Catalogue) -> Words:
    """Return names by kind (``functions``, ``items``, ``fields``), id and language. A field has no English name there: its id."""
    items = {**catalogue.dictionary("evidence"), **catalogue.dictionary("checks")}
    fields = {
        name: {"zh": str(raw["zh"]), "en": name.replace("_", " ")}
        for name, raw in catalogue.dictionary("fields").items()
    }
    return {
        "functions": {name: dict(catalogue.entry(name).name) for name in sorted(catalogue.functions)},
        "items": {
            **{name: {"zh": str(raw["zh"]), "en": str(raw["en"])} for name, raw in items.items()},
            AUTHORISER: {"zh": "授权", "en": "Authorisation"},
        },
        "fields": fields,
    }
