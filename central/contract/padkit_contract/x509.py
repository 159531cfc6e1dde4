"""SM2 certificates read: who (O = legal entity, CN = kit or service), which key, for what, how long.

Chains are judged in `trust.py`, certificates are made in `issue.py`. Only what our own public key infrastructure writes
is understood; anything else is refused.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from padkit_contract import der, oids, pem
from padkit_contract.crypto.curve import check_point
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.errors import CryptoUnfit

MAX_CERTIFICATE = 4096
MAX_KEPT = 4096  # parsed certificates, some 2 KB each
MAX_NAME = 64  # characters, X.520 upper bound of O and CN
VERSION_3 = 2
UTF8_STRING, PRINTABLE_STRING = b"\x0c", b"\x13"


class Usage(enum.Flag):
    """Key usage bits of RFC 5280, 4.2.1.3, as they stand in the extension's first octet."""

    SIGNATURE = 0x80
    NON_REPUDIATION = 0x40
    KEY_ENCIPHERMENT = 0x20
    DATA_ENCIPHERMENT = 0x10
    KEY_AGREEMENT = 0x08
    CERTIFICATE_SIGN = 0x04
    CRL_SIGN = 0x02


class Role(enum.Enum):
    """As whom a certificate's owner may speak; a sub CA's certificate limits what it can hand out."""

    KIT = "kit"
    SERVICE = "service"
    COMMAND = "command"
    OPERATOR = "operator"
    HSM = "hsm"
    SEAL = "seal"


ROLE_PURPOSES: Mapping[Role, oids.ObjectIdentifier] = {
    Role.KIT: oids.KIT,
    Role.SERVICE: oids.SERVICE,
    Role.COMMAND: oids.COMMAND,
    Role.OPERATOR: oids.OPERATOR,
    Role.HSM: oids.HSM,
    Role.SEAL: oids.SEAL,
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """One SM2 certificate. `issuer` and `subject` are DER names; times are aware UTC."""

    der: bytes = field(repr=False)
    serial: int
    issuer: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    entity: str
    name: str
    point: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime
    usage: Usage
    role: Role | None
    is_ca: bool
    fingerprint: bytes = field(repr=False)  # SM3 of `der`

    @property
    def key_id(self) -> str:
        """The name of this certificate's key in contexts and logs: half its fingerprint, hex."""
        return self.fingerprint[:16].hex()

    @property
    def is_root(self) -> bool:
        """Tell whether it names itself as its issuer."""
        return self.issuer == self.subject

    @classmethod
    def load(cls, raw: bytes) -> Certificate:
        """Read one DER certificate; its signature is not judged here. Raises `CryptoUnfit` ``certificate.*``."""
        if len(raw) > MAX_CERTIFICATE:
            raise CryptoUnfit("certificate.size", f"{len(raw)} bytes, at most {MAX_CERTIFICATE}")
        try:
            return _parse(raw)
        except ValueError as exc:
            raise CryptoUnfit("certificate.form", f"{exc}; an SM2 certificate of this system is needed") from exc


def load_certificates(text: str) -> tuple[Certificate, ...]:
    """Read every certificate of a PEM file. Raises `CryptoUnfit` ``pem.*`` or ``certificate.*``."""
    return tuple(Certificate.load(raw) for raw in pem.read(pem.CERTIFICATE, text))


def load_certificate(text: str) -> Certificate:
    """Read the PEM file of exactly one certificate. Raises `CryptoUnfit`."""
    certificates = load_certificates(text)
    if len(certificates) != 1:
        raise CryptoUnfit("pem.blocks", f"{len(certificates)} certificates where one was expected")
    return certificates[0]


def issuer_and_serial(certificate: Certificate) -> der.IssuerAndSerial:
    """Return how CMS names this certificate."""
    return der.IssuerAndSerial(issuer=der.raw(certificate.issuer), serial=certificate.serial)


def read_name(name: der.TLV) -> tuple[str, str]:
    """Return (O, CN) of a name that holds each once. Raises ValueError."""
    parts = der.name_parts(name)
    return _only(parts, oids.ORGANIZATION, "O"), _only(parts, oids.COMMON_NAME, "CN")


def is_sm2_with_sm3(algorithm: der.Algorithm) -> bool:
    """Tell whether this is the one signature algorithm we take, parameters absent."""
    return der.same(algorithm, der.algorithm(oids.SM2_WITH_SM3))


def sm2_point(info: der.PublicKeyInfo) -> bytes:
    """Return the point of an SM2 key. Raises ValueError or `CryptoUnfit` ``key.point``."""
    point = info.key.as_bytes()
    if not der.same(info, der.sm2_key(point)):
        raise ValueError("not an SM2 key")
    check_point(point)
    return point


def _only(parts: Sequence[der.NamePart], kind: oids.ObjectIdentifier, label: str) -> str:
    values = [part.value for part in parts if part.type == kind]
    if len(values) != 1 or bytes(values[0].tag_bytes) not in {UTF8_STRING, PRINTABLE_STRING}:
        raise ValueError(f"the name needs exactly one {label}")
    text = bytes(values[0].data).decode("utf-8")
    if not 1 <= len(text) <= MAX_NAME:
        raise ValueError(f"{label} has {len(text)} characters, expected 1 to {MAX_NAME}")
    return text


@lru_cache(MAX_KEPT)  # the same few certificates come with every envelope
def _parse(raw: bytes) -> Certificate:
    signed = der.decode(der.SignedObject, raw)
    body = der.decode(der.TbsCertificate, der.encode(signed.body))
    if body.version != VERSION_3 or not (is_sm2_with_sm3(signed.algorithm) and is_sm2_with_sm3(body.algorithm)):
        raise ValueError("not an X.509 version 3 certificate signed with SM2 and SM3")
    entity, name = read_name(body.subject)
    extensions = {extension.oid: extension.value for extension in body.extensions}
    if len(extensions) != len(body.extensions):
        raise ValueError("an extension comes twice")
    return Certificate(
        der=raw,
        serial=body.serial,
        issuer=der.encode(body.issuer),
        subject=der.encode(body.subject),
        entity=entity,
        name=name,
        point=sm2_point(body.key),
        not_before=body.validity.not_before.as_datetime(),
        not_after=body.validity.not_after.as_datetime(),
        usage=_usage(extensions.get(oids.KEY_USAGE)),
        role=_role(extensions.get(oids.EXTENDED_KEY_USAGE)),
        is_ca=_is_ca(extensions.get(oids.BASIC_CONSTRAINTS)),
        fingerprint=sm3(raw),
    )


def _usage(value: bytes | None) -> Usage:
    if value is None:
        raise ValueError("key usage is missing")
    octets = der.decode(der.BitString, value).as_bytes()
    return Usage(octets[0] & 0xFE) if octets else Usage(0)


def _role(value: bytes | None) -> Role | None:
    purposes = der.usages(value) if value else []
    roles = [role for role, purpose in ROLE_PURPOSES.items() if purpose in purposes]
    if len(roles) > 1:
        raise ValueError("two roles at once")
    return roles[0] if roles else None


def _is_ca(value: bytes | None) -> bool:
    return value is not None and der.decode(der.BasicConstraints, value).ca
