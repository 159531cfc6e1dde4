"""Certificates, requests and revocation lists (RFC 5280, PKCS#10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, BitString, SetOf, UTCTime

from padkit_contract.der.codec import decode, encode, raw
from padkit_contract.der.keys import Algorithm, PublicKeyInfo
from padkit_contract.oids import ObjectIdentifier

NO = False  # DEFAULT FALSE


@asn1.sequence
class Extension:
    oid: ObjectIdentifier
    critical: Annotated[bool, asn1.Default(NO)]
    value: bytes


@asn1.sequence
class BasicConstraints:
    ca: Annotated[bool, asn1.Default(NO)]
    path_length: int | None


@asn1.sequence
class AuthorityKeyIdentifier:
    key: Annotated[bytes, asn1.Implicit(0)]


@asn1.sequence
class Validity:
    not_before: UTCTime | asn1.GeneralizedTime
    not_after: UTCTime | asn1.GeneralizedTime


@asn1.sequence
class TbsCertificate:
    version: Annotated[int, asn1.Explicit(0)]
    serial: int
    algorithm: Algorithm
    issuer: TLV
    validity: Validity
    subject: TLV
    key: PublicKeyInfo
    extensions: Annotated[list[Extension], asn1.Explicit(3)]


@asn1.sequence
class SignedObject:
    """Certificates, certificate requests and revocation lists all have this outer shape."""

    body: TLV
    algorithm: Algorithm
    signature: BitString


@asn1.sequence
class NamePart:
    type: ObjectIdentifier
    value: TLV


@asn1.sequence
class RequestInfo:
    version: int
    subject: TLV
    key: PublicKeyInfo
    attributes: Annotated[SetOf[TLV], asn1.Implicit(0)]


@asn1.sequence
class RevokedEntry:
    serial: int
    revoked_at: UTCTime
    extensions: list[Extension] | None = None


@asn1.sequence
class TbsRevocationList:
    version: int
    algorithm: Algorithm
    issuer: TLV
    this_update: UTCTime
    next_update: UTCTime
    revoked: list[RevokedEntry] | None
    extensions: Annotated[list[Extension], asn1.Explicit(0)]


def name_parts(name: TLV) -> list[NamePart]:
    """Return the attributes of an X.509 name in order. Raises ValueError."""
    parts = decode(_NameBox, encode(_Box(item=name))).parts
    return [part for group in parts for part in group.as_list()]


def usages(extended_key_usage: bytes) -> list[ObjectIdentifier]:
    """Return the purposes of an extended key usage extension. Raises ValueError."""
    return decode(_UsageBox, encode(_Box(item=raw(extended_key_usage)))).purposes


def name(parts: Sequence[tuple[ObjectIdentifier, str]]) -> TLV:
    """Return an X.509 name: one attribute for each relative name, UTF8String."""
    groups = [SetOf([NamePart(type=kind, value=raw(encode(text)))]) for kind, text in parts]
    return decode(_Box, encode(_NameBox(parts=groups))).item


def extended_key_usage(purposes: Sequence[ObjectIdentifier]) -> bytes:
    """Return the value of an extended key usage extension."""
    return encode(decode(_Box, encode(_UsageBox(purposes=list(purposes)))).item)


# The library reads lists only as fields, so a list that stands alone is put into a box first.
@asn1.sequence
class _Box:
    item: TLV


@asn1.sequence
class _NameBox:
    parts: list[SetOf[NamePart]]


@asn1.sequence
class _UsageBox:
    purposes: list[ObjectIdentifier]
