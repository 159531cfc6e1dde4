"""Profile A: CMS AuthEnvelopedData (RFC 5083) with SM4-GCM, one recipient, authenticated context and key commitment.

CMS authenticates only attributes and content. So `decode` accepts only what `encode` would have written, and every other
field is pinned by that. The other profiles stand beside this file and offer the same two doors, `seal` and `decode`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from padkit_contract import der, oids
from padkit_contract.cms import parts, signed
from padkit_contract.cms.parts import Message
from padkit_contract.crypto.suite import PrivateKey, PublicKey
from padkit_contract.crypto.symmetric import KEY_SIZE, NONCE_SIZE, TAG_SIZE, gcm_decrypt, gcm_encrypt, hmac_sm3
from padkit_contract.der import SetOf
from padkit_contract.errors import EnvelopeRefused

VERSION = 0
DATA_TYPE = der.identifier(oids.CONTENT_TYPE, oids.DATA)
COMMITMENT_LABEL = b"padkit envelope key commitment v1\0"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The parts of one envelope that vary; everything else is fixed. `recipient` is the DER issuer and serial."""

    recipient: bytes = field(repr=False)
    wrapped_key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    context: bytes
    commitment: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    tag: bytes = field(repr=False)

    def open(self, key: PrivateKey) -> bytes:
        """Return the content. Raises `EnvelopeRefused` ``envelope.key``, ``envelope.commitment``, ``envelope.tag``."""
        content_key = parts.unwrap(key, self.wrapped_key)
        if not hmac.compare_digest(self.commitment, _commitment(content_key, self.context)):
            raise EnvelopeRefused("envelope.commitment", "made with another key or for another context")
        authenticated = der.encode(_attributes(self.context, self.commitment))
        try:
            return gcm_decrypt(content_key, self.nonce, authenticated, self.ciphertext, self.tag)
        except ValueError as exc:
            raise EnvelopeRefused("envelope.tag", str(exc)) from exc

    def message(self, key: PrivateKey) -> Message:
        """Return the signed inside. Raises `EnvelopeRefused` as `open` does, ``signed.form`` and ``signed.context``."""
        inner = signed.read(self.open(key))
        if inner.context != self.context:
            raise EnvelopeRefused("signed.context", "the context inside differs from the one outside")
        return inner


def seal(
    content: bytes, context: bytes, recipient: bytes, key: PublicKey, random_bytes: Callable[[int], bytes]
) -> bytes:
    """Return the envelope (DER) of `content` for `recipient` (DER issuer and serial); key and nonce are fresh."""
    content_key, nonce = random_bytes(KEY_SIZE), random_bytes(NONCE_SIZE)
    commitment = _commitment(content_key, context)
    attributes = _attributes(context, commitment)
    ciphertext, tag = gcm_encrypt(content_key, nonce, der.encode(attributes), content)
    return _encode(Sealed(recipient, key.encrypt(content_key), nonce, context, commitment, ciphertext, tag), attributes)


def decode(envelope: bytes) -> Sealed:
    """Take the parts out of an envelope, nothing decrypted yet. Raises ValueError for anything `seal` would not write."""
    data = der.decode(der.AuthEnvelopedDataInfo, envelope).content
    parts.check_around(envelope, data.content.ciphertext)
    (recipient,) = data.recipients.as_list()
    attributes = der.attributes(data.attributes)
    sealed = Sealed(
        recipient=der.encode(recipient.recipient),
        wrapped_key=recipient.wrapped_key,
        nonce=data.content.algorithm.parameters.nonce,
        context=der.decode(bytes, der.only_value(attributes, oids.CONTEXT)),
        commitment=der.decode(bytes, der.only_value(attributes, oids.KEY_COMMITMENT)),
        ciphertext=data.content.ciphertext,
        tag=data.tag,
    )
    if len(sealed.nonce) != NONCE_SIZE or len(sealed.tag) != TAG_SIZE:
        raise ValueError("nonce or tag has the wrong size")
    if _encode(sealed, _attributes(sealed.context, sealed.commitment)) != envelope:
        raise ValueError(parts.PINNED)
    return sealed


def _commitment(content_key: bytes, context: bytes) -> bytes:
    """Bind the key to the context: SM4-GCM alone lets one ciphertext open under two keys."""
    return hmac_sm3(content_key, COMMITMENT_LABEL + context)


def _attributes(context: bytes, commitment: bytes) -> SetOf[der.TLV]:
    return SetOf(
        [
            DATA_TYPE,
            der.octets(oids.KEY_COMMITMENT, commitment),
            der.octets(oids.CONTEXT, context),
        ]
    )


def _encode(sealed: Sealed, attributes: SetOf[der.TLV]) -> bytes:
    data = der.AuthEnvelopedData(
        version=VERSION,
        recipients=parts.recipient_info(VERSION, sealed.recipient, sealed.wrapped_key),
        content=parts.gcm_content(sealed.nonce, sealed.ciphertext),
        attributes=attributes,
        tag=sealed.tag,
    )
    return der.encode(der.AuthEnvelopedDataInfo(type=oids.AUTH_ENVELOPED_DATA, content=data))
