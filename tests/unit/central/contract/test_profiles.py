"""Every profile: what is sealed comes back; what was touched, moved, or is of another profile than allowed is refused."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from ends import chance
from hypothesis import given
from hypothesis import strategies as st
from talk import PAYLOAD, Talk

from padkit_contract import der, oids
from padkit_contract.claim import claimed_context
from padkit_contract.cms import profile_a, profile_b, profile_c, profile_d
from padkit_contract.cms.dialect import Dialect
from padkit_contract.cms.parts import UNSIGNED
from padkit_contract.context import CLOCK_SKEW_S
from padkit_contract.crypto.symmetric import cbc_decrypt, cbc_encrypt, gcm_decrypt
from padkit_contract.envelope import MAX_ENVELOPE, Identity, Recipient, seal
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.issue import ENCRYPT
from padkit_contract.profiles import Profile
from padkit_contract.x509 import Certificate, Role

ALL = frozenset(Profile)
DIALECTS = (Profile.D, Profile.D_GMSSL)
CBC = (Profile.C, Profile.D, Profile.D_GMSSL)
DIALECT = {Profile.D: Dialect.STANDARD, Profile.D_GMSSL: Dialect.GMSSL}
MODULES = {Profile.A: profile_a, Profile.B: profile_b, Profile.C: profile_c}


@pytest.fixture(scope="module", params=list(Profile), ids=lambda profile: profile.value)
def profile(request) -> Profile:
    return request.param


@pytest.fixture(scope="module")
def envelopes(ends) -> dict[Profile, bytes]:
    return {profile: ends.sealed(profile=profile) for profile in Profile}


@pytest.fixture
def envelope(envelopes, profile) -> bytes:
    return envelopes[profile]


def only(profile: Profile) -> frozenset[Profile]:
    return frozenset({profile})


# ---- what is sealed comes back --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 2048, 1 << 20])
def test_every_size_comes_back(ends, profile, size):
    payload = chance(size)
    assert ends.opened(ends.sealed(payload, profile=profile), accept=only(profile)).payload == payload


@given(st.binary(max_size=200))
def test_every_payload_comes_back_with_its_context(ends, payload):
    for profile in Profile:
        opened = ends.opened(ends.sealed(payload, profile=profile, sequence=len(payload)), accept=only(profile))
        assert (opened.payload, opened.context) == (payload, ends.context(sequence=len(payload)))
        assert (opened.signer.name, opened.signer.role) == ("KIT-1", Role.KIT)


def test_what_the_service_sealed_the_kit_opens(ends, profile):
    kit = Recipient.load(ends.kit_receives.certificate, ends.pki.suite)
    reply = ends.sealed(b"ok", sender=ends.service, to=kit, profile=profile)
    opened = ends.opened(reply, own=[ends.kit_receives], accept=only(profile))
    assert (opened.payload, opened.signer.role) == (b"ok", Role.SERVICE)


def test_without_a_word_it_is_profile_a(ends, envelopes):
    assert profile_a.decode(ends.sealed())
    assert ends.opened(envelopes[Profile.A]).payload == PAYLOAD


def test_nothing_of_the_payload_is_readable_outside(envelope):
    assert b"customer" not in envelope


def test_only_profile_a_shows_its_context_outside(envelopes, ends):
    assert claimed_context(envelopes[Profile.A]) == ends.context()
    for profile in ALL - {Profile.A}:
        assert b"KIT-1" not in envelopes[profile] or profile in DIALECTS  # there the signer's certificate shows
        with pytest.raises(EnvelopeRefused):
            claimed_context(envelopes[profile])


def test_the_same_envelope_opens_twice_and_says_the_same_id(ends, envelope, profile):
    """Replay is the caller's to see: (kit, envelope id) is under the signature for that."""
    first, second = (ends.opened(envelope, accept=only(profile)).context for _ in range(2))
    assert (first.kit, first.envelope) == (second.kit, second.envelope) == ("KIT-1", ends.context().envelope)


# ---- another profile than allowed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("accepted", list(Profile), ids=lambda profile: profile.value)
def test_an_opener_takes_no_other_profile_than_it_was_told(ends, envelope, profile, accepted):
    if accepted is profile:
        assert ends.opened(envelope, accept=only(accepted)).payload == PAYLOAD
    else:
        assert ends.refused(envelope, accept=only(accepted)) in {"envelope.profile", "envelope.form"}


def test_without_a_word_only_profile_a_is_opened(ends, envelopes):
    for profile in ALL - {Profile.A}:
        assert ends.refused(envelopes[profile]) in {"envelope.profile", "envelope.form"}


def test_an_opener_told_of_several_takes_each_of_them(ends, envelope, profile):
    assert ends.opened(envelope, accept=ALL).payload == PAYLOAD
    assert ends.refused(envelope, accept=ALL - {profile}) in {"envelope.profile", "envelope.form"}
    assert ends.refused(envelope, accept=frozenset()) == "envelope.profile"


def test_the_refusal_says_which_profile_came_and_which_are_accepted(ends, envelopes):
    with pytest.raises(EnvelopeRefused, match="like C; accepted here: A or D-GMSSL"):
        ends.opened(envelopes[Profile.C], accept=frozenset({Profile.A, Profile.D_GMSSL}))
    with pytest.raises(EnvelopeRefused, match="like D or D-GMSSL; accepted here: A"):
        ends.opened(envelopes[Profile.D])


# ---- changed on the way ---------------------------------------------------------------------------------------------


def test_of_all_single_bit_changes_none_is_accepted(ends, envelope, profile):
    """Every byte, one bit each: fields that a profile leaves unauthenticated are pinned by the opener."""
    for place in range(len(envelope)):
        changed = bytearray(envelope)
        changed[place] ^= 1 << (place * 5 % 8)
        with pytest.raises(EnvelopeRefused):
            ends.opened(bytes(changed), accept=only(profile))


def test_of_all_changes_to_the_first_forty_bytes_none_is_accepted_by_an_opener_that_takes_every_profile(ends, envelope):
    for place in range(40):
        for bit in range(8):
            changed = bytearray(envelope)
            changed[place] ^= 1 << bit
            with pytest.raises(EnvelopeRefused):
                ends.opened(bytes(changed), accept=ALL)


def test_an_envelope_cut_off_anywhere_is_refused(ends, envelope, profile):
    for size in range(len(envelope)):
        assert ends.refused(envelope[:size], accept=only(profile)) == "envelope.form"


@pytest.mark.parametrize("extra", [b"\0", b"\x05\x00", b"\r\n"])
def test_bytes_after_the_envelope_are_refused(ends, envelope, profile, extra):
    assert ends.refused(envelope + extra, accept=only(profile)) == "envelope.form"


@given(st.binary(max_size=400))
def test_garbage_is_refused(ends, garbage):
    assert ends.refused(garbage, accept=ALL) == "envelope.form"


@given(st.data())
def test_garbage_behind_an_outer_type_of_ours_is_refused(ends, data):
    outer = der.encode(data.draw(st.sampled_from([oids.AUTH_ENVELOPED_DATA, oids.ENVELOPED_DATA])))
    inside = outer + data.draw(st.binary(max_size=100))
    assert ends.refused(bytes([0x30, len(inside)]) + inside, accept=ALL) == "envelope.form"


def test_too_much_is_refused_before_it_is_parsed(ends, profile):
    assert ends.refused(bytes(MAX_ENVELOPE + 1), accept=only(profile)) == "envelope.size"


def test_much_around_little_ciphertext_is_refused(ends, envelope, profile):
    kinds = {
        Profile.A: der.AuthEnvelopedDataInfo,
        Profile.B: der.BareAuthEnvelopedDataInfo,
        Profile.C: der.EnvelopedDataInfo,
    }
    info = der.decode(kinds.get(profile, der.SignedAndEnvelopedDataInfo), envelope)
    info.content.recipients = der.SetOf([one for one in info.content.recipients.as_list() for _ in range(20)])
    with pytest.raises(EnvelopeRefused, match="too much around the content"):
        ends.opened(der.encode(info), accept=only(profile))


def test_a_large_part_that_is_not_the_ciphertext_is_refused(ends, envelope, profile):
    large = dataclasses.replace(parts_of(profile, envelope), wrapped_key=bytes(10_000))
    with pytest.raises(EnvelopeRefused, match="too much around the c"):
        ends.opened(joined(profile, large), accept=only(profile))


def test_a_payload_that_makes_the_envelope_too_large_is_not_sealed(ends, profile):
    with pytest.raises(EnvelopeRefused) as refused:
        ends.sealed(bytes(MAX_ENVELOPE), profile=profile)
    assert refused.value.reason == "envelope.size"


# ---- points off the curve -------------------------------------------------------------------------------------------


def parts_of(profile: Profile, envelope: bytes):
    return profile_d.decode(envelope, DIALECT[profile]) if profile in DIALECT else MODULES[profile].decode(envelope)


def joined(profile: Profile, sealed) -> bytes:
    if profile is Profile.A:
        return profile_a._encode(sealed, profile_a._attributes(sealed.context, sealed.commitment))
    return (MODULES.get(profile) or profile_d)._encode(sealed)


@pytest.mark.parametrize("change", ["off the curve", "the other y", "changed C3", "trailing byte"])
def test_a_wrapped_key_that_is_not_what_was_sent_is_refused(ends, envelope, profile, change):
    sealed = parts_of(profile, envelope)
    wrapped = der.decode(der.Sm2Ciphertext, sealed.wrapped_key)
    if change == "off the curve":
        wrapped.y ^= 1
    elif change == "the other y":
        wrapped.y = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF - wrapped.y
    elif change == "changed C3":
        wrapped.digest = bytes(32)
    tail = b"\0" if change == "trailing byte" else b""
    forged = joined(profile, dataclasses.replace(sealed, wrapped_key=der.encode(wrapped) + tail))
    assert ends.refused(forged, accept=only(profile)) == "envelope.key"


def off_curve(certificate: Certificate) -> bytes:
    """Return the certificate with a public key that is no point of the curve."""
    outer = der.decode(der.SignedObject, certificate.der)
    body = der.decode(der.TbsCertificate, der.encode(outer.body))
    point = bytearray(certificate.point)
    point[-1] ^= 1
    body.key = der.sm2_key(bytes(point))
    outer.body = der.raw(der.encode(body))
    return der.encode(outer)


def test_nothing_is_sealed_for_a_key_off_the_curve(ends):
    with pytest.raises(CryptoUnfit) as refused:
        Certificate.load(off_curve(ends.service_receives.certificate))
    assert refused.value.reason == "key.point"


def test_a_signer_with_a_key_off_the_curve_is_refused(ends, envelope, profile):
    forged_certificate = off_curve(ends.kit.certificate)
    if profile in DIALECT:
        forged = envelope.replace(ends.kit.certificate.der, forged_certificate)
        assert ends.refused(forged, accept=only(profile)) == "envelope.form"
        return
    inner = inside(profile, envelope, ends).replace(ends.kit.certificate.der, forged_certificate)
    forged = sealed_again(profile, inner, ends.central, ends)
    expected = "signed.signature" if profile is Profile.C else "signed.form"
    assert ends.refused(forged, accept=only(profile)) == expected


# ---- the wrong people, the wrong time -------------------------------------------------------------------------------


def inside(profile: Profile, envelope: bytes, ends: Talk) -> bytes:
    """Return what was encrypted."""
    sealed = parts_of(profile, envelope)
    key = ends.service_receives.key.decrypt(sealed.wrapped_key)
    if profile is Profile.A:
        return sealed.open(ends.service_receives.key)
    if profile is Profile.B:
        return gcm_decrypt(key, sealed.nonce, b"", sealed.ciphertext, sealed.tag)
    return cbc_decrypt(key, sealed.iv, sealed.ciphertext)


def sealed_again(profile: Profile, inner: bytes, to: Recipient, ends: Talk, signature: bytes = b"") -> bytes:
    """Return what a dishonest receiver could make of the inside: encrypted again, the signature kept."""
    if profile is Profile.A:
        return profile_a.seal(inner, ends.context(to).encode(), to.number, to.key, chance)
    if profile in MODULES:
        return MODULES[profile].seal(inner, to.number, to.key, chance)
    key, iv = chance(16), chance(16)
    return profile_d._encode(
        profile_d.Sealed(
            to.number, to.key.encrypt(key), iv, cbc_encrypt(key, iv, inner), ends.kit.certificate, signature,
            DIALECT[profile],
        )
    )  # fmt: skip


def test_a_receiver_cannot_pass_a_signed_message_on_to_somebody_else(ends, envelope, profile):
    """The classic flaw of SignedAndEnvelopedData: who may read it was not signed."""
    other = ends.pki.identity("central-2", Role.SERVICE, ENCRYPT)
    to = Recipient.load(other.certificate, ends.pki.suite)
    signature = getattr(parts_of(profile, envelope), "signature", b"")
    forged = sealed_again(profile, inside(profile, envelope, ends), to, ends, signature)
    expected = "signed.context" if profile is Profile.A else "context.recipient"
    assert ends.refused(forged, own=[other], accept=only(profile)) == expected


def test_a_message_for_one_key_is_refused_at_another_key_of_the_same_name(ends, envelope, profile):
    newer = ends.pki.identity("central", Role.SERVICE, ENCRYPT)
    to = Recipient.load(newer.certificate, ends.pki.suite)
    signature = getattr(parts_of(profile, envelope), "signature", b"")
    forged = sealed_again(profile, inside(profile, envelope, ends), to, ends, signature)
    expected = "signed.context" if profile is Profile.A else "context.key"
    assert ends.refused(forged, own=[newer], accept=only(profile)) == expected


def test_an_envelope_for_another_certificate_is_refused(ends, envelope, profile):
    other = ends.pki.identity("central", Role.SERVICE, ENCRYPT)
    assert ends.refused(envelope, own=[other], accept=only(profile)) == "envelope.recipient"


def test_a_revoked_signer_is_refused(ends, envelope, profile):
    trust = ends.pki.trust(ends.pki.revocation_lists(ends.kit.certificate))
    assert ends.refused(envelope, trust=trust, accept=only(profile)) == "certificate.revoked"


def test_a_signer_of_another_root_is_refused(ends, other_pki, profile):
    forged = ends.sealed(sender=other_pki.identity("KIT-1", Role.KIT), profile=profile)
    assert ends.refused(forged, accept=only(profile)) == "certificate.chain"


def test_a_signer_whose_certificate_has_ended_is_refused(ends, profile):
    later = ends.pki.now + timedelta(days=91)
    envelope = ends.sealed(profile=profile, not_after=int(later.timestamp()) + 3600)
    assert ends.refused(envelope, now=later, accept=only(profile)) == "certificate.expired"


def test_an_expired_envelope_is_refused(ends, envelope, profile):
    last = ends.pki.now + timedelta(seconds=3600 + CLOCK_SKEW_S)
    assert ends.opened(envelope, now=last, accept=only(profile)).payload == PAYLOAD
    assert ends.refused(envelope, now=last + timedelta(seconds=1), accept=only(profile)) == "context.expired"


@pytest.mark.parametrize("profile", [Profile.A, Profile.B, Profile.C], ids=lambda profile: profile.value)
def test_an_envelope_signed_in_the_future_is_refused(ends, profile):
    def signed_in(seconds: int) -> bytes:
        moment, who = ends.pki.now + timedelta(seconds=seconds), {"sender": ends.kit, "recipient": ends.central}
        return seal(PAYLOAD, ends.context(), **who, random_bytes=chance, now=moment, profile=profile)

    assert ends.opened(signed_in(CLOCK_SKEW_S), accept=only(profile)).payload == PAYLOAD
    assert ends.refused(signed_in(CLOCK_SKEW_S + 1), accept=only(profile)) == "signed.time"


@pytest.mark.parametrize("change", [{"kit": "KIT-2"}, {"entity": "other bank"}], ids=["kit", "entity"])
def test_a_kit_cannot_speak_for_another(ends, profile, change):
    assert ends.refused(ends.sealed(profile=profile, **change), accept=only(profile)) == "context.kit"


def test_a_kit_cannot_write_to_a_kit(ends, profile):
    other = ends.pki.identity("KIT-2", Role.KIT, ENCRYPT)
    envelope = ends.sealed(to=Recipient.load(other.certificate, ends.pki.suite), profile=profile)
    assert ends.refused(envelope, own=[other], accept=only(profile)) == "context.roles"


def test_somebody_elses_certificate_beside_the_signature_is_refused(ends, profile):
    """The key is the kit's, the certificate another one's of the same name."""
    other = ends.pki.identity("KIT-1", Role.KIT)
    liar = Identity(ends.kit.certificate, ends.kit.key)
    liar.certificate = other.certificate
    assert ends.refused(ends.sealed(sender=liar, profile=profile), accept=only(profile)) == "signed.signature"


# ---- CBC: what is wrong is not told ---------------------------------------------------------------------------------


def refusal(ends: Talk, envelope: bytes, profile: Profile) -> str:
    with pytest.raises(EnvelopeRefused) as refused:
        ends.opened(envelope, accept=only(profile))
    return str(refused.value)


@pytest.mark.parametrize("profile", CBC, ids=lambda profile: profile.value)
def test_bad_padding_bad_form_and_a_bad_signature_have_one_wording(ends, envelope, profile):
    sealed = parts_of(profile, envelope)
    key = ends.service_receives.key.decrypt(sealed.wrapped_key)
    whole = cbc_decrypt(key, sealed.iv, sealed.ciphertext)
    forms = {
        "padding": sealed.ciphertext[:-1] + bytes([sealed.ciphertext[-1] ^ 1]),
        "half a block": sealed.ciphertext[:-8],
        "nothing": b"",
        "form": cbc_encrypt(key, sealed.iv, whole[:-1]),
        "content": cbc_encrypt(key, sealed.iv, whole.replace(b"ACC-01", b"ACC-02")),
    }
    for ciphertext in forms.values():
        forged = joined(profile, dataclasses.replace(sealed, ciphertext=ciphertext))
        assert refusal(ends, forged, profile) == f"signed.signature: {UNSIGNED}"


# ---- the dialects of D ----------------------------------------------------------------------------------------------


def test_the_two_dialects_differ_in_one_identifier_and_in_what_is_signed(ends):
    standard, gmssl = (ends.sealed(profile=profile) for profile in DIALECTS)
    for raw, name in ((standard, oids.SM2_ENCRYPTION), (gmssl, oids.SM2_KEY_EXCHANGE)):
        (recipient,) = der.decode(der.SignedAndEnvelopedDataInfo, raw).content.recipients.as_list()
        assert recipient.algorithm.algorithm == name
    public = ends.pki.suite.load_public(ends.kit.certificate.point)
    sealed = profile_d.decode(gmssl, Dialect.GMSSL)
    raw = inside(Profile.D_GMSSL, gmssl, ends)
    assert Dialect.GMSSL.signed_by(public, sealed.signature, raw)
    assert not Dialect.STANDARD.signed_by(public, sealed.signature, raw)


def test_a_signature_of_the_other_dialect_is_refused(ends):
    bound = profile_d.bind(PAYLOAD, ends.context().encode())
    signature = Dialect.STANDARD.sign(ends.kit.key, bound)
    forged = sealed_again(Profile.D_GMSSL, bound, ends.central, ends, signature)
    assert ends.refused(forged, accept=only(Profile.D_GMSSL)) == "signed.signature"


def test_a_key_that_signs_with_z_only_is_told_so(ends):
    class Hardware:
        public = ends.kit.key.public
        sign = ends.kit.key.sign

    token = Identity(ends.kit.certificate, Hardware())
    assert ends.opened(ends.sealed(sender=token, profile=Profile.D), accept=only(Profile.D)).payload == PAYLOAD
    with pytest.raises(CryptoUnfit, match="seal with profile D, or with a key file"):
        ends.sealed(sender=token, profile=Profile.D_GMSSL)


def test_what_nobody_could_open_is_not_sealed(ends, profile):
    with pytest.raises(EnvelopeRefused) as refused:
        ends.sealed(profile=profile, recipient="somebody")
    assert refused.value.reason == "context.recipient"
