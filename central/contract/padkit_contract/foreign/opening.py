"""Opening one layer of a message of another maker with a key of ours."""

from __future__ import annotations

from collections.abc import Sequence

from padkit_contract import oids
from padkit_contract.crypto.symmetric import BLOCK_SIZE, KEY_SIZE, NONCE_SIZE, TAG_SIZE, cbc_decrypt, gcm_decrypt, sm3
from padkit_contract.der import tree
from padkit_contract.der.tree import Children
from padkit_contract.envelope import Identity
from padkit_contract.foreign.layers import Encrypted, Layer, Party
from padkit_contract.foreign.names import name_of
from padkit_contract.foreign.report import CONTENT, CONTENT_KEY, Check, Verdict
from padkit_contract.foreign.rules import der_set
from padkit_contract.x509 import Certificate

KEY_IDENTIFIER_SIZE = 20
UNPROTECTED = "SM4-CBC, which protects nothing: only a signature can"


def names(party: Party, certificate: Certificate, number: bytes) -> bool:
    """Tell whether `party` means this certificate, by issuer and serial (`number`) or by key identifier."""
    identifier = sm3(certificate.point)[:KEY_IDENTIFIER_SIZE]
    return party.number in {number, tree.header(0x80, KEY_IDENTIFIER_SIZE) + identifier}


def open_layer(layer: Layer, own: Sequence[Identity]) -> tuple[bytes | None, tuple[Check, ...]]:
    """Return the content of an encrypted layer, None when it does not open, and what was checked on the way."""
    assert layer.encrypted is not None
    for recipient in layer.recipients:
        for identity in own:
            if recipient.wrapped_key is not None and names(recipient.party, identity.certificate, identity.number):
                return _open(layer.encrypted, identity, recipient.wrapped_key)
    asked = "none of the keys given is a recipient's" if own else "no key given; name one with --key and --cert"
    return None, (Check(CONTENT_KEY, Verdict.OPEN, asked),)


def _open(encrypted: Encrypted, identity: Identity, wrapped_key: bytes) -> tuple[bytes | None, tuple[Check, ...]]:
    try:
        content_key = identity.key.decrypt(wrapped_key)
    except ValueError as exc:
        return None, (Check(CONTENT_KEY, Verdict.FAILS, str(exc)),)
    if len(content_key) != KEY_SIZE:
        return None, (Check(CONTENT_KEY, Verdict.FAILS, f"{len(content_key)} bytes, SM4 needs {KEY_SIZE}"),)
    unwrapped = Check(CONTENT_KEY, Verdict.HOLDS, f"SM2 ciphertext with its C3, for {identity.certificate.name}")
    try:
        content, check = _decrypt(encrypted, content_key)
    except ValueError as exc:
        return None, (unwrapped, Check(CONTENT, Verdict.FAILS, str(exc)))
    return content, (unwrapped, check)


def _decrypt(encrypted: Encrypted, key: bytes) -> tuple[bytes, Check]:
    """Return the content and how well it was protected. Raises ValueError."""
    parameters = encrypted.algorithm.parameters
    if parameters is None:
        raise ValueError(f"{name_of(encrypted.algorithm.oid)} without parameters")
    if encrypted.algorithm.oid == oids.SM4_CBC and encrypted.tag is None:
        iv = parameters.expect(tree.OCTET_STRING).content
        if len(iv) != BLOCK_SIZE:
            raise ValueError(f"an IV of {len(iv)} bytes, expected {BLOCK_SIZE}")
        return cbc_decrypt(key, iv, encrypted.ciphertext), Check(CONTENT, Verdict.OPEN, UNPROTECTED)
    if encrypted.algorithm.oid == oids.SM4_GCM and encrypted.tag is not None:
        fields = Children(parameters.expect(tree.SEQUENCE))
        nonce = fields.take(tree.OCTET_STRING).content
        if len(nonce) != NONCE_SIZE or len(encrypted.tag) != TAG_SIZE:
            raise ValueError(f"a nonce of {len(nonce)} and a tag of {len(encrypted.tag)} bytes, expected 12 and 16")
        attributes = b"" if encrypted.attributes is None else der_set(encrypted.attributes)
        content = gcm_decrypt(key, nonce, attributes, encrypted.ciphertext, encrypted.tag)
        beside = "with" if encrypted.attributes is not None else "without"
        return content, Check(CONTENT, Verdict.HOLDS, f"SM4-GCM tag, {beside} authenticated attributes")
    raise ValueError(f"{name_of(encrypted.algorithm.oid)} is not understood here")
