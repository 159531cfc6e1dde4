"""SM2 certificates, requests and revocation lists made. Who may get one is decided by the caller (the CA at central)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from padkit_contract import der, oids
from padkit_contract.crypto.suite import PrivateKey, Suite
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.der import BitString, SetOf, UTCTime
from padkit_contract.errors import CryptoUnfit
from padkit_contract.x509 import (
    ROLE_PURPOSES,
    VERSION_3,
    Certificate,
    Role,
    Usage,
    is_sm2_with_sm3,
    read_name,
    sm2_point,
)

RandomBytes = Callable[[int], bytes]

MAX_REQUEST = 4096
BACKDATED = timedelta(minutes=5)  # a kit whose clock is a little behind can use its certificate at once

SIGN = Usage.SIGNATURE | Usage.NON_REPUDIATION
ENCRYPT = Usage.KEY_ENCIPHERMENT | Usage.DATA_ENCIPHERMENT | Usage.KEY_AGREEMENT
ISSUE = Usage.CERTIFICATE_SIGN | Usage.CRL_SIGN


@dataclass(frozen=True, slots=True)
class Name:
    """A subject or issuer: legal entity (O) and the name of kit, service or CA (CN)."""

    entity: str
    name: str

    def encode(self) -> der.TLV:
        """Return the X.509 name."""
        return der.name([(oids.ORGANIZATION, self.entity), (oids.COMMON_NAME, self.name)])


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: its name as written in its own certificate, and its key."""

    name: Name
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a certificate is for. `ca_depth` counts the CAs allowed below one; None for an end entity."""

    usage: Usage
    role: Role | None = None
    ca_depth: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate request whose owner has proved to hold the key."""

    name: Name
    point: bytes


def make_certificate(
    subject: Name,
    point: bytes,
    issuer: Issuer,
    purpose: Purpose,
    *,
    now: datetime,
    days: int,
    random_bytes: RandomBytes,
) -> Certificate:
    """Return a certificate valid from a little before `now` for `days`; the serial is 126 bits of `random_bytes`."""
    start = now.replace(microsecond=0) - BACKDATED
    body = der.TbsCertificate(
        version=VERSION_3,
        serial=(int.from_bytes(random_bytes(16), "big") >> 2) | 1,
        algorithm=der.algorithm(oids.SM2_WITH_SM3),
        issuer=issuer.name.encode(),
        validity=der.Validity(not_before=UTCTime(start), not_after=UTCTime(start + timedelta(days=days))),
        subject=subject.encode(),
        key=der.sm2_key(point),
        extensions=_extensions(point, issuer.key.public, purpose),
    )
    return Certificate.load(_sign(body, issuer.key))


def make_request(name: Name, key: PrivateKey) -> bytes:
    """Return a PKCS#10 request, signed by the key it asks for."""
    info = der.RequestInfo(version=0, subject=name.encode(), key=der.sm2_key(key.public), attributes=SetOf([]))
    return _sign(info, key)


def check_request(request: bytes, suite: Suite) -> Request:
    """Read a PKCS#10 request and prove possession of its key. Raises `CryptoUnfit` ``request.*``."""
    if len(request) > MAX_REQUEST:
        raise CryptoUnfit("request.size", f"{len(request)} bytes, at most {MAX_REQUEST}; ask for a name and a key only")
    try:
        signed = der.decode(der.SignedObject, request)
        body = der.encode(signed.body)
        info = der.decode(der.RequestInfo, body)
        point = sm2_point(info.key)
        name = Name(*read_name(info.subject))
    except ValueError as exc:
        raise CryptoUnfit("request.form", f"{exc}; make the request again") from exc
    signature = signed.signature.as_bytes()
    if not is_sm2_with_sm3(signed.algorithm) or not suite.load_public(point).verify(signature, body):
        raise CryptoUnfit(
            "request.signature", f"{name.name}: not signed by the key it asks for; make the request again"
        )
    return Request(name, point)


def make_revocation_list(
    issuer: Issuer, revoked: Sequence[tuple[int, datetime]], *, number: int, now: datetime, days: int
) -> bytes:
    """Return a CRL (DER) of (serial, revoked at) pairs, to be replaced within `days`."""
    this_update = now.replace(microsecond=0)
    entries = [der.RevokedEntry(serial=serial, revoked_at=UTCTime(at.replace(microsecond=0))) for serial, at in revoked]
    body = der.TbsRevocationList(
        version=1,
        algorithm=der.algorithm(oids.SM2_WITH_SM3),
        issuer=issuer.name.encode(),
        this_update=UTCTime(this_update),
        next_update=UTCTime(this_update + timedelta(days=days)),
        revoked=entries or None,
        extensions=[_authority(issuer.key.public), _extension(oids.CRL_NUMBER, der.encode(number))],
    )
    return _sign(body, issuer.key)


def _sign(body: object, key: PrivateKey) -> bytes:
    raw = der.encode(body)
    signature = BitString(key.sign(raw), 0)
    return der.encode(
        der.SignedObject(body=der.raw(raw), algorithm=der.algorithm(oids.SM2_WITH_SM3), signature=signature)
    )


def _extensions(point: bytes, issuer_point: bytes, purpose: Purpose) -> list[der.Extension]:
    extensions = [
        _extension(oids.SUBJECT_KEY_IDENTIFIER, der.encode(_key_identifier(point))),
        _authority(issuer_point),
        _extension(oids.KEY_USAGE, _named_bits(purpose.usage), critical=True),
    ]
    if purpose.ca_depth is not None:  # some peers refuse an empty basicConstraints on end entities
        constraints = der.BasicConstraints(ca=True, path_length=purpose.ca_depth)
        extensions.append(_extension(oids.BASIC_CONSTRAINTS, der.encode(constraints), critical=True))
    if purpose.role is not None:
        extensions.append(_extension(oids.EXTENDED_KEY_USAGE, der.extended_key_usage([ROLE_PURPOSES[purpose.role]])))
    return extensions


def _extension(oid: oids.ObjectIdentifier, value: bytes, *, critical: bool = False) -> der.Extension:
    return der.Extension(oid=oid, critical=critical, value=value)


def _authority(point: bytes) -> der.Extension:
    return _extension(oids.AUTHORITY_KEY_IDENTIFIER, der.encode(der.AuthorityKeyIdentifier(key=_key_identifier(point))))


def _key_identifier(point: bytes) -> bytes:
    return sm3(point)[:20]


def _named_bits(usage: Usage) -> bytes:
    """Return a BIT STRING without trailing zero bits, as DER asks for named bits."""
    unused = (usage.value & -usage.value).bit_length() - 1
    return der.encode(BitString(bytes([usage.value]), unused))
