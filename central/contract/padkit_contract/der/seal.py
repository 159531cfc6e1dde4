"""Electronic seals and their signatures (GB/T 38540-2020, version 4 of its structures)."""

from __future__ import annotations

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import BitString, GeneralizedTime, IA5String

from padkit_contract.oids import ObjectIdentifier


@asn1.sequence
class SealHeader:
    """`SES_Header`."""

    magic: IA5String
    version: int
    vendor: IA5String


@asn1.sequence
class SealProperty:
    """`SES_ESPropertyInfo`; the list of signers holds whole certificates (`certListType` 1)."""

    kind: int
    name: str
    list_kind: int
    certificates: list[bytes]
    made_at: GeneralizedTime
    valid_from: GeneralizedTime
    valid_until: GeneralizedTime


@asn1.sequence
class SealPicture:
    """`SES_ESPictureInfo`: sides in millimetres."""

    kind: IA5String
    content: bytes
    width: int
    height: int


@asn1.sequence
class SealInfo:
    """`SES_SealInfo`: what the maker of the seal signs."""

    header: SealHeader
    number: IA5String
    property: SealProperty
    picture: SealPicture


@asn1.sequence
class Seal:
    """`SESeal`."""

    info: SealInfo
    maker: bytes
    algorithm: ObjectIdentifier
    signature: BitString


@asn1.sequence
class StampContent:
    """`TBS_Sign`: what the seal's own signer signs."""

    version: int
    seal: Seal
    at: GeneralizedTime
    digest: BitString
    about: IA5String


@asn1.sequence
class Stamp:
    """`SES_Signature` without a time stamp of a third party."""

    content: StampContent
    certificate: bytes
    algorithm: ObjectIdentifier
    signature: BitString
