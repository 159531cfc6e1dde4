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
    """Yield lines about every certificate, and one for a private key. Raises `CryptoUnfit` for anything else."""
    if "PRIVATE KEY-----" in text:
        kind = "encrypted private key" if pem.ENCRYPTED_KEY in text else "private key, not encrypted"
        yield f"{kind}: not shown"
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


def _text(name: x509.Name) -> str:
    parts = (name.get_attributes_for_oid(oid) for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME))
    return "/".join(str(attribute.value) for attributes in parts for attribute in attributes)
