"""What a PEM file holds, in words a person can read. Private keys are named, never opened."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from padkit_contract import oids, pem
from padkit_contract.crypto import sm3
from padkit_contract.errors import CryptoUnfit

SIGNATURES = {oids.SM2_WITH_SM3: "SM2 with SM3", SignatureAlgorithmOID.ECDSA_WITH_SHA256: "ECDSA with SHA-256"}


def describe(text: str) -> Iterator[str]:
    """Yield lines about certificates, revocation lists, requests; one for a private key. Raises `CryptoUnfit` for others."""
    if "PRIVATE KEY-----" in text:
        kind = "encrypted private key" if pem.ENCRYPTED_KEY in text else "private key, not encrypted"
        yield f"{kind}: not shown"
        return
    if f"BEGIN {pem.REVOCATION_LIST}-----" in text:
        for raw in pem.read(pem.REVOCATION_LIST, text):
            yield from _revocation_list(raw)
        return
    if f"BEGIN {pem.REQUEST}-----" in text:
        for raw in pem.read(pem.REQUEST, text):
            yield from _request(raw)
        return
    for raw in pem.read(pem.CERTIFICATE, text):
        yield from _certificate(raw)


def _certificate(raw: bytes) -> Iterator[str]:
    try:
        certificate = x509.load_der_x509_certificate(raw)
        signature = SIGNATURES.get(certificate.signature_algorithm_oid, "an algorithm we do not use")
        yield f"{_text(certificate.subject)}, issued by {_text(certificate.issuer)}"
    except ValueError as exc:
        raise CryptoUnfit("certificate.form", f"{exc}; is it a certificate?") from exc
    yield f"  serial {certificate.serial_number:x}, signed with {signature}"
    yield f"  valid {certificate.not_valid_before_utc:%F %T} to {certificate.not_valid_after_utc:%F %T} UTC"
    yield f"  SM3 fingerprint {sm3(raw).hex()}"


def _revocation_list(raw: bytes) -> Iterator[str]:
    try:
        revoked = x509.load_der_x509_crl(raw)
        number = revoked.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (ValueError, x509.ExtensionNotFound) as exc:
        raise CryptoUnfit("crl.form", f"{exc}; is it a revocation list?") from exc
    until = f"{revoked.next_update_utc:%F %T} UTC" if revoked.next_update_utc else "for ever"
    yield f"revocation list {number} of {_text(revoked.issuer)}"
    yield f"  valid {revoked.last_update_utc:%F %T} to {until}, {len(list(revoked))} revoked"
    for each in revoked:
        yield f"  serial {each.serial_number:x}, revoked {each.revocation_date_utc:%F %T} UTC"


def _request(raw: bytes) -> Iterator[str]:
    try:
        request = x509.load_der_x509_csr(raw)
    except ValueError as exc:
        raise CryptoUnfit("request.form", f"{exc}; is it a certificate request?") from exc
    signature = SIGNATURES.get(request.signature_algorithm_oid, "an algorithm we do not use")
    yield f"request of {_text(request.subject)}, signed with {signature}"
    yield f"  SM3 fingerprint {sm3(raw).hex()}"


def _text(name: x509.Name) -> str:
    parts = (name.get_attributes_for_oid(oid) for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME))
    return "/".join(str(attribute.value) for attributes in parts for attribute in attributes)
