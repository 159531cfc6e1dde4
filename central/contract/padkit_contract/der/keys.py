"""Algorithms and keys: SubjectPublicKeyInfo, PKCS#8, PBES2, and SM2's signature and ciphertext (GM/T 0009)."""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import BitString, Null

from padkit_contract import oids
from padkit_contract.oids import ObjectIdentifier


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


def algorithm(oid: ObjectIdentifier) -> Algorithm:
    """Return the algorithm with its parameters left out, as GM/T 0006 and RFC 8998 write it."""
    return Algorithm(algorithm=oid)


def sm2_key(point: bytes) -> PublicKeyInfo:
    """Return the SubjectPublicKeyInfo of an SM2 point (04 ‖ X ‖ Y)."""
    curve = CurveAlgorithm(algorithm=oids.EC_PUBLIC_KEY, curve=oids.SM2_CURVE)
    return PublicKeyInfo(algorithm=curve, key=BitString(point, 0))
