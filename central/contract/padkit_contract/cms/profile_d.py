"""Profile D: GB/T 35275 SignedAndEnvelopedData with SM4-CBC, in the standard's words or in GmSSL's. Not for production.

The standard signs the content only and leaves recipients, algorithms and IV open. So what is signed and encrypted here is
a SEQUENCE of context and payload, which puts the recipient under the signature, and every other field is pinned. CBC
authenticates nothing: padding, form and signature fail with one wording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from padkit_contract import der, oids
from padkit_contract.cms import parts
from padkit_contract.cms.dialect import Dialect
from padkit_contract.cms.parts import Message
from padkit_contract.crypto.suite import PrivateKey, PublicKey
from padkit_contract.crypto.symmetric import BLOCK_SIZE, KEY_SIZE, cbc_decrypt, cbc_encrypt
from padkit_contract.der import SetOf
from padkit_contract.x509 import Certificate, issuer_and_serial

VERSION = 1
SM3 = der.algorithm(oids.SM3)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What was inside. `raw` is what the signature is on."""

    signed_at: ClassVar[None] = None  # the form has no place for it; the context says until when it holds
    content: bytes = field(repr=False)
    context: bytes
    certificate: Certificate
    signature: bytes = field(repr=False)
    raw: bytes = field(repr=False)
    dialect: Dialect

    def signed_by(self, key: PublicKey) -> bool:
        """Tell whether the signature is this key's."""
        return self.dialect.signed_by(key, self.signature, self.raw)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The parts of one envelope that vary; everything else is fixed. `recipient` is the DER issuer and serial."""

    context: ClassVar[None] = None  # not readable outside
    recipient: bytes = field(repr=False)
    wrapped_key: bytes = field(repr=False)
    iv: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    certificate: Certificate
    signature: bytes = field(repr=False)
    dialect: Dialect

    def message(self, key: PrivateKey) -> Message:
        """Return the inside. Raises `EnvelopeRefused` ``envelope.key``, else always ``signed.signature``."""
        content_key = parts.unwrap(key, self.wrapped_key)
        try:
            raw = cbc_decrypt(content_key, self.iv, self.ciphertext)
            bound = der.decode(der.BoundContent, raw)
        except ValueError as exc:
            raise parts.unsigned() from exc
        return Enclosed(bound.payload, bound.context, self.certificate, self.signature, raw, self.dialect)


def bind(payload: bytes, context: bytes) -> bytes:
    """Return what is signed and encrypted."""
    return der.encode(der.BoundContent(context=context, payload=payload))


def seal(
    bound: bytes,
    certificate: Certificate,
    signer: PrivateKey,
    recipient: bytes,
    key: PublicKey,
    dialect: Dialect,
    random_bytes: Callable[[int], bytes],
) -> bytes:
    """Return the envelope (DER) of what `bind` made; key and IV are fresh. Raises `CryptoUnfit` ``key.digest``."""
    content_key, iv = random_bytes(KEY_SIZE), random_bytes(BLOCK_SIZE)
    sealed = Sealed(
        recipient=recipient,
        wrapped_key=key.encrypt(content_key),
        iv=iv,
        ciphertext=cbc_encrypt(content_key, iv, bound),
        certificate=certificate,
        signature=dialect.sign(signer, bound),
        dialect=dialect,
    )
    return _encode(sealed)


def decode(envelope: bytes, dialect: Dialect) -> Sealed:
    """Take the parts out of an envelope, nothing decrypted yet.

    Raises ValueError or `CryptoUnfit` for anything that `seal` would not write in this dialect.
    """
    data = der.decode(der.SignedAndEnvelopedDataInfo, envelope).content
    parts.check_around(envelope, data.content.ciphertext)
    (recipient,) = data.recipients.as_list()
    (certificate,) = data.certificates.as_list()
    (signer,) = data.signers.as_list()
    sealed = Sealed(
        recipient=der.encode(recipient.recipient),
        wrapped_key=recipient.wrapped_key,
        iv=data.content.algorithm.iv,
        ciphertext=data.content.ciphertext,
        certificate=Certificate.load(der.encode(certificate)),
        signature=signer.signature,
        dialect=dialect,
    )
    if len(sealed.iv) != BLOCK_SIZE:
        raise ValueError("the IV has the wrong size")
    if _encode(sealed) != envelope:
        raise ValueError(parts.PINNED)
    return sealed


def _encode(sealed: Sealed) -> bytes:
    signer = der.BareSignerInfo(
        version=VERSION,
        signer=issuer_and_serial(sealed.certificate),
        digest_algorithm=SM3,
        signature_algorithm=der.algorithm(oids.SM2_WITH_SM3),
        signature=sealed.signature,
    )
    data = der.SignedAndEnvelopedData(
        version=VERSION,
        recipients=parts.recipient_info(VERSION, sealed.recipient, sealed.wrapped_key, sealed.dialect.key_encryption),
        digest_algorithms=SetOf([SM3]),
        content=parts.cbc_content(oids.GM_DATA, sealed.iv, sealed.ciphertext),
        certificates=SetOf([der.raw(sealed.certificate.der)]),
        signers=SetOf([signer]),
    )
    return der.encode(der.SignedAndEnvelopedDataInfo(type=oids.GM_SIGNED_AND_ENVELOPED_DATA, content=data))
