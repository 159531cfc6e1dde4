"""What the profiles have in common: one recipient, one wrapped key, and what the opener learns of the inside."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from padkit_contract import der, oids
from padkit_contract.crypto.suite import PrivateKey, PublicKey
from padkit_contract.crypto.symmetric import KEY_SIZE, TAG_SIZE
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.x509 import Certificate

MAX_AROUND = 4096  # bytes of an envelope that are not ciphertext
PINNED = "a field differs from what this profile fixes"
UNSIGNED = "changed on the way, or not signed by the certificate inside; let the sender seal it again"


class Message(Protocol):
    """What was inside, its signature not judged yet."""

    @property
    def content(self) -> bytes: ...

    @property
    def context(self) -> bytes: ...

    @property
    def certificate(self) -> Certificate: ...

    @property
    def signed_at(self) -> datetime | None: ...

    def signed_by(self, key: PublicKey) -> bool:
        """Tell whether the signature is this key's."""
        ...


def unsigned() -> EnvelopeRefused:
    """Return the one refusal for a bad signature and, where nothing else tells, for bad padding and bad content."""
    return EnvelopeRefused("signed.signature", UNSIGNED)


def unwrap(key: PrivateKey, wrapped_key: bytes) -> bytes:
    """Return the content key. Raises `EnvelopeRefused` ``envelope.key``."""
    try:
        content_key = key.decrypt(wrapped_key)
    except ValueError as exc:
        raise EnvelopeRefused("envelope.key", str(exc)) from exc
    if len(content_key) != KEY_SIZE:
        raise EnvelopeRefused("envelope.key", f"a key of {len(content_key)} bytes, expected {KEY_SIZE}")
    return content_key


def recipient_info(
    version: int, recipient: bytes, wrapped_key: bytes, algorithm: oids.ObjectIdentifier = oids.SM2_ENCRYPTION
) -> der.SetOf[der.RecipientInfo]:
    """Return the recipients of an envelope for one. `recipient` is the DER issuer and serial."""
    return der.SetOf(
        [
            der.RecipientInfo(
                version=version,
                recipient=der.decode(der.IssuerAndSerial, recipient),
                algorithm=der.algorithm(algorithm),
                wrapped_key=wrapped_key,
            )
        ]
    )


def gcm_content(nonce: bytes, ciphertext: bytes) -> der.GcmContent:
    """Return data encrypted with SM4-GCM."""
    parameters = der.GcmParameters(nonce=nonce, tag_size=TAG_SIZE)
    algorithm = der.GcmAlgorithm(algorithm=oids.SM4_GCM, parameters=parameters)
    return der.GcmContent(type=oids.DATA, algorithm=algorithm, ciphertext=ciphertext)


def cbc_content(kind: oids.ObjectIdentifier, iv: bytes, ciphertext: bytes) -> der.CbcContent:
    """Return data of this type encrypted with SM4-CBC."""
    algorithm = der.CbcAlgorithm(algorithm=oids.SM4_CBC, iv=iv)
    return der.CbcContent(type=kind, algorithm=algorithm, ciphertext=ciphertext)


def check_around(envelope: bytes, ciphertext: bytes) -> None:
    """Raise ValueError when more than `MAX_AROUND` bytes are not ciphertext."""
    if len(envelope) - len(ciphertext) > MAX_AROUND:
        raise ValueError("too much around the ciphertext")
