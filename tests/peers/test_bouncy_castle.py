"""Bouncy Castle and we read each other: certificates, requests, lists, signed and sealed messages; and refuse the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from bouncy_castle import BouncyCastle, PeerRefused
from ends import Ends, chance, pkcs8, private_key

from padkit_contract.envelope import Identity, Opened, open_envelope, seal
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.issue import Name, make_request
from padkit_contract.x509 import Role

PAYLOAD = '{"business":"ACC-01","customer":"张三"}'.encode()


def milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def whom_to_believe(ends: Ends, role: Role = Role.KIT) -> dict[str, bytes | str]:
    return {
        "root": ends.pki.root_certificate.der,
        "authority": ends.pki.sub_certificates[role].der,
        "now": milliseconds(ends.pki.now),
    }


def receiver(ends: Ends) -> dict[str, bytes]:
    own = ends.service_receives
    return {"certificate": own.certificate.der, "key": pkcs8(private_key(own))}


def sealed(ends: Ends, **changes: object) -> bytes:
    context = ends.context(**changes)
    return seal(PAYLOAD, context, sender=ends.kit, recipient=ends.central, random_bytes=chance, now=ends.pki.now)


def opened(ends: Ends, message: bytes) -> Opened:
    return open_envelope(message, own=[ends.service_receives], trust=ends.trust, now=ends.pki.now)


def signed_by_the_peer(bouncy: BouncyCastle, ends: Ends, by: Identity, **more: bytes | str) -> bytes:
    key = {"certificate": by.certificate.der, "key": pkcs8(private_key(by))}
    return bouncy.ask("sign", content=PAYLOAD, now=milliseconds(ends.pki.now), **key, **more)["message"]


def test_it_is_the_version_that_debian_has(bouncy: BouncyCastle) -> None:
    assert bouncy.version == "1.72"


@pytest.mark.parametrize("role", list(Role))
def test_it_believes_our_chains_and_revocation_lists(bouncy: BouncyCastle, ends: Ends, role: Role) -> None:
    leaf = ends.pki.identity("a name", role).certificate
    lists = ends.pki.revocation_lists()
    believed = whom_to_believe(ends, role)
    path = [leaf.der, ends.pki.sub_certificates[role].der]
    assert bouncy.ask("chain", path=path, crl=lists, **believed)["algorithm"] == b"1.2.156.10197.1.501"


def test_it_refuses_a_revoked_certificate(bouncy: BouncyCastle, ends: Ends) -> None:
    lists = ends.pki.revocation_lists(ends.kit.certificate)
    path = [ends.kit.certificate.der, ends.pki.sub_certificates[Role.KIT].der]
    with pytest.raises(PeerRefused, match="Certificate revocation"):
        bouncy.ask("chain", path=path, crl=lists, **whom_to_believe(ends))


def test_it_refuses_an_expired_certificate(bouncy: BouncyCastle, ends: Ends) -> None:
    path = [ends.kit.certificate.der, ends.pki.sub_certificates[Role.KIT].der]
    later = milliseconds(ends.pki.now + timedelta(days=91))
    with pytest.raises(PeerRefused, match="expired"):
        bouncy.ask("chain", path=path, **whom_to_believe(ends) | {"now": later})


def test_it_refuses_a_chain_under_another_root(bouncy: BouncyCastle, ends: Ends) -> None:
    path = [ends.kit.certificate.der, ends.pki.sub_certificates[Role.KIT].der]
    stranger = {"root": ends.pki.sub_certificates[Role.SERVICE].der}
    with pytest.raises(PeerRefused):
        bouncy.ask("chain", path=path, **whom_to_believe(ends) | stranger)


def test_it_checks_our_certificate_request(bouncy: BouncyCastle, ends: Ends) -> None:
    request = make_request(Name("bank", "KIT-7"), ends.pki.suite.generate())
    assert bouncy.ask("request", request=request)["subject"] == b"O=bank,CN=KIT-7"
    with pytest.raises(PeerRefused):
        bouncy.ask("request", request=request[:-1] + bytes([request[-1] ^ 1]))


def test_it_opens_and_verifies_what_we_seal(bouncy: BouncyCastle, ends: Ends) -> None:
    outside = bouncy.ask("open-authenticated", message=sealed(ends), **receiver(ends))
    inside = bouncy.ask("verify", message=outside["content"], **whom_to_believe(ends))
    assert inside["content"] == PAYLOAD
    assert inside["context"] == outside["context"] == ends.context().encode()
    assert inside["signer"] == b"CN=KIT-1,O=bank"


@pytest.mark.parametrize("where", [0.3, 0.5, 0.7, 0.999])
def test_it_refuses_a_changed_message_of_ours(bouncy: BouncyCastle, ends: Ends, where: float) -> None:
    message = bytearray(sealed(ends))
    message[int(len(message) * where)] ^= 1
    with pytest.raises(PeerRefused):
        bouncy.ask("open-authenticated", message=bytes(message), **receiver(ends))


def test_it_refuses_what_is_sealed_for_somebody_else(bouncy: BouncyCastle, ends: Ends) -> None:
    other = ends.kit_receives
    key = {"certificate": other.certificate.der, "key": pkcs8(private_key(other))}
    with pytest.raises(PeerRefused, match="somebody else"):
        bouncy.ask("open-authenticated", message=sealed(ends), **key)


def test_we_open_what_it_signs_and_seals(bouncy: BouncyCastle, ends: Ends) -> None:
    context = ends.context().encode()
    inner = signed_by_the_peer(bouncy, ends, ends.kit, context=context)
    certificate = ends.central.certificate.der
    message = bouncy.ask("seal-authenticated", content=inner, context=context, certificate=certificate)["message"]
    found = opened(ends, message)
    assert (found.payload, found.context, found.signer.name) == (PAYLOAD, ends.context(), "KIT-1")


Break = Callable[[bytes], bytes]


def flipped(at: float) -> Break:
    def flip(message: bytes) -> bytes:
        place = int(len(message) * at)
        return message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]

    return flip


@pytest.mark.parametrize("broken", [flipped(0.3), flipped(0.6), flipped(0.99), lambda message: message + b"\0"])
def test_we_refuse_a_changed_message_of_its(bouncy: BouncyCastle, ends: Ends, broken: Break) -> None:
    context = ends.context().encode()
    inner = signed_by_the_peer(bouncy, ends, ends.kit, context=context)
    certificate = ends.central.certificate.der
    message = bouncy.ask("seal-authenticated", content=inner, context=context, certificate=certificate)["message"]
    with pytest.raises(EnvelopeRefused):
        opened(ends, broken(message))


def test_we_refuse_what_it_seals_without_a_context(bouncy: BouncyCastle, ends: Ends) -> None:
    inner = signed_by_the_peer(bouncy, ends, ends.kit)
    certificate = ends.central.certificate.der
    message = bouncy.ask("seal-authenticated", content=inner, certificate=certificate)["message"]
    with pytest.raises(EnvelopeRefused, match=r"envelope\.form"):
        opened(ends, message)


def test_we_refuse_its_wrapping_of_our_signed_message_for_another(bouncy: BouncyCastle, ends: Ends) -> None:
    """A receiver may not hand a signed message on as if it had been written to a third."""
    third = ends.pki.identity("other", Role.SERVICE, ends.central.certificate.usage)
    inner = bouncy.ask("open-authenticated", message=sealed(ends), **receiver(ends))["content"]
    context = ends.context(recipient="other", key=third.certificate.key_id).encode()
    again = bouncy.ask("seal-authenticated", content=inner, context=context, certificate=third.certificate.der)[
        "message"
    ]
    with pytest.raises(EnvelopeRefused, match=r"signed\.context"):
        open_envelope(again, own=[third], trust=ends.trust, now=ends.pki.now)


@pytest.mark.parametrize("plain", [{}, {"plain": b""}], ids=["with attributes", "without"])
def test_it_verifies_its_own_signed_messages_under_our_chain(
    bouncy: BouncyCastle, ends: Ends, plain: dict[str, bytes]
) -> None:
    message = signed_by_the_peer(bouncy, ends, ends.kit, **plain)
    assert bouncy.ask("verify", message=message, **whom_to_believe(ends))["content"] == PAYLOAD
