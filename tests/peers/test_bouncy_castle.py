"""Bouncy Castle and we read each other: certificates, requests, lists, signed and sealed messages; and refuse the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asked import Break, flipped, milliseconds, receiver, signed_by_the_peer, whom_to_believe
from bouncy_castle import BouncyCastle, PeerRefused
from ends import pkcs8, private_key
from talk import PAYLOAD, Talk

from padkit_contract.issue import Name, make_request
from padkit_contract.profiles import Profile
from padkit_contract.x509 import Role


def test_it_is_the_version_that_debian_has(bouncy: BouncyCastle) -> None:
    assert bouncy.version == "1.72"


@pytest.mark.parametrize("role", list(Role))
def test_it_believes_our_chains_and_revocation_lists(bouncy: BouncyCastle, talk: Talk, role: Role) -> None:
    leaf = talk.pki.identity("a name", role).certificate
    lists = talk.pki.revocation_lists()
    believed = whom_to_believe(talk, role)
    path = [leaf.der, talk.pki.sub_certificates[role].der]
    assert bouncy.ask("chain", path=path, crl=lists, **believed)["algorithm"] == b"1.2.156.10197.1.501"


def test_it_refuses_a_revoked_certificate(bouncy: BouncyCastle, talk: Talk) -> None:
    lists = talk.pki.revocation_lists(talk.kit.certificate)
    path = [talk.kit.certificate.der, talk.pki.sub_certificates[Role.KIT].der]
    with pytest.raises(PeerRefused, match="Certificate revocation"):
        bouncy.ask("chain", path=path, crl=lists, **whom_to_believe(talk))


def test_it_refuses_an_expired_certificate(bouncy: BouncyCastle, talk: Talk) -> None:
    path = [talk.kit.certificate.der, talk.pki.sub_certificates[Role.KIT].der]
    later = milliseconds(talk.pki.now + timedelta(days=91))
    with pytest.raises(PeerRefused, match="expired"):
        bouncy.ask("chain", path=path, **whom_to_believe(talk) | {"now": later})


def test_it_refuses_a_chain_under_another_root(bouncy: BouncyCastle, talk: Talk) -> None:
    path = [talk.kit.certificate.der, talk.pki.sub_certificates[Role.KIT].der]
    stranger = {"root": talk.pki.sub_certificates[Role.SERVICE].der}
    with pytest.raises(PeerRefused):
        bouncy.ask("chain", path=path, **whom_to_believe(talk) | stranger)


def test_it_checks_our_certificate_request(bouncy: BouncyCastle, talk: Talk) -> None:
    request = make_request(Name("bank", "KIT-7"), talk.pki.suite.generate())
    assert bouncy.ask("request", request=request)["subject"] == b"O=bank,CN=KIT-7"
    with pytest.raises(PeerRefused):
        bouncy.ask("request", request=request[:-1] + bytes([request[-1] ^ 1]))


OPEN = {Profile.A: "open-authenticated", Profile.B: "open-authenticated", Profile.C: "open"}
SEAL = {Profile.A: "seal-authenticated", Profile.B: "seal-authenticated", Profile.C: "seal"}
PROFILES = pytest.mark.parametrize("profile", OPEN)


@PROFILES
def test_it_opens_and_verifies_what_we_seal(bouncy: BouncyCastle, talk: Talk, profile: Profile) -> None:
    outside = bouncy.ask(OPEN[profile], message=talk.sealed(profile=profile), **receiver(talk))
    inside = bouncy.ask("verify", message=outside["content"], **whom_to_believe(talk))
    assert inside["content"] == PAYLOAD
    assert inside["context"] == talk.context().encode()
    assert inside["signer"] == b"CN=KIT-1,O=bank"
    assert outside.get("context") == (inside["context"] if profile is Profile.A else None)


@PROFILES
@pytest.mark.parametrize("where", [0.5, 0.7, 0.999])
def test_it_refuses_a_changed_message_of_ours(bouncy: BouncyCastle, talk: Talk, profile: Profile, where: float) -> None:
    message = flipped(where)(talk.sealed(profile=profile))
    with pytest.raises(PeerRefused):  # C authenticates nothing outside: then the signature says so
        outside = bouncy.ask(OPEN[profile], message=message, **receiver(talk))
        bouncy.ask("verify", message=outside["content"], **whom_to_believe(talk))


@PROFILES
def test_it_refuses_what_is_sealed_for_somebody_else(bouncy: BouncyCastle, talk: Talk, profile: Profile) -> None:
    other = talk.kit_receives
    key = {"certificate": other.certificate.der, "key": pkcs8(private_key(other))}
    with pytest.raises(PeerRefused, match="somebody else"):
        bouncy.ask(OPEN[profile], message=talk.sealed(profile=profile), **key)


def test_it_refuses_another_receiver_s_key(bouncy: BouncyCastle, talk: Talk) -> None:
    wrong = receiver(talk) | {"key": pkcs8(private_key(talk.kit_receives))}
    with pytest.raises(PeerRefused):
        bouncy.ask("open-authenticated", message=talk.sealed(), **wrong)


def made_by_the_peer(bouncy: BouncyCastle, talk: Talk, profile: Profile) -> bytes:
    """Return a message that no line of ours has touched."""
    context = {"context": talk.context().encode()}
    inner = signed_by_the_peer(bouncy, talk, talk.kit, **context)
    outside = context if profile is Profile.A else {}
    certificate = talk.central.certificate.der
    return bouncy.ask(SEAL[profile], content=inner, certificate=certificate, **outside)["message"]


@PROFILES
def test_we_open_what_it_signs_and_seals(bouncy: BouncyCastle, talk: Talk, profile: Profile) -> None:
    found = talk.opened(made_by_the_peer(bouncy, talk, profile), accept=frozenset({profile}))
    assert (found.payload, found.context, found.signer.name) == (PAYLOAD, talk.context(), "KIT-1")


@PROFILES
@pytest.mark.parametrize("broken", [flipped(0.2), flipped(0.6), flipped(0.99), lambda message: message + b"\0"])
def test_we_refuse_a_changed_message_of_its(bouncy: BouncyCastle, talk: Talk, profile: Profile, broken: Break) -> None:
    message = made_by_the_peer(bouncy, talk, profile)
    talk.refused(broken(message), accept=frozenset({profile}))


@PROFILES
def test_we_refuse_its_message_for_somebody_else(bouncy: BouncyCastle, talk: Talk, profile: Profile) -> None:
    message = made_by_the_peer(bouncy, talk, profile)
    refused = talk.refused(message, own=[talk.kit_receives], accept=frozenset({profile}))
    assert refused == "envelope.recipient"


def test_we_refuse_its_message_of_another_profile_than_ours(bouncy: BouncyCastle, talk: Talk) -> None:
    assert talk.refused(made_by_the_peer(bouncy, talk, Profile.C)) == "envelope.profile"
    assert talk.refused(made_by_the_peer(bouncy, talk, Profile.B)) == "envelope.form"


def test_we_refuse_what_it_signs_without_a_context(bouncy: BouncyCastle, talk: Talk) -> None:
    inner = signed_by_the_peer(bouncy, talk, talk.kit)
    certificate = talk.central.certificate.der
    message = bouncy.ask("seal-authenticated", content=inner, certificate=certificate)["message"]
    assert talk.refused(message, accept=frozenset({Profile.B})) == "signed.form"


def test_we_refuse_its_wrapping_of_our_signed_message_for_another(bouncy: BouncyCastle, talk: Talk) -> None:
    """A receiver may not hand a signed message on as if it had been written to a third."""
    third = talk.pki.identity("other", Role.SERVICE, talk.central.certificate.usage)
    inner = bouncy.ask("open-authenticated", message=talk.sealed(), **receiver(talk))["content"]
    context = talk.context(recipient="other", key=third.certificate.key_id).encode()
    certificate = third.certificate.der
    again = bouncy.ask("seal-authenticated", content=inner, context=context, certificate=certificate)["message"]
    assert talk.refused(again, own=[third]) == "signed.context"
    bare = bouncy.ask("seal-authenticated", content=inner, certificate=certificate)["message"]
    assert talk.refused(bare, own=[third], accept=frozenset({Profile.B})) == "context.recipient"


@pytest.mark.parametrize("plain", [{}, {"plain": b""}], ids=["with attributes", "without"])
def test_it_verifies_its_own_signed_messages_under_our_chain(
    bouncy: BouncyCastle, talk: Talk, plain: dict[str, bytes]
) -> None:
    message = signed_by_the_peer(bouncy, talk, talk.kit, **plain)
    assert bouncy.ask("verify", message=message, **whom_to_believe(talk))["content"] == PAYLOAD
