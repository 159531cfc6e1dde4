"""Whom an envelope is from, by TLS, by its signature, by its context: all three, or refused."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from padkit_central.business.opening import Opener
from padkit_central.ca.authority import Authority, Means
from padkit_central.store import Arrival
from padkit_contract import messages
from padkit_contract.claim import claimed_context
from padkit_contract.context import VERSION, Context
from padkit_contract.crypto import Suite
from padkit_contract.envelope import seal
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.hsm import Secrets, load_hsm, open_at_hsm, seal_for_hsm
from padkit_contract.keys import FileKeys
from padkit_contract.messages import C3_SUFFIX, CARD_OPEN, KIT_PACK, C3Part, Request
from padkit_contract.party import Party, load_party
from padkit_contract.x509 import Certificate

BODY = messages.encode(Request("", 0, "", {}))


def code(raw: bytes) -> str:
    value: str = msgspec.json.decode(raw)["error"]["code"]
    return value


async def test_the_c3_part_of_another_envelope_is_refused(prepared: Any, log: Any) -> None:
    async with prepared.kit() as kit:
        status, _ = await kit.post(kit.sealed("ACC-01", BODY), kit.sealed("ACC-01#c3", b"{}"))
    assert status == 400
    assert any(why.startswith("c3.context") for why in log.reasons())


async def test_an_envelope_of_another_kit_is_refused_by_its_own_name(prepared: Any) -> None:
    async with prepared.kit("kit-1", tls_of="kit-2") as thief:
        status, raw = await thief.post(thief.sealed(KIT_PACK, BODY))
    assert (status, code(raw)) == (403, "identity.mismatch")


async def test_a_kit_that_nobody_registered_is_refused(prepared: Any, log: Any) -> None:
    async with prepared.kit("kit-3") as stranger:
        status, _ = await stranger.post(stranger.sealed(KIT_PACK, BODY))
    assert status == 400
    assert any(why.startswith("peer.unknown") for why in log.reasons())


PASSWORD = b"TEST ONLY"
SECRETS = Secrets("S1", 1, {"new_pin_block": "7465737420646174612c206e6f742061", "card_expiry": "3012"})
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, suite: Suite) -> Path:
    """A kit that knows an HSM, and the central between them."""
    folder = tmp_path_factory.mktemp("house")
    authority = Authority(folder / "ca", Means(suite, PASSWORD, NOW, os.urandom))
    authority.init("demo")
    authority.issue_service("central", folder / "central", hosts=["127.0.0.1"], password=PASSWORD)
    authority.issue_hsm("HSM-1", folder / "hsm", password=PASSWORD)
    authority.issue_kit(
        "kit-1", "demo", folder / "kit", service="central", password=PASSWORD, register=folder / "central"
    )
    return folder


@pytest.fixture(scope="module")
def kit(house: Path, suite: Suite) -> Party:
    return load_party(house / "kit", suite, PASSWORD)


@pytest.fixture(scope="module")
def opener(house: Path, suite: Suite) -> Opener:
    party = load_party(house / "central", suite, PASSWORD)
    assert party.peers is not None
    return Opener(party, party.peers, {CARD_OPEN}, 1, os.urandom, 600)


def from_kit(kit: Party, body: bytes, business: str = CARD_OPEN) -> bytes:
    assert kit.peer is not None
    context = Context(
        version=VERSION,
        entity="demo",
        kit="kit-1",
        envelope="01a20000-0000-7000-8000-000000000001",
        sequence=1,
        business=business,
        catalogue=1,
        key=kit.peer.key_id,
        recipient=kit.peer.name,
        not_after=int(NOW.timestamp()) + 600,
    )
    return seal(body, context, sender=kit.sign, recipient=kit.peer, random_bytes=os.urandom, now=NOW)


def arrived(envelope: bytes) -> Arrival:
    context = claimed_context(envelope)
    return Arrival(
        "i1", "demo", "kit-1", context.envelope, context.business, context.sequence, NOW.isoformat(), envelope
    )


def sealed_for_hsm(kit: Party, envelope: bytes) -> bytes:
    assert kit.hsm is not None
    return seal_for_hsm(
        SECRETS,
        claimed_context(envelope),
        sender=kit.sign,
        recipient=kit.hsm,
        trust=kit.trust,
        random_bytes=os.urandom,
        now=NOW,
    )


def test_what_central_opens_holds_the_names_of_c3_fields_and_no_value(
    house: Path, kit: Party, opener: Opener, suite: Suite
) -> None:
    business = from_kit(kit, BODY)
    part = messages.encode(C3Part(tuple(SECRETS.fields), sealed_for_hsm(kit, business)))
    ask, _ = opener.open(arrived(business), from_kit(kit, part, CARD_OPEN + C3_SUFFIX))
    assert ask.c3 is not None
    assert set(ask.c3.names) == set(SECRETS.fields)
    whole = messages.encode(ask.c3) + ask.c3.sealed + ask.payload
    assert not any(value.encode() in whole for value in SECRETS.fields.values() if len(value) > 4)
    hsm = load_hsm(house / "hsm", suite, FileKeys(house / "hsm", suite, PASSWORD))
    assert open_at_hsm(ask.c3.sealed, hsm, NOW).secrets == SECRETS


def test_a_certificate_that_was_taken_back_signs_no_c3_part_either(kit: Party, opener: Opener) -> None:
    business = from_kit(kit, BODY)
    part = from_kit(kit, messages.encode(C3Part()), CARD_OPEN + C3_SUFFIX)
    asked: list[int] = []

    def withdrawn_since(certificate: Certificate, _now: datetime) -> None:
        asked.append(certificate.serial)
        if len(asked) > 1:  # a kit may sign the two with two certificates
            raise EnvelopeRefused("certificate.withdrawn", "kit-1")

    with pytest.raises(EnvelopeRefused, match=r"certificate\.withdrawn"):
        replace(opener, check_signer=withdrawn_since).open(arrived(business), part)


def test_central_has_no_key_for_what_is_sealed_for_the_hsm(kit: Party, opener: Opener) -> None:
    business = from_kit(kit, BODY)
    with pytest.raises(EnvelopeRefused) as refused:
        opener.open(arrived(business), sealed_for_hsm(kit, business))
    assert refused.value.reason == "envelope.recipient"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"new_pin_block":"00"}', b'{"names":"x","sealed":""}', b"[" * 9000])
def test_c3_fields_that_are_not_sealed_for_the_hsm_are_no_c3_part(kit: Party, opener: Opener, body: bytes) -> None:
    business = from_kit(kit, BODY)
    with pytest.raises(EnvelopeRefused) as refused:
        opener.open(arrived(business), from_kit(kit, body, CARD_OPEN + C3_SUFFIX))
    assert refused.value.reason == "c3.form"
