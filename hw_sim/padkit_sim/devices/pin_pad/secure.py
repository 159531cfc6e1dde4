"""What the keypad's secure part computes: 3DES, check values, PIN blocks of format 0. Nothing else in a kit may hold a PIN."""

from __future__ import annotations

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

BLOCK = 8


def encrypt(key: bytes, data: bytes) -> bytes:
    """ECB with a key of 8, 16 or 24 bytes."""
    one_way = Cipher(TripleDES(_three(key)), modes.ECB()).encryptor()  # noqa: S305 - what such keypads do
    return one_way.update(data) + one_way.finalize()


def decrypt(key: bytes, data: bytes) -> bytes:
    """The reverse of `encrypt`."""
    other_way = Cipher(TripleDES(_three(key)), modes.ECB()).decryptor()  # noqa: S305
    return other_way.update(data) + other_way.finalize()


def check_value(key: bytes) -> str:
    """Six hex digits: the beginning of zeros under the key."""
    return encrypt(key, bytes(BLOCK))[:3].hex().upper()


def pin_block(key: bytes, pin: str, pan: str) -> bytes:
    """Format 0 of ISO 9564-1 under `key`."""
    filled = bytes.fromhex(f"0{len(pin):X}{pin}".ljust(16, "F"))
    account = bytes.fromhex("0000" + pan[-13:-1])
    clear = bytes(one ^ other for one, other in zip(filled, account, strict=True))
    return encrypt(key, clear)


def _three(key: bytes) -> bytes:
    """Single and double keys written as triple ones; the library wants three."""
    return {8: key * 3, 16: key + key[:8]}.get(len(key), key)
