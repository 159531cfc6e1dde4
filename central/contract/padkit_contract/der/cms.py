"""Cryptographic message syntax as we write it (RFC 5652, 5083, GB/T 35275), and attributes. Nothing in it is optional."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, SetOf, UTCTime

from padkit_contract.der.codec import decode, encode, raw
from padkit_contract.der.keys import Algorithm, CbcAlgorithm, GcmAlgorithm
from padkit_contract.oids import ObjectIdentifier


@asn1.sequence
class IssuerAndSerial:
    issuer: TLV
    serial: int


@asn1.sequence
class Attribute:
    type: ObjectIdentifier
    values: SetOf[TLV]


@asn1.sequence
class _Octets:
    type: ObjectIdentifier
    values: SetOf[bytes]


@asn1.sequence
class _Time:
    type: ObjectIdentifier
    values: SetOf[UTCTime]


@asn1.sequence
class _Kind:
    type: ObjectIdentifier
    values: SetOf[ObjectIdentifier]


@asn1.sequence
class DataContent:
    type: ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class SignerInfo:
    version: int
    signer: IssuerAndSerial
    digest_algorithm: Algorithm
    attributes: Annotated[SetOf[TLV], asn1.Implicit(0)]
    signature_algorithm: Algorithm
    signature: bytes


@asn1.sequence
class SignedData:
    version: int
    digest_algorithms: SetOf[Algorithm]
    content: DataContent
    certificates: Annotated[SetOf[TLV], asn1.Implicit(0)]
    signers: SetOf[SignerInfo]


@asn1.sequence
class SignedDataInfo:
    type: ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class RecipientInfo:
    version: int
    recipient: IssuerAndSerial
    algorithm: Algorithm
    wrapped_key: bytes


@asn1.sequence
class GcmContent:
    type: ObjectIdentifier
    algorithm: GcmAlgorithm
    ciphertext: Annotated[bytes, asn1.Implicit(0)]


@asn1.sequence
class AuthEnvelopedData:
    version: int
    recipients: SetOf[RecipientInfo]
    content: GcmContent
    attributes: Annotated[SetOf[TLV], asn1.Implicit(1)]
    tag: bytes


@asn1.sequence
class AuthEnvelopedDataInfo:
    type: ObjectIdentifier
    content: Annotated[AuthEnvelopedData, asn1.Explicit(0)]


@asn1.sequence
class BareAuthEnvelopedData:
    """Without authenticated attributes."""

    version: int
    recipients: SetOf[RecipientInfo]
    content: GcmContent
    tag: bytes


@asn1.sequence
class BareAuthEnvelopedDataInfo:
    type: ObjectIdentifier
    content: Annotated[BareAuthEnvelopedData, asn1.Explicit(0)]


@asn1.sequence
class CbcContent:
    type: ObjectIdentifier
    algorithm: CbcAlgorithm
    ciphertext: Annotated[bytes, asn1.Implicit(0)]


@asn1.sequence
class EnvelopedData:
    version: int
    recipients: SetOf[RecipientInfo]
    content: CbcContent


@asn1.sequence
class EnvelopedDataInfo:
    type: ObjectIdentifier
    content: Annotated[EnvelopedData, asn1.Explicit(0)]


@asn1.sequence
class BareSignerInfo:
    """Without signed attributes: the signature is on the content itself."""

    version: int
    signer: IssuerAndSerial
    digest_algorithm: Algorithm
    signature_algorithm: Algorithm
    signature: bytes


@asn1.sequence
class SignedAndEnvelopedData:
    version: int
    recipients: SetOf[RecipientInfo]
    digest_algorithms: SetOf[Algorithm]
    content: CbcContent
    certificates: Annotated[SetOf[TLV], asn1.Implicit(0)]
    signers: SetOf[BareSignerInfo]


@asn1.sequence
class SignedAndEnvelopedDataInfo:
    type: ObjectIdentifier
    content: Annotated[SignedAndEnvelopedData, asn1.Explicit(0)]


@asn1.sequence
class BoundContent:
    """A payload with the context it is for, where a message has no attributes to carry it."""

    context: bytes
    payload: bytes


def octets(kind: ObjectIdentifier, value: bytes) -> TLV:
    """Return an attribute with one OCTET STRING."""
    return raw(encode(_Octets(type=kind, values=SetOf([value]))))


def time(kind: ObjectIdentifier, value: UTCTime) -> TLV:
    """Return an attribute with one time."""
    return raw(encode(_Time(type=kind, values=SetOf([value]))))


def identifier(kind: ObjectIdentifier, value: ObjectIdentifier) -> TLV:
    """Return an attribute with one object identifier."""
    return raw(encode(_Kind(type=kind, values=SetOf([value]))))


def attributes(items: SetOf[TLV]) -> list[Attribute]:
    """Return attributes with their types readable. Raises ValueError."""
    return [decode(Attribute, encode(item)) for item in items.as_list()]


def only_value(attributes: Sequence[Attribute], kind: ObjectIdentifier) -> bytes:
    """Return the one value (DER) of the one attribute of this type. Raises ValueError."""
    (value,) = (value for item in attributes if item.type == kind for value in item.values.as_list())
    return encode(value)
