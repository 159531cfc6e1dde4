"""The standards' own examples, run against a suite before it may touch a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC

from padkit_contract.crypto.suite import Suite
from padkit_contract.crypto.symmetric import gcm_open, gcm_seal, sm3
from padkit_contract.errors import ContractError

_hex = bytes.fromhex

SM3_DIGEST = _hex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
SM4_KEY = _hex("0123456789abcdeffedcba9876543210")
SM4_BLOCK = _hex("681edf34d206965e86b3e94f536e4246")
GCM_NONCE = _hex("00001234567800000000abcd")
GCM_AAD = _hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
GCM_PLAIN = b"".join(_hex(pair) * 8 for pair in ("aa", "bb", "cc", "dd", "ee", "ff", "ee", "aa"))
GCM_SEALED = _hex(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec"
)
SM2_SCALAR = _hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
SM2_POINT = _hex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_MESSAGE = b"message digest"
SM2_SIGNATURE = _hex(
    "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
SM2_PLAIN = b"encryption standard"
SM2_CIPHERTEXT = _hex(
    "307c022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "042059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "041321886ca989ca9c7d58087307ca93092d651efa"
)


@dataclass(frozen=True, slots=True)
class VectorResult:
    """One example, where it comes from, and whether the suite reproduced it."""

    name: str
    source: str
    ok: bool


def self_test(suite: Suite) -> tuple[VectorResult, ...]:
    """Run every example and one round trip of each kind with a fresh key; nothing is raised, see `ok`."""
    return tuple(VectorResult(name, source, _holds(check, suite)) for name, source, check in CHECKS)


def _holds(check: Callable[[Suite], bool], suite: Suite) -> bool:
    try:
        return check(suite)
    except (ContractError, UnsupportedAlgorithm, ValueError):
        return False


def _sm3(_: Suite) -> bool:
    return sm3(b"abc") == SM3_DIGEST


def _sm4_block(_: Suite) -> bool:
    encryptor = Cipher(SM4(SM4_KEY), CBC(bytes(16))).encryptor()  # one block after a zero IV is the bare cipher
    return encryptor.update(SM4_KEY) + encryptor.finalize() == SM4_BLOCK


def _sm4_gcm(_: Suite) -> bool:
    sealed = gcm_seal(SM4_KEY, GCM_NONCE, GCM_AAD, GCM_PLAIN)
    return sealed == GCM_SEALED and gcm_open(SM4_KEY, GCM_NONCE, GCM_AAD, sealed) == GCM_PLAIN


def _sm2_verify(suite: Suite) -> bool:
    key = suite.load_public(SM2_POINT)
    return key.verify(SM2_SIGNATURE, SM2_MESSAGE) and not key.verify(SM2_SIGNATURE, SM2_MESSAGE + b".")


def _sm2_decrypt(suite: Suite) -> bool:
    return suite.load_private(SM2_SCALAR, SM2_POINT).decrypt(SM2_CIPHERTEXT) == SM2_PLAIN


def _sm2_sign(suite: Suite) -> bool:
    key = suite.generate()
    return suite.load_public(key.public).verify(key.sign(SM2_MESSAGE), SM2_MESSAGE)


def _sm2_encrypt(suite: Suite) -> bool:
    key = suite.generate()
    return key.decrypt(suite.load_public(key.public).encrypt(SM4_KEY)) == SM4_KEY


CHECKS: tuple[tuple[str, str, Callable[[Suite], bool]], ...] = (
    ("SM3", "GM/T 0004-2012 appendix A", _sm3),
    ("SM4 block", "GM/T 0002-2012 appendix A", _sm4_block),
    ("SM4-GCM", "RFC 8998 appendix A.1", _sm4_gcm),
    ("SM2 verify", "GM/T 0003.5-2012", _sm2_verify),
    ("SM2 decrypt", "GM/T 0003.5-2012", _sm2_decrypt),
    ("SM2 sign and verify", "round trip with a fresh key", _sm2_sign),
    ("SM2 encrypt and decrypt", "round trip with a fresh key", _sm2_encrypt),
)
