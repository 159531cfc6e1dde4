"""Profile B: CMS AuthEnvelopedData with SM4-GCM, without the authenticated attributes that OpenSSL's family cannot read.

The context stands in the signed attributes only. There is no key commitment: one recipient, and a signature over content
and context, leave nothing for a second key to open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from padkit_contract import der, oids
from padkit_contract.cms import parts, signed
from padkit_contract.cms.parts import Message
from padkit_contract.crypto.suite import PrivateKey, PublicKey
from padkit_contract.crypto.symmetric import KEY_SIZE, NONCE_SIZE, TAG_SIZE, gcm_decrypt, gcm_encrypt
from padkit_contract.errors import EnvelopeRefused

VERSION = 0


@dataclass(frozen=True, slots=True)
class Sealed:
    """The parts of one envelope that vary; everything else is fixed. `recipient` is the DER issuer and serial."""

    context: ClassVar[None] = None  # not readable outside
    recipient: bytes = field(repr=False)
    wrapped_key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    tag: bytes = field(repr=False)

    def message(self, key: PrivateKey) -> Message:
        """Return the signed inside. Raises `EnvelopeRefused` ``envelope.key``, ``envelope.tag``, ``signed.form``."""
        content_key = parts.unwrap(key, self.wrapped_key)
        try:
            content = gcm_decrypt(content_key, self.nonce, b"", self.ciphertext, self.tag)
        except ValueError as exc:
            raise EnvelopeRefused("envelope.tag", str(exc)) from exc
        return signed.read(content)


def seal(content: bytes, recipient: bytes, key: PublicKey, random_bytes: Callable[[int], bytes]) -> bytes:
    """Return the envelope (DER) of `content` for `recipient` (DER issuer and serial); key and nonce are fresh."""
    content_key, nonce = random_bytes(KEY_SIZE), random_bytes(NONCE_SIZE)
    ciphertext, tag = gcm_encrypt(content_key, nonce, b"", content)
    return _encode(Sealed(recipient, key.encrypt(content_key), nonce, ciphertext, tag))


def decode(envelope: bytes) -> Sealed:
    """Take the parts out of an envelope, nothing decrypted yet. Raises ValueError for anything `seal` would not write."""
    data = der.decode(der.BareAuthEnvelopedDataInfo, envelope).content
    parts.check_around(envelope, data.content.ciphertext)
    (recipient,) = data.recipients.as_list()
    sealed = Sealed(
        recipient=der.encode(recipient.recipient),
        wrapped_key=recipient.wrapped_key,
        nonce=data.content.algorithm.parameters.nonce,
        ciphertext=data.content.ciphertext,
        tag=data.tag,
    )
    if len(sealed.nonce) != NONCE_SIZE or len(sealed.tag) != TAG_SIZE:
        raise ValueError("nonce or tag has the wrong size")
    if _encode(sealed) != envelope:
        raise ValueError(parts.PINNED)
    return sealed


def _encode(sealed: Sealed) -> bytes:
    data = der.BareAuthEnvelopedData(
        version=VERSION,
        recipients=parts.recipient_info(VERSION, sealed.recipient, sealed.wrapped_key),
        content=parts.gcm_content(sealed.nonce, sealed.ciphertext),
        tag=sealed.tag,
    )
    return der.encode(der.BareAuthEnvelopedDataInfo(type=oids.AUTH_ENVELOPED_DATA, content=data))
