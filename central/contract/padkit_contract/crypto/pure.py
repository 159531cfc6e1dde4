"""SM2 over gmssl 3.2.2, made safe: the fallback and cross-check. NOT constant time; policy can forbid it.

gmssl by itself shortens one public key in eight (`lstrip("04")`), draws nonces from the Mersenne Twister, checks neither
C3 nor the curve and writes no DER. Here it only multiplies points and does the signature's arithmetic; nonces, ranges,
curve, C3 and encoding are ours. Importing it costs time, so it is imported when this suite is made.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Protocol, cast

from padkit_contract import der
from padkit_contract.crypto import curve
from padkit_contract.crypto.digest import signer_digest
from padkit_contract.crypto.symmetric import DIGEST_SIZE, sm3
from padkit_contract.errors import CryptoUnfit

RandomBelow = Callable[[int], int]


class _Gmssl(Protocol):
    """The part of gmssl's CryptSM2 that is used. Points are 128 hex digits."""

    public_key: str

    def _kg(self, k: int, Point: str) -> str | None: ...  # noqa: N803 gmssl's own name

    def sign(self, data: bytes, K: str) -> str | None: ...  # noqa: N803 gmssl's own name

    def verify(self, Sign: str, data: bytes) -> bool | int: ...  # noqa: N803 gmssl's own name


class PureSuite:
    """The suite on gmssl; `random_below` is given only by tests that repeat the standard's example."""

    name = "gmssl (pure Python, not constant time)"

    def __init__(self, random_below: RandomBelow = secrets.randbelow) -> None:
        self._random_below = random_below

    def generate(self) -> PureKey:
        """Return a fresh key."""
        scalar = (self._random_below(curve.N - 2) + 1).to_bytes(curve.SCALAR_SIZE, "big")
        return PureKey(scalar, _multiply(scalar, curve.G), self._random_below)

    def load_private(self, scalar: bytes, point: bytes) -> PureKey:
        """Return the key pair. Raises `CryptoUnfit` when scalar and point are not one pair."""
        curve.check_scalar(scalar)
        curve.check_point(point)
        if _multiply(scalar, curve.G) != point:
            raise CryptoUnfit("crypto.operation", "key pair check: the point does not belong to the private key")
        return PureKey(scalar, point, self._random_below)

    def load_public(self, point: bytes) -> PurePublicKey:
        """Return the public key. Raises `CryptoUnfit` for a point off the curve."""
        curve.check_point(point)
        return PurePublicKey(point, self._random_below)


class PurePublicKey:
    """A checked point."""

    def __init__(self, point: bytes, random_below: RandomBelow) -> None:
        self.point = point
        self._gmssl = _gmssl("", point)
        self._random_below = random_below

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` is this key's on `data`."""
        return self.verify_digest(signature, signer_digest(self.point, data))

    def verify_digest(self, signature: bytes, digest: bytes) -> bool:
        """Tell whether `signature` is this key's on `digest`."""
        pair = curve.read_signature(signature)
        if pair is None or len(digest) != DIGEST_SIZE:
            return False
        try:
            return bool(self._gmssl.verify(f"{pair.r:064x}{pair.s:064x}", digest))
        except TypeError:  # gmssl's answer when a sum is the point at infinity
            return False

    def encrypt(self, data: bytes) -> bytes:
        """Return the ciphertext of 1 to `MAX_MESSAGE` bytes."""
        curve.check_plain(data)
        while True:
            nonce = (self._random_below(curve.N - 1) + 1).to_bytes(curve.SCALAR_SIZE, "big")
            shared = _multiply(nonce, self.point)[1:]
            stream = _key_stream(shared, len(data))
            if any(stream):
                break
        c1 = _multiply(nonce, curve.G)
        return der.encode(
            der.Sm2Ciphertext(
                x=int.from_bytes(c1[1:33], "big"),
                y=int.from_bytes(c1[33:], "big"),
                digest=_c3(shared, data),
                data=_xor(data, stream),
            )
        )


class PureKey:
    """A key pair in Python integers."""

    def __init__(self, scalar: bytes, point: bytes, random_below: RandomBelow) -> None:
        self.public = point
        self._scalar = scalar
        self._gmssl = _gmssl(scalar.hex(), point)
        self._random_below = random_below

    def __repr__(self) -> str:
        return f"PureKey(public …{self.public[-4:].hex()})"

    def sign(self, data: bytes) -> bytes:
        """Return the signature on `data`."""
        return self.sign_digest(signer_digest(self.public, data))

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the signature on `digest`. Raises ValueError unless it has 32 bytes."""
        curve.check_digest(digest)
        while True:
            nonce = self._random_below(curve.N - 1) + 1
            pair = self._gmssl.sign(digest, f"{nonce:064x}")
            if pair:
                return der.encode(der.Sm2Signature(r=int(pair[:64], 16), s=int(pair[64:], 16)))

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the plaintext. Raises ValueError."""
        parts = curve.read_ciphertext(ciphertext)
        c1 = b"\x04" + parts.x.to_bytes(32, "big") + parts.y.to_bytes(32, "big")
        shared = _multiply(self._scalar, c1)[1:]
        stream = _key_stream(shared, len(parts.data))
        plain = _xor(parts.data, stream)
        if not any(stream) or not hmac.compare_digest(_c3(shared, plain), parts.digest):
            raise ValueError(curve.REFUSED)
        return plain

    def scalar(self) -> bytes:
        """Return the 32 secret bytes."""
        return self._scalar


def _gmssl(scalar_hex: str, point: bytes) -> _Gmssl:
    from gmssl import sm2  # late: 10 ms and pycryptodomex, for a fallback

    key = cast("_Gmssl", sm2.CryptSM2(scalar_hex, "", asn1=False))
    key.public_key = point[1:].hex()  # set after __init__, which would strip leading 0 and 4
    return key


def _multiply(scalar: bytes, point: bytes) -> bytes:
    product = _gmssl("", point)._kg(int.from_bytes(scalar, "big"), point[1:].hex())
    if product is None:
        raise ValueError(curve.REFUSED)
    return b"\x04" + bytes.fromhex(product)


def _key_stream(shared: bytes, size: int) -> bytes:
    """Return `size` bytes of the key derivation function (GM/T 0003.4, 5.4.3)."""
    blocks = (sm3(shared + counter.to_bytes(4, "big")) for counter in range(1, size // 32 + 2))
    return b"".join(blocks)[:size]


def _c3(shared: bytes, plain: bytes) -> bytes:
    return sm3(shared[:32] + plain + shared[32:])


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
