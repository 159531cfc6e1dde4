"""Profile C: CMS EnvelopedData with SM4-CBC around SignedData, which stock OpenSSL 3.0 decrypts. Not for production.

CBC authenticates nothing. So padding, form and signature of the inside fail with one wording, and nothing of it leaves
before the signature was verified; time may still tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from padkit_contract import der, oids
from padkit_contract.cms import parts, signed
from padkit_contract.cms.parts import Message
from padkit_contract.crypto.suite import PrivateKey, PublicKey
from padkit_contract.crypto.symmetric import BLOCK_SIZE, KEY_SIZE, cbc_decrypt, cbc_encrypt
from padkit_contract.errors import CryptoUnfit

VERSION = 0


@dataclass(frozen=True, slots=True)
class Sealed:
    """The parts of one envelope that vary; everything else is fixed. `recipient` is the DER issuer and serial."""

    context: ClassVar[None] = None  # not readable outside
    recipient: bytes = field(repr=False)
    wrapped_key: bytes = field(repr=False)
    iv: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)

    def message(self, key: PrivateKey) -> Message:
        """Return the signed inside. Raises `EnvelopeRefused` ``envelope.key``, else always ``signed.signature``."""
        content_key = parts.unwrap(key, self.wrapped_key)
        try:
            return signed.decode(cbc_decrypt(content_key, self.iv, self.ciphertext))
        except (ValueError, CryptoUnfit) as exc:
            raise parts.unsigned() from exc


def seal(content: bytes, recipient: bytes, key: PublicKey, random_bytes: Callable[[int], bytes]) -> bytes:
    """Return the envelope (DER) of `content` for `recipient` (DER issuer and serial); key and IV are fresh."""
    content_key, iv = random_bytes(KEY_SIZE), random_bytes(BLOCK_SIZE)
    return _encode(Sealed(recipient, key.encrypt(content_key), iv, cbc_encrypt(content_key, iv, content)))


def decode(envelope: bytes) -> Sealed:
    """Take the parts out of an envelope, nothing decrypted yet. Raises ValueError for anything `seal` would not write."""
    data = der.decode(der.EnvelopedDataInfo, envelope).content
    parts.check_around(envelope, data.content.ciphertext)
    (recipient,) = data.recipients.as_list()
    sealed = Sealed(
        recipient=der.encode(recipient.recipient),
        wrapped_key=recipient.wrapped_key,
        iv=data.content.algorithm.iv,
        ciphertext=data.content.ciphertext,
    )
    if len(sealed.iv) != BLOCK_SIZE:
        raise ValueError("the IV has the wrong size")
    if _encode(sealed) != envelope:
        raise ValueError(parts.PINNED)
    return sealed


def _encode(sealed: Sealed) -> bytes:
    data = der.EnvelopedData(
        version=VERSION,
        recipients=parts.recipient_info(VERSION, sealed.recipient, sealed.wrapped_key),
        content=parts.cbc_content(oids.DATA, sealed.iv, sealed.ciphertext),
    )
    return der.encode(der.EnvelopedDataInfo(type=oids.ENVELOPED_DATA, content=data))
