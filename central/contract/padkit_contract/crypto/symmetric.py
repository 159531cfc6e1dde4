"""SM3, HMAC-SM3, SM4-GCM, SM4-CBC and PBKDF2-HMAC-SM3, all from `cryptography`.

Not from the system's OpenSSL: 3.0 has no SM4-GCM, and some distributions build it without SM3.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac, padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC, GCM

KEY_SIZE = 16
NONCE_SIZE = 12
TAG_SIZE = 16
BLOCK_SIZE = 16
DIGEST_SIZE = 32


def sm3(data: bytes) -> bytes:
    """Return the 32-byte digest."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """Return the 32-byte HMAC-SM3."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


def gcm_encrypt(key: bytes, nonce: bytes, aad: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Return (ciphertext, 16-byte tag). A (key, nonce) pair must never come twice."""
    encryptor = Cipher(SM4(key), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    ciphertext = encryptor.update(data) + encryptor.finalize()
    return ciphertext, encryptor.tag


def gcm_decrypt(key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """Return the plaintext. Raises ValueError when anything was changed; nothing unauthenticated leaves."""
    if len(tag) != TAG_SIZE:
        raise ValueError("SM4-GCM refused")
    decryptor = Cipher(SM4(key), GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(aad)
    try:
        return decryptor.update(ciphertext) + decryptor.finalize()
    except InvalidTag as exc:
        raise ValueError("SM4-GCM refused") from exc


def gcm_seal(key: bytes, nonce: bytes, aad: bytes, data: bytes) -> bytes:
    """Return ciphertext ‖ tag, 16 bytes longer than `data`. A (key, nonce) pair must never come twice."""
    return b"".join(gcm_encrypt(key, nonce, aad, data))


def gcm_open(key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes:
    """Undo `gcm_seal`. Raises ValueError when anything was changed."""
    return gcm_decrypt(key, nonce, aad, sealed[:-TAG_SIZE], sealed[-TAG_SIZE:])


def cbc_encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Return SM4-CBC with PKCS#7 padding. It authenticates nothing: key files only."""
    padder = padding.PKCS7(BLOCK_SIZE * 8).padder()
    encryptor = Cipher(SM4(key), CBC(iv)).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()


def cbc_decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Undo `cbc_encrypt`. Raises ValueError on a wrong length or padding."""
    decryptor = Cipher(SM4(key), CBC(iv)).decryptor()
    unpadder = padding.PKCS7(BLOCK_SIZE * 8).unpadder()
    return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()


def pbkdf2_sm3(password: bytes, salt: bytes, iterations: int) -> bytes:
    """Return an SM4 key drawn from a password."""
    # Read and written with key files only, so its module is not part of every start.
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    return PBKDF2HMAC(hashes.SM3(), KEY_SIZE, salt, iterations).derive(password)
