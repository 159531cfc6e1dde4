"""The SM2 curve (GM/T 0003.5) and the checks that every backend leaves to us: ranges, curve membership, strict DER."""

from __future__ import annotations

from padkit_contract import der
from padkit_contract.crypto.suite import MAX_MESSAGE
from padkit_contract.crypto.symmetric import DIGEST_SIZE
from padkit_contract.errors import CryptoUnfit

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = bytes.fromhex(
    "0432c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)
DEFAULT_ID = b"1234567812345678"
POINT_SIZE = 65
SCALAR_SIZE = 32
MAX_SIGNATURE = 72
REFUSED = "SM2 ciphertext refused"  # one wording for every cause


def on_curve(x: int, y: int) -> bool:
    """Tell whether (x, y) is an affine point with both coordinates below P."""
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def check_point(point: bytes) -> None:
    """Raise `CryptoUnfit` ``key.point`` unless `point` is 04 ‖ X ‖ Y on the curve."""
    if len(point) != POINT_SIZE or point[0] != 4:
        raise CryptoUnfit("key.point", f"{len(point)} bytes; an SM2 public key is 65 bytes that begin with 04")
    if not on_curve(int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")):
        raise CryptoUnfit("key.point", "not on the SM2 curve; ask its owner for the certificate again")


def check_scalar(scalar: bytes) -> None:
    """Raise `CryptoUnfit` ``key.scalar`` unless `scalar` is 32 bytes in [1, N - 2]."""
    if len(scalar) != SCALAR_SIZE or not 1 <= int.from_bytes(scalar, "big") <= N - 2:
        raise CryptoUnfit("key.scalar", "not an SM2 private key; the key file is not one of ours")


def check_plain(data: bytes) -> None:
    """Raise ValueError unless `data` may be encrypted."""
    if not 1 <= len(data) <= MAX_MESSAGE:
        raise ValueError(f"SM2 encrypts 1 to {MAX_MESSAGE} bytes, not {len(data)}")


def check_digest(digest: bytes) -> None:
    """Raise ValueError unless `digest` has the size of an SM3 digest."""
    if len(digest) != DIGEST_SIZE:
        raise ValueError(f"a digest of {len(digest)} bytes, expected {DIGEST_SIZE}")


def read_signature(signature: bytes) -> der.Sm2Signature | None:
    """Return (r, s) in range, or None."""
    if len(signature) > MAX_SIGNATURE:
        return None
    try:
        pair = der.decode(der.Sm2Signature, signature)
    except ValueError:
        return None
    in_range = 1 <= pair.r < N and 1 <= pair.s < N and (pair.r + pair.s) % N != 0
    return pair if in_range else None


def read_ciphertext(ciphertext: bytes) -> der.Sm2Ciphertext:
    """Return the parts of a ciphertext whose C1 is on the curve. Raises ValueError `REFUSED`."""
    if len(ciphertext) > MAX_MESSAGE + 128:
        raise ValueError(REFUSED)
    try:
        parts = der.decode(der.Sm2Ciphertext, ciphertext)
    except ValueError as exc:
        raise ValueError(REFUSED) from exc
    if not parts.data or not on_curve(parts.x, parts.y):
        raise ValueError(REFUSED)
    return parts
