"""A support bundle is sealed for the desk whose certificate the kit was given, and for nobody else."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from padkit_agent.uplink.support import BUSINESS, SupportSealer
from padkit_central.ca.authority import Authority, Means
from padkit_contract.crypto import Suite
from padkit_contract.envelope import Identity, open_envelope
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.keyfile import load_key
from padkit_contract.party import Party, load_party
from padkit_contract.x509 import load_certificate
from padkit_sdk.errors import Refused

from ..stepping import BEGUN_S
from .conftest import PASSWORD

NOW = datetime.fromtimestamp(BEGUN_S, UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, suite: Suite) -> Path:
    """A kit that knows a support desk and an HSM."""
    folder = tmp_path_factory.mktemp("desk")
    authority = Authority(folder / "ca", Means(suite, PASSWORD, NOW, secrets.token_bytes))
    authority.init("bank")
    authority.issue_service("central", folder / "central", hosts=("127.0.0.1",), password=PASSWORD)
    authority.issue_support("SUPPORT-1", folder / "support", password=PASSWORD)
    authority.issue_hsm("HSM-1", folder / "hsm", password=PASSWORD)
    authority.issue_kit("KIT-1", "bank", folder / "kit", service="central", password=PASSWORD, register=None)
    return folder


@pytest.fixture(scope="module")
def party(folder: Path, suite: Suite) -> Party:
    return load_party(folder / "kit", suite, PASSWORD)


def sealer(party: Party) -> SupportSealer:
    return SupportSealer(party, lambda: BEGUN_S, lambda: "019ab9a0-0000-7000-8000-000000000001", secrets.token_bytes)


def test_the_desk_opens_what_the_kit_sealed(folder: Path, party: Party, suite: Suite) -> None:
    desk = folder / "support"
    certificate = load_certificate((desk / "encrypt.crt.pem").read_text())
    own = Identity(certificate, load_key(desk / "encrypt.key.pem", PASSWORD, suite))
    opened = open_envelope(sealer(party).seal(b"bundle"), own=(own,), trust=party.trust, now=NOW)
    assert (opened.payload, opened.context.business, opened.signer.name) == (b"bundle", BUSINESS, "KIT-1")


def test_central_does_not_open_it(folder: Path, party: Party, suite: Suite) -> None:
    central = load_party(folder / "central", suite, PASSWORD)
    with pytest.raises(EnvelopeRefused, match="not ours"):
        open_envelope(sealer(party).seal(b"bundle"), own=(central.encrypt,), trust=central.trust, now=NOW)


def test_a_kit_without_a_desk_says_so(party: Party) -> None:
    with pytest.raises(Refused, match="nobody could open a bundle") as refused:
        sealer(replace(party, support=None)).seal(b"bundle")
    assert refused.value.reason == "support.none"


def test_a_certificate_of_somebody_else_is_refused(party: Party) -> None:
    with pytest.raises(Refused, match="HSM-1: not the certificate of a support desk"):
        sealer(replace(party, support=party.hsm)).seal(b"bundle")


def test_a_desk_of_a_foreign_authority_is_refused(party: Party, parties: tuple[Party, Party]) -> None:
    with pytest.raises(Refused) as refused:
        sealer(replace(party, trust=parties[0].trust)).seal(b"bundle")
    assert refused.value.reason.startswith("certificate.")
