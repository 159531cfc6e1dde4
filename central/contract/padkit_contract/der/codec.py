"""Strict DER both ways. The library refuses indefinite and non-minimal lengths, unsorted sets and trailing bytes."""

from __future__ import annotations

from typing import TypeVar

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV

T = TypeVar("T")


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
