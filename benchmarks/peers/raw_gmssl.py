"""An envelope's primitives in gmssl, as its manual shows them: no DER, no certificates, no checks. Slower than that is nobody."""

from __future__ import annotations

from gmssl import func, sm2, sm4

KEY_HEX = 32  # hex digits of an SM4 key
IV = bytes(16)


class RawGmssl:
    """SM2 sign and wrap a key, SM4-CBC the message; SM3 is inside the signature.

    The key pair is ours: gmssl makes none, and spoils public keys that begin with 0 or 4.
    """

    def __init__(self, scalar: bytes, point: bytes) -> None:
        self._sm2 = sm2.CryptSM2(public_key=point[1:].hex(), private_key=scalar.hex())

    @staticmethod
    def spoils(point: bytes) -> bool:
        """Tell whether gmssl cannot hold this public key."""
        return point[1:].hex()[0] in "04"

    def seal(self, payload: bytes) -> tuple[str, bytes, bytes]:
        """Return signature, wrapped key, ciphertext."""
        key = bytes.fromhex(func.random_hex(KEY_HEX))
        cipher = sm4.CryptSM4()
        cipher.set_key(key, sm4.SM4_ENCRYPT)
        return self._sm2.sign_with_sm3(payload), self._sm2.encrypt(key), cipher.crypt_cbc(IV, payload)

    def open(self, signature: str, wrapped: bytes, ciphertext: bytes) -> bytes:
        """Return the payload; the signature is looked at as far as gmssl looks."""
        cipher = sm4.CryptSM4()
        cipher.set_key(self._sm2.decrypt(wrapped), sm4.SM4_DECRYPT)
        payload: bytes = cipher.crypt_cbc(IV, ciphertext)
        assert self._sm2.verify_with_sm3(signature, payload)
        return payload
