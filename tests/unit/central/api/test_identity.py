"""Who a client certificate names."""

from __future__ import annotations

from typing import Any

import pytest

from padkit_central.api.identity import named_in
from padkit_central.business import Caller


def subject(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"subject": tuple(((kind, value),) for kind, value in pairs)}


def test_entity_and_kit_come_from_the_subject() -> None:
    certificate = subject(("organizationName", "demo"), ("commonName", "kit-1"))
    assert named_in(certificate) == Caller("demo", "kit-1")


@pytest.mark.parametrize(
    "certificate",
    [
        {},
        {"subject": ()},
        {"subject": "CN=kit-1"},
        subject(("commonName", "kit-1")),
        subject(("organizationName", "demo")),
        subject(("organizationName", "demo"), ("commonName", "kit-1"), ("commonName", "kit-2")),
        subject(("organizationName", "demo"), ("commonName", "")),
        subject(("organizationName", "demo"), ("commonName", "k" * 65)),
    ],
)
def test_anything_else_names_nobody(certificate: dict[str, Any]) -> None:
    assert named_in(certificate) is None
