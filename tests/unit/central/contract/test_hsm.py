"""C3 fields for the HSM: it opens them, nobody else does, and they fit no other kit, request or time."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract import keyfile, pem
from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import Identity, Recipient, open_envelope, seal
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.hsm import HSM_SUFFIX, MAX_SEALED, MAX_VALUE, Hsm, Secrets, load_hsm, open_at_hsm, seal_for_hsm
from padkit_contract.issue import ENCRYPT
from padkit_contract.keys import FileKeys
from padkit_contract.trust import Trust
from padkit_contract.x509 import Role

SECRETS = Secrets("S-1", 2, {"new_pin_block": "7465737420646174612c206e6f742061", "card_expiry": "3012"})
PASSWORD = b"TEST ONLY"


@dataclass
class Bank:
    """A kit, a service, and the HSM that opens C3 fields."""

    pki: object
    kit: Identity
    service: Identity
    hsm: Hsm
    trust: Trust

    def recipient(self, identity: Identity) -> Recipient:
        return Recipient.load(identity.certificate, self.pki.suite)

    def context(self, **changes: object) -> Context:
        context = Context(
            version=VERSION,
            entity="bank",
            kit="KIT-1",
            envelope="019ab9a0-0000-7000-8000-000000000001",
            sequence=7,
            business="ACC-01",
            catalogue=1,
            key=self.service.certificate.key_id,
            recipient="central",
            not_after=int(self.pki.now.timestamp()) + 3600,
            previous="ab" * 32,
        )
        return msgspec.structs.replace(context, **changes)

    def sealed(
        self, secrets: Secrets = SECRETS, *, sender=None, to: Identity | None = None, **changes: object
    ) -> bytes:
        return seal_for_hsm(
            secrets,
            self.context(**changes),
            sender=sender or self.kit,
            recipient=self.recipient(to or self.hsm.own[0]),
            trust=self.trust,
            random_bytes=os.urandom,
            now=self.pki.now,
        )

    def refusal(self, sealed: bytes, **later: float) -> str:
        with pytest.raises(EnvelopeRefused) as refused:
            open_at_hsm(sealed, self.hsm, self.pki.now + timedelta(**later))
        return refused.value.reason


@pytest.fixture(scope="module")
def bank(pki) -> Bank:
    hsm = Hsm([pki.identity("HSM-1", Role.HSM, ENCRYPT)], pki.trust())
    kit, service = pki.identity("KIT-1", Role.KIT), pki.identity("central", Role.SERVICE, ENCRYPT)
    return Bank(pki, kit, service, hsm, pki.trust())


def test_the_hsm_reads_fields_kit_envelope_and_request(bank) -> None:
    opened = open_at_hsm(bank.sealed(), bank.hsm, bank.pki.now)
    assert opened.secrets == SECRETS
    assert (opened.entity, opened.kit, opened.envelope, opened.business) == (
        "bank",
        "KIT-1",
        "019ab9a0-0000-7000-8000-000000000001",
        "ACC-01",
    )


def test_neither_secrets_nor_what_was_opened_can_be_printed(bank) -> None:
    shown = repr(SECRETS) + repr(open_at_hsm(bank.sealed(), bank.hsm, bank.pki.now))
    assert "new_pin_block" in shown
    assert not any(value in shown for value in SECRETS.fields.values())


def test_a_service_cannot_open_what_is_for_the_hsm(bank) -> None:
    with pytest.raises(EnvelopeRefused, match=r"envelope\.recipient"):
        open_envelope(bank.sealed(), own=[bank.service], trust=bank.trust, now=bank.pki.now)


@pytest.mark.parametrize("role", [Role.SERVICE, Role.KIT])
def test_nothing_is_sealed_for_a_certificate_of_another_role(bank, role: Role) -> None:
    with pytest.raises(EnvelopeRefused, match=r"hsm\.role"):
        bank.sealed(to=bank.pki.identity("HSM-1", role, ENCRYPT))


def test_an_hsm_certificate_of_the_service_ca_is_refused(bank) -> None:
    with pytest.raises(EnvelopeRefused, match=r"certificate\.role"):
        bank.sealed(to=bank.pki.identity("HSM-1", Role.HSM, ENCRYPT, by=Role.SERVICE))


def test_a_revoked_hsm_gets_nothing(bank) -> None:
    revoked = bank.pki.trust(bank.pki.revocation_lists(bank.hsm.own[0].certificate))
    with pytest.raises(EnvelopeRefused, match=r"certificate\.revoked"):
        seal_for_hsm(
            SECRETS,
            bank.context(),
            sender=bank.kit,
            recipient=bank.recipient(bank.hsm.own[0]),
            trust=revoked,
            random_bytes=os.urandom,
            now=bank.pki.now,
        )


def test_a_signer_who_is_no_kit_or_another_kit_is_refused(bank) -> None:
    assert bank.refusal(bank.sealed(sender=bank.pki.identity("central", Role.SERVICE))) == "context.roles"
    assert bank.refusal(bank.sealed(sender=bank.pki.identity("KIT-2", Role.KIT))) == "context.kit"


def test_an_hsm_may_not_write_to_anybody(bank) -> None:
    kit = bank.pki.identity("KIT-1", Role.KIT, ENCRYPT)
    context = bank.context(key=kit.certificate.key_id, recipient="KIT-1")
    signer = bank.pki.identity("HSM-1", Role.HSM)
    raw = seal(b"x", context, sender=signer, recipient=bank.recipient(kit), random_bytes=os.urandom, now=bank.pki.now)
    with pytest.raises(EnvelopeRefused, match=r"context\.roles"):
        open_envelope(raw, own=[kit], trust=bank.trust, now=bank.pki.now)


def test_c3_fields_of_yesterday_are_refused(bank) -> None:
    assert bank.refusal(bank.sealed(), hours=2) == "context.expired"


def test_an_envelope_of_another_business_is_no_c3_part(bank) -> None:
    to = bank.recipient(bank.hsm.own[0])
    context = bank.context(key=to.key_id, recipient=to.name)
    raw = seal(b"{}", context, sender=bank.kit, recipient=to, random_bytes=os.urandom, now=bank.pki.now)
    assert bank.refusal(raw) == "hsm.business"
    context = msgspec.structs.replace(context, business="ACC-01" + HSM_SUFFIX)
    raw = seal(b"{}", context, sender=bank.kit, recipient=to, random_bytes=os.urandom, now=bank.pki.now)
    assert bank.refusal(raw) == "hsm.form"


def test_each_changed_byte_is_refused(bank) -> None:
    sealed = bank.sealed()
    for place in range(0, len(sealed), 7):
        assert bank.refusal(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])


@given(raw=st.binary(max_size=400))
def test_garbage_is_refused_like_everything_else(bank, raw: bytes) -> None:
    assert bank.refusal(raw) == "envelope.form"


@given(cut=st.integers(0, 5000))
def test_a_part_that_is_cut_off_is_refused(bank, cut: int) -> None:
    sealed = bank.sealed()
    assert bank.refusal(sealed[: cut % len(sealed)])


def test_too_much_is_neither_sealed_nor_opened(bank) -> None:
    with pytest.raises(EnvelopeRefused, match=r"hsm\.size"):
        bank.sealed(Secrets("S-1", 1, {"new_pin_block": "0" * (MAX_VALUE + 1)}))
    with pytest.raises(EnvelopeRefused, match=r"hsm\.size"):
        bank.sealed(Secrets("S-1", 1, {f"field_{number}": "0" * MAX_VALUE for number in range(5)}))
    assert bank.refusal(bytes(MAX_SEALED + 1)) == "hsm.size"


def test_an_hsm_is_loaded_from_its_folder(bank, suite, tmp_path) -> None:
    own, authorities = bank.hsm.own[0], [bank.pki.root_certificate, *bank.pki.sub_certificates.values()]
    (tmp_path / "encrypt.crt.pem").write_text(pem.write(pem.CERTIFICATE, own.certificate.der, "TEST ONLY"))
    (tmp_path / "trust.pem").write_text("".join(pem.write(pem.CERTIFICATE, it.der, "TEST ONLY") for it in authorities))
    wrapped = keyfile.wrap_key(own.key, PASSWORD, os.urandom, iterations=10)
    keyfile.write_private(tmp_path / "encrypt.key.pem", pem.write(pem.ENCRYPTED_KEY, wrapped, "TEST ONLY"))
    hsm = load_hsm(tmp_path, suite, FileKeys(tmp_path, suite, PASSWORD))
    assert open_at_hsm(bank.sealed(), hsm, bank.pki.now).secrets == SECRETS
    with pytest.raises(CryptoUnfit, match=r"key\.password"):
        load_hsm(tmp_path, suite, FileKeys(tmp_path, suite, b"wrong"))
