from __future__ import annotations

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from padkit_central.ca.kits import KitIssuer
from padkit_contract import party, pem
from padkit_contract.enrol import EnrolRefused, Requests
from padkit_contract.issue import Name, make_request
from padkit_contract.x509 import Role, Usage


def tls_request(entity="bank", kit="KIT-9", curve=None, more=()) -> bytes:
    names = [(NameOID.ORGANIZATION_NAME, entity), (NameOID.COMMON_NAME, kit), *more]
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(kind, value) for kind, value in names])
    )
    key = ec.generate_private_key(curve or ec.SECP256R1())
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.fixture
def issuer(new_ca) -> KitIssuer:
    return KitIssuer.load(new_ca.place / "ca", new_ca.means, days=90)


@pytest.fixture
def requests(new_ca) -> Requests:
    name = Name("bank", "KIT-9")
    return Requests(*(make_request(name, new_ca.suite.generate()) for _ in range(2)), tls_request())


def test_a_kit_that_keeps_its_keys_gets_three_certificates(issuer, requests, new_ca):
    issued = issuer.issue("bank", "KIT-9", requests, new_ca.now)
    trust = new_ca.party("central").trust
    assert trust.check(issued.sign, Usage.SIGNATURE, new_ca.now).role is Role.KIT
    assert trust.check(issued.encrypt, Usage.KEY_ENCIPHERMENT, new_ca.now).role is Role.KIT
    leaf = x509.load_der_x509_certificate(issued.tls)
    assert leaf.subject.rfc4514_string() == "CN=KIT-9,O=bank"
    assert (leaf.serial_number, leaf.not_valid_after_utc) == (issued.tls_serial, issued.tls_not_after)
    ca = x509.load_pem_x509_certificate((new_ca.place / "ca" / "tls-ca.crt.pem").read_bytes())
    leaf.verify_directly_issued_by(ca)


def damaged(request: bytes) -> bytes:
    return request[:-1] + bytes([request[-1] ^ 1])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda it: {"sign": b""}, "request.form"),
        (lambda it: {"sign": it.encrypt}, "request.keys"),
        (lambda it: {"sign": damaged(it.sign)}, "request.signature"),
        (lambda it: {"sign": it.tls}, "request.form"),
        (lambda it: {"tls": it.sign}, "request.tls"),
        (lambda it: {"tls": damaged(it.tls)}, "request.tls"),
        (lambda it: {"tls": b"\x30"}, "request.tls"),
        (lambda it: {"tls": tls_request(kit="KIT-8")}, "request.name"),
        (lambda it: {"tls": tls_request(entity="bank-2")}, "request.name"),
        (lambda it: {"tls": tls_request(curve=ec.SECP384R1())}, "request.tls"),
        (lambda it: {"tls": tls_request(more=[(NameOID.COMMON_NAME, "KIT-9")])}, "request.tls"),
    ],
)
def test_a_request_that_proves_nothing_gets_nothing(issuer, requests, new_ca, change, reason):
    with pytest.raises(EnrolRefused) as refused:
        issuer.issue("bank", "KIT-9", msgspec.structs.replace(requests, **change(requests)), new_ca.now)
    assert refused.value.reason == reason


def test_requests_of_another_kit_get_nothing(issuer, requests, new_ca):
    with pytest.raises(EnrolRefused) as refused:
        issuer.issue("bank", "KIT-8", requests, new_ca.now)
    assert refused.value.reason == "request.name"


def test_whom_kits_seal_for_is_told_once_there_is_one(issuer, new_ca):
    assert issuer.beside() == ("", "")
    new_ca.authority.issue_support("desk", new_ca.place / "desk", password=new_ca.means.password)
    hsm, support = issuer.beside()
    assert hsm == ""
    assert pem.read(pem.CERTIFICATE, support) == pem.read(
        pem.CERTIFICATE, (new_ca.place / "ca" / party.SUPPORT_CERTIFICATE).read_text()
    )
