"""What a crypto backend offers: the four functions (sign, verify, encrypt, decrypt) on SM2 keys. No backend here.

All of it is SM2 with SM3 and the default identifier 1234567812345678 (GM/T 0009, 10); signatures are DER (r, s),
ciphertexts DER (x, y, C3, C2), points 04 ‖ X ‖ Y.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

MAX_MESSAGE = 1024  # SM2 encrypts keys, not documents


class PublicKey(Protocol):
    """A checked point: on the curve, not infinity."""

    @property
    def point(self) -> bytes: ...

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` is this key's on `data`; anything malformed is simply False."""
        ...

    def verify_digest(self, signature: bytes, digest: bytes) -> bool:
        """Tell whether `signature` is this key's on these 32 bytes: for peers that sign something else than Z ‖ data."""
        ...

    def encrypt(self, data: bytes) -> bytes:
        """Return the ciphertext of 1 to `MAX_MESSAGE` bytes. Raises ValueError outside that range."""
        ...


class PrivateKey(Protocol):
    """A key that signs and decrypts; a hardware key is one too. Its `repr` shows nothing private."""

    @property
    def public(self) -> bytes: ...

    def sign(self, data: bytes) -> bytes:
        """Return the signature on `data`."""
        ...

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the plaintext. Raises ValueError, with one wording for everything that can be wrong."""
        ...


@runtime_checkable
class DigestSigner(Protocol):
    """A key that also signs 32 bytes as they are. Hardware need not: only the dialect of a peer asks for it."""

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the signature on `digest`, which no signer's Z went into."""
        ...


class SoftwareKey(PrivateKey, Protocol):
    """A private key whose scalar can leave it, to be written into a key file."""

    def scalar(self) -> bytes:
        """Return the 32 secret bytes. Only key files may ask."""
        ...


class Suite(Protocol):
    """One backend."""

    @property
    def name(self) -> str: ...

    def generate(self) -> SoftwareKey:
        """Return a fresh key."""
        ...

    def load_private(self, scalar: bytes, point: bytes) -> SoftwareKey:
        """Return the key with this scalar. Raises `CryptoUnfit` when out of range or when `point` is not its point."""
        ...

    def load_public(self, point: bytes) -> PublicKey:
        """Return the public key. Raises `CryptoUnfit` for anything that is not a point of the curve."""
        ...
