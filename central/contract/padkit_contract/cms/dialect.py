"""The two ways to write a GB/T 35275 message: as the standard says, and as GmSSL (3.1.1) does.

GmSSL names SM2 encryption by the identifier of the key exchange, and signs SM3 of the content behind the header of a
ContentInfo, where the standard signs Z ‖ content.
"""

from __future__ import annotations

import enum
from typing import assert_never

from padkit_contract import der, oids
from padkit_contract.crypto.suite import DigestSigner, PrivateKey, PublicKey
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.der import tree
from padkit_contract.errors import CryptoUnfit


class Dialect(enum.Enum):
    """Whose reading of the standard."""

    STANDARD = "GB/T 35275"
    GMSSL = "GmSSL"

    @property
    def key_encryption(self) -> oids.ObjectIdentifier:
        """The name it gives to SM2 encryption."""
        return oids.SM2_ENCRYPTION if self is Dialect.STANDARD else oids.SM2_KEY_EXCHANGE

    def sign(self, key: PrivateKey, content: bytes) -> bytes:
        """Return the signature on `content`. Raises `CryptoUnfit` ``key.digest``."""
        match self:
            case Dialect.STANDARD:
                return key.sign(content)
            case Dialect.GMSSL:
                if not isinstance(key, DigestSigner):
                    raise CryptoUnfit(
                        "key.digest", "this key signs with Z only; seal with profile D, or with a key file"
                    )
                return key.sign_digest(gmssl_digest(oids.GM_DATA, content))
        assert_never(self)

    def signed_by(self, key: PublicKey, signature: bytes, content: bytes) -> bool:
        """Tell whether `signature` on `content` is this key's."""
        match self:
            case Dialect.STANDARD:
                return key.verify(signature, content)
            case Dialect.GMSSL:
                return key.verify_digest(signature, gmssl_digest(oids.GM_DATA, content))
        assert_never(self)


def gmssl_digest(kind: oids.ObjectIdentifier, content: bytes) -> bytes:
    """Return what GmSSL signs: SM3 of a ContentInfo. `content` stands in it as it is, an OCTET STRING or bare bytes."""
    name = der.encode(kind)
    explicit = tree.header(tree.context(0), len(content))
    return sm3(tree.header(tree.SEQUENCE, len(name) + len(explicit) + len(content)) + name + explicit + content)
