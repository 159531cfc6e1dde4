"""Envelopes: what is sealed comes back; whatever was touched, moved, repeated in another place or grown is refused."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talk import PAYLOAD

from padkit_contract import der, oids
from padkit_contract.cms import profile_a, signed
from padkit_contract.crypto import PureSuite
from padkit_contract.envelope import Identity, Recipient, open_envelope, seal
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.issue import ENCRYPT
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Role


@pytest.fixture(scope="module")
def envelope(ends) -> bytes:
    return ends.sealed()


# ---- what is sealed comes back --------------------------------------------------------------------------------------


def test_what_a_kit_sealed_the_service_opens(ends, envelope):
    opened = ends.opened(envelope)
    assert opened.payload == PAYLOAD
    assert opened.context == ends.context(ends.central)
    assert (opened.signer.entity, opened.signer.name, opened.signer.role) == ("bank", "KIT-1", Role.KIT)
    assert opened.signer.certificate == ends.kit.certificate
    assert opened.signer.serial == ends.kit.certificate.serial


def test_the_same_payload_never_looks_the_same(ends):
    assert ends.sealed() != ends.sealed()


def test_nothing_of_the_payload_or_the_signer_is_readable_outside(envelope):
    assert b"customer" not in envelope
    assert b"TEST ONLY kit CA" not in envelope


def test_an_older_key_still_opens_while_the_service_changes_to_a_newer(ends, envelope):
    newer = ends.pki.identity("central", Role.SERVICE, ENCRYPT)
    assert ends.opened(envelope, own=[newer, ends.service_receives]).payload == PAYLOAD


def test_the_pure_suite_opens_what_libcrypto_sealed(ends, envelope):
    suite, native = PureSuite(), ends.service_receives
    key = suite.load_private(native.key.scalar(), native.key.public)
    trust = Trust(suite, [ends.pki.root_certificate], list(ends.pki.sub_certificates.values()))
    assert ends.opened(envelope, own=[Identity(native.certificate, key)], trust=trust).payload == PAYLOAD


def test_libcrypto_opens_what_the_pure_suite_sealed(ends):
    suite, native = PureSuite(), ends.kit
    sender = Identity(native.certificate, suite.load_private(native.key.scalar(), native.key.public))
    recipient = Recipient.load(ends.service_receives.certificate, suite)
    context = ends.context(recipient)
    sealed = seal(PAYLOAD, context, sender=sender, recipient=recipient, random_bytes=os.urandom, now=ends.pki.now)
    assert ends.opened(sealed).payload == PAYLOAD


def test_nothing_secret_is_shown(ends):
    shown = repr(ends.kit) + repr(ends.central) + repr(ends.opened(ends.sealed()))
    assert ends.kit.key.scalar().hex()[:8] not in shown
    assert "customer" not in shown


# ---- changed on the way ---------------------------------------------------------------------------------------------


def test_of_all_byte_changes_around_the_ciphertext_none_is_accepted(ends, envelope):
    """Every bit of the part that is neither ciphertext nor tag."""
    ciphertext = profile_a.decode(envelope).ciphertext
    head = envelope.index(ciphertext)
    tail = head + len(ciphertext)
    for place in [*range(head), *range(tail, len(envelope))]:
        for bit in range(8):
            changed = bytearray(envelope)
            changed[place] ^= 1 << bit
            with pytest.raises(EnvelopeRefused):
                ends.opened(bytes(changed))


@given(st.binary(max_size=400))
def test_garbage_is_refused(ends, garbage):
    assert ends.refused(garbage) == "envelope.form"


def test_deep_nesting_is_refused(ends):
    deep = b""
    for _ in range(2000):
        deep = der.encode(der.Attribute(type=oids.DATA, values=der.SetOf([der.raw(deep)]))) if deep else b"\x05\x00"
    assert ends.refused(deep) == "envelope.form"
    assert ends.refused(b"\x30\x80" * 500_000) == "envelope.form"


# ---- rebuilt by somebody else ---------------------------------------------------------------------------------------


def rewrapped(inner: bytes, context, recipient: Recipient) -> bytes:
    """Return what a dishonest receiver could make of the signed inside."""
    return profile_a.seal(inner, context.encode(), recipient.number, recipient.key, os.urandom)


def inside(ends, envelope: bytes) -> bytes:
    return profile_a.decode(envelope).open(ends.service_receives.key)


def test_a_message_passed_on_is_refused_with_a_new_context_outside_and_with_the_old(ends, envelope):
    other = ends.pki.identity("central-2", Role.SERVICE, ENCRYPT)
    recipient = Recipient.load(other.certificate, ends.pki.suite)
    inner = inside(ends, envelope)
    forged = rewrapped(inner, ends.context(recipient), recipient)
    assert ends.refused(forged, own=[other]) == "signed.context"
    kept = rewrapped(inner, ends.context(ends.central), recipient)
    assert ends.refused(kept, own=[other]) == "context.recipient"


def test_a_message_passed_on_to_another_key_of_the_same_name_is_refused(ends, envelope):
    newer = ends.pki.identity("central", Role.SERVICE, ENCRYPT)
    recipient = Recipient.load(newer.certificate, ends.pki.suite)
    forged = rewrapped(inside(ends, envelope), ends.context(ends.central), recipient)
    assert ends.refused(forged, own=[newer]) == "context.key"


@pytest.mark.parametrize(
    "change", [{"sequence": 8}, {"business": "ACC-02"}, {"envelope": "other"}, {"catalogue": 2}, {"not_after": 1 << 40}]
)
def test_a_context_outside_that_differs_from_the_one_inside_is_refused(ends, envelope, change):
    forged = rewrapped(inside(ends, envelope), ends.context(ends.central, **change), ends.central)
    assert ends.refused(forged) == "signed.context"


def test_another_signers_certificate_with_the_same_signature_is_refused(ends, envelope):
    inner = signed.decode(inside(ends, envelope))
    other = ends.pki.identity("KIT-1", Role.KIT)
    forged = signed.sign(inner.content, inner.context, other.certificate, ends.kit.key, ends.pki.now)
    assert ends.refused(rewrapped(forged, ends.context(ends.central), ends.central)) == "signed.signature"


def test_of_all_changes_to_the_inside_by_somebody_who_can_seal_none_is_accepted(ends, envelope):
    """Every byte of the SignedData, one bit each: also what only OpenSSL's parser notices ends as a refusal."""
    inner, context = inside(ends, envelope), ends.context(ends.central)
    for place in range(len(inner)):
        changed = bytearray(inner)
        changed[place] ^= 1 << (place * 3 % 8)
        with pytest.raises(EnvelopeRefused):
            ends.opened(rewrapped(bytes(changed), context, ends.central))


def test_a_certificate_that_only_openssl_cannot_read_is_refused(ends):
    outer = der.decode(der.SignedObject, ends.kit.certificate.der)
    body = der.decode(der.TbsCertificate, der.encode(outer.body))
    body.issuer = der.raw(der.encode(b"no name at all"))
    outer.body = der.raw(der.encode(body))
    forger = Identity(Certificate.load(der.encode(outer)), ends.kit.key)
    assert ends.refused(ends.sealed(sender=forger)) == "certificate.chain"


@pytest.mark.parametrize("inner", [b"", b"\x05\x00", b"not signed at all"])
def test_an_unsigned_inside_is_refused(ends, inner):
    assert ends.refused(rewrapped(inner, ends.context(ends.central), ends.central)) == "signed.form"


def test_a_key_commitment_for_another_key_is_refused(ends):
    """One ciphertext that opens under two keys is what SM4-GCM alone would allow."""
    context = ends.context(ends.central).encode()
    first = profile_a.decode(profile_a.seal(b"x", context, ends.central.number, ends.central.key, os.urandom))
    wrapped = ends.central.key.encrypt(bytes(16))
    attributes = profile_a._attributes(context, first.commitment)
    mixed = profile_a.Sealed(
        first.recipient, wrapped, first.nonce, first.context, first.commitment, first.ciphertext, first.tag
    )
    assert ends.refused(profile_a._encode(mixed, attributes)) == "envelope.commitment"


@pytest.mark.parametrize("size", [1, 15, 17, 32])
def test_a_content_key_of_another_size_is_refused(ends, envelope, size):
    sealed = profile_a.decode(envelope)
    wrapped = ends.central.key.encrypt(bytes(size))
    changed = profile_a.Sealed(
        sealed.recipient, wrapped, sealed.nonce, sealed.context, sealed.commitment, sealed.ciphertext, sealed.tag
    )
    attributes = profile_a._attributes(sealed.context, sealed.commitment)
    assert ends.refused(profile_a._encode(changed, attributes)) == "envelope.key"


# ---- the wrong people, the wrong time -------------------------------------------------------------------------------


def test_the_right_certificate_with_the_wrong_key_cannot_be_made(ends):
    with pytest.raises(CryptoUnfit) as refused:
        Identity(ends.service_receives.certificate, ends.kit.key)
    assert refused.value.reason == "key.pair"


def test_a_signing_certificate_cannot_receive(ends):
    with pytest.raises(CryptoUnfit) as refused:
        Recipient.load(ends.service.certificate, ends.pki.suite)
    assert refused.value.reason == "certificate.usage"


def test_a_signer_with_an_encryption_certificate_is_refused(ends):
    assert ends.refused(ends.sealed(sender=ends.kit_receives)) == "certificate.usage"


def test_a_service_cannot_write_to_a_service(ends):
    assert ends.refused(ends.sealed(sender=ends.service)) == "context.roles"


def test_a_reply_for_another_kit_is_refused(ends):
    recipient = Recipient.load(ends.kit_receives.certificate, ends.pki.suite)
    context = ends.context(recipient, kit="KIT-2")
    reply = seal(b"x", context, sender=ends.service, recipient=recipient, random_bytes=os.urandom, now=ends.pki.now)
    assert ends.refused(reply, own=[ends.kit_receives]) == "context.kit"


def test_only_the_command_key_orders_and_it_does_nothing_else(ends):
    recipient = Recipient.load(ends.kit_receives.certificate, ends.pki.suite)
    context = ends.context(key=recipient.key_id, recipient="KIT-1", business="command")
    command = ends.pki.identity("central", Role.COMMAND)

    def opened_as(sender, role):
        sealed = seal(b"x", context, sender=sender, recipient=recipient, random_bytes=os.urandom, now=ends.pki.now)
        return open_envelope(sealed, own=[ends.kit_receives], trust=ends.trust, now=ends.pki.now, sender=role)

    assert opened_as(command, Role.COMMAND).signer.role is Role.COMMAND
    for sender, role in (
        (command, None),
        (ends.service, Role.COMMAND),
        (ends.pki.identity("ann", Role.OPERATOR), None),
    ):
        with pytest.raises(EnvelopeRefused) as refused:
            opened_as(sender, role)
        assert refused.value.reason == "context.roles"


# ---- what is not even sealed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recipient": "somebody"}, "context.recipient"),
        ({"key": "0" * 32}, "context.key"),
        ({"version": 1}, "context.version"),
        ({"business": "x" * 1024}, "context.size"),
    ],
)
def test_what_nobody_could_open_is_not_sealed(ends, change, reason):
    with pytest.raises(EnvelopeRefused) as refused:
        ends.sealed(**change)
    assert refused.value.reason == reason
