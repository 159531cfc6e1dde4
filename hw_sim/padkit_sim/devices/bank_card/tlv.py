"""BER-TLV as a chip writes it: tag, definite length, value. Writing only; the reader's side is not ours to know."""

from __future__ import annotations

LONG_FORM = 0x80


def tlv(tag: str, *values: bytes) -> bytes:
    """One object: `tag` in hex, the `values` joined."""
    body = b"".join(values)
    return bytes.fromhex(tag) + _length(len(body)) + body


def _length(count: int) -> bytes:
    if count < LONG_FORM:
        return bytes([count])
    digits = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([LONG_FORM | len(digits)]) + digits


def bcd(digits: str) -> bytes:
    """Digits two to a byte, padded with F to an even count."""
    return bytes.fromhex(digits + "F" * (len(digits) % 2))
