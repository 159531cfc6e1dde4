"""ASN.1 structures as declarations; `encode` and `decode` are strict DER. Only this module knows the ASN.1 library.

The library (`cryptography.hazmat.asn1`) refuses indefinite and non-minimal lengths, unsorted sets, missing fields and
trailing bytes by itself. Its interface is not declared stable, hence the pinned major version and this one door.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, BitString, Null, SetOf, UTCTime

from padkit_contract import oids
from padkit_contract.oids import ObjectIdentifier

__all__ = ["TLV", "BitString", "Null", "SetOf", "UTCTime", "decode", "encode"]

T = TypeVar("T")

NO = False  # DEFAULT FALSE


def encode(value: object) -> bytes:
    """Return the DER bytes of a declared structure, a `SetOf`, bytes, an identifier or a raw element."""
    return asn1.encode_der(value)


def decode(kind: type[T], der: bytes) -> T:
    """Read one structure that fills `der` to its last byte. Raises ValueError on anything else."""
    return asn1.decode_der(kind, der)


def same(left: object, right: object) -> bool:
    """Tell whether two structures have the same encoding; the library's structures do not compare by themselves."""
    return encode(left) == encode(right)


def raw(der: bytes) -> TLV:
    """Wrap one encoded element, to be put into a structure as it is."""
    return asn1.decode_der(TLV, der)


# ---- algorithms -----------------------------------------------------------------------------------------------------


@asn1.sequence
class Algorithm:
    """An algorithm without parameters. We leave them out; some peers write NULL after SM3."""

    algorithm: ObjectIdentifier
    parameters: Null | None = None


@asn1.sequence
class CbcAlgorithm:
    algorithm: ObjectIdentifier
    iv: bytes


@asn1.sequence
class GcmParameters:
    nonce: bytes
    tag_size: Annotated[int, asn1.Default(12)]


@asn1.sequence
class GcmAlgorithm:
    algorithm: ObjectIdentifier
    parameters: GcmParameters


# ---- keys: SubjectPublicKeyInfo, PKCS#8, PBES2, and SM2's signature and ciphertext (GM/T 0009) ------------------------


@asn1.sequence
class CurveAlgorithm:
    algorithm: ObjectIdentifier
    curve: ObjectIdentifier


@asn1.sequence
class PublicKeyInfo:
    algorithm: CurveAlgorithm
    key: BitString


@asn1.sequence
class EcPrivateKey:
    version: int
    scalar: bytes
    curve: Annotated[ObjectIdentifier | None, asn1.Explicit(0)]
    point: Annotated[BitString | None, asn1.Explicit(1)]


@asn1.sequence
class PrivateKeyInfo:
    version: int
    algorithm: CurveAlgorithm
    key: bytes


@asn1.sequence
class KdfParameters:
    salt: bytes
    iterations: int
    key_size: int | None
    prf: Algorithm


@asn1.sequence
class KdfAlgorithm:
    algorithm: ObjectIdentifier
    parameters: KdfParameters


@asn1.sequence
class Pbes2Parameters:
    kdf: KdfAlgorithm
    cipher: CbcAlgorithm


@asn1.sequence
class Pbes2Algorithm:
    algorithm: ObjectIdentifier
    parameters: Pbes2Parameters


@asn1.sequence
class EncryptedPrivateKeyInfo:
    algorithm: Pbes2Algorithm
    data: bytes


@asn1.sequence
class Sm2Signature:
    r: int
    s: int


@asn1.sequence
class Sm2Ciphertext:
    x: int
    y: int
    digest: Annotated[bytes, asn1.Size.exact(32)]
    data: bytes


# ---- X.509 ----------------------------------------------------------------------------------------------------------


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


# ---- CMS ------------------------------------------------------------------------------------------------------------


@asn1.sequence
class IssuerAndSerial:
    issuer: TLV
    serial: int


@asn1.sequence
class Attribute:
    type: ObjectIdentifier
    values: SetOf[TLV]


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


# ---- small parts ----------------------------------------------------------------------------------------------------


def algorithm(oid: ObjectIdentifier) -> Algorithm:
    """Return the algorithm with its parameters left out, as GM/T 0006 and RFC 8998 write it."""
    return Algorithm(algorithm=oid)


def sm2_key(point: bytes) -> PublicKeyInfo:
    """Return the SubjectPublicKeyInfo of an SM2 point (04 ‖ X ‖ Y)."""
    curve = CurveAlgorithm(algorithm=oids.EC_PUBLIC_KEY, curve=oids.SM2_CURVE)
    return PublicKeyInfo(algorithm=curve, key=BitString(point, 0))


def attribute(kind: ObjectIdentifier, value: object) -> TLV:
    """Return one CMS attribute with exactly one value."""
    return raw(encode(Attribute(type=kind, values=SetOf([raw(encode(value))]))))


def only_value(attributes: Sequence[Attribute], kind: ObjectIdentifier) -> bytes:
    """Return the one value (DER) of the one attribute of this type. Raises ValueError."""
    (value,) = (value for item in attributes if item.type == kind for value in item.values.as_list())
    return encode(value)


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
