"""Targets: certificates, requests, revocation lists, PEM texts and key files, as somebody else may hand them over."""

from __future__ import annotations

from ends import chance, private_key
from talk import Talk
from target import Target

from padkit_contract import keyfile, pem
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.issue import Name, check_request, make_request
from padkit_contract.revocation import newer_lists
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Role, Usage

PASSWORD = b"TEST ONLY"


def certificate(talk: Talk) -> Target:
    """Read, then judged under our root: whoever signs a message chooses the certificate in it."""
    trust = talk.pki.trust()

    def read(raw: bytes) -> None:
        trust.check(Certificate.load(raw), Usage.SIGNATURE, talk.pki.now)

    seeds = [talk.kit.certificate.der, talk.pki.sub_certificates[Role.KIT].der, talk.pki.root_certificate.der]
    return Target(read, (CryptoUnfit, EnvelopeRefused), seeds, der=True)


def request(talk: Talk) -> Target:
    seeds = [make_request(Name("bank", "KIT-7"), private_key(talk.kit))]
    return Target(lambda raw: check_request(raw, talk.pki.suite), (CryptoUnfit,), seeds, der=True)


def revocation_list(talk: Talk) -> Target:
    """A list beside good ones: the chain is judged with it."""
    good = talk.pki.revocation_lists(talk.kit_receives.certificate)
    authorities = list(talk.pki.sub_certificates.values())

    def read(raw: bytes) -> None:
        trust = Trust(talk.pki.suite, [talk.pki.root_certificate], authorities, [raw, *good[1:]])
        trust.check(talk.kit.certificate, Usage.SIGNATURE, talk.pki.now)

    return Target(read, (CryptoUnfit, EnvelopeRefused), good, der=True)


def newer_list(talk: Talk) -> Target:
    """A list as a kit is handed it: believed only when one of our CAs signed it."""
    authorities = [talk.pki.root_certificate, *talk.pki.sub_certificates.values()]
    good = talk.pki.revocation_lists(talk.kit_receives.certificate)
    suite = talk.pki.suite

    def read(raw: bytes) -> None:
        newer_lists(good[1:], [raw], authorities, suite)
        assert raw in good, "another list than one that was signed has been believed"

    return Target(read, (CryptoUnfit,), good, der=True)


def pem_text(talk: Talk) -> Target:
    text = pem.write(pem.CERTIFICATE, talk.kit.certificate.der, "TEST ONLY") * 2
    labels = (pem.CERTIFICATE, pem.REQUEST, pem.ENCRYPTED_KEY, pem.REVOCATION_LIST)

    def read(raw: bytes) -> None:
        pem.read(labels[raw[0] % len(labels)] if raw else labels[0], raw[1:].decode("ascii", "replace"))

    return Target(read, (CryptoUnfit,), [b"\0" + text.encode(), b"\1-----BEGIN X-----\n=\n-----END X-----\n"])


def key_file(talk: Talk) -> Target:
    wrapped = keyfile.wrap_key(private_key(talk.kit), PASSWORD, chance, iterations=1)
    return Target(lambda raw: keyfile.unwrap_key(raw, PASSWORD, talk.pki.suite), (CryptoUnfit,), [wrapped], der=True)
