"""The readings of "sign the content" that are in use. The first one that a signature fits is named in the report.

GM/T 0009 signs Z ‖ what is to be signed, Z made of the signer's identifier and key. OpenSSL 3.0 leaves the identifier
empty, its family leaves Z out where there are no attributes, and GmSSL signs a whole ContentInfo without Z.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from padkit_contract import der
from padkit_contract.cms.dialect import gmssl_digest
from padkit_contract.crypto.digest import signer_digest
from padkit_contract.crypto.suite import PublicKey
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.der import tree
from padkit_contract.der.tree import Node
from padkit_contract.foreign.layers import Layer, Signer, Structure

NO_IDENTIFIER = b""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature can be on."""

    layer: Layer
    content: bytes
    point: bytes
    attributes: bytes


@dataclass(frozen=True, slots=True)
class Rule:
    """One reading: its name for the report, and the 32 bytes that are signed by it."""

    name: str
    digest: Callable[[Signed], bytes]


WITH_ATTRIBUTES = (
    Rule("Z ‖ signed attributes, identifier 1234567812345678", lambda it: signer_digest(it.point, it.attributes)),
    Rule(
        "Z ‖ signed attributes, empty identifier (OpenSSL 3.0)",
        lambda it: signer_digest(it.point, it.attributes, NO_IDENTIFIER),
    ),
    Rule("signed attributes without Z", lambda it: sm3(it.attributes)),
)
WITHOUT_ATTRIBUTES = (
    Rule("Z ‖ content, identifier 1234567812345678 (GM/T 0009)", lambda it: signer_digest(it.point, it.content)),
    Rule("content without Z (OpenSSL's family)", lambda it: sm3(it.content)),
    Rule("DER of the inner ContentInfo without Z (GmSSL)", lambda it: _gmssl(it)),
    Rule(
        "Z ‖ content, empty identifier",
        lambda it: signer_digest(it.point, it.content, NO_IDENTIFIER),
    ),
)


def fitting(layer: Layer, signer: Signer, content: bytes, key: PublicKey) -> Rule | None:
    """Return the rule by which this signature is `key`'s, or None."""
    attributes = b"" if signer.attributes is None else der_set(signer.attributes)
    signed = Signed(layer, content, key.point, attributes)
    rules: Sequence[Rule] = WITHOUT_ATTRIBUTES if signer.attributes is None else WITH_ATTRIBUTES
    return next((rule for rule in rules if key.verify_digest(signer.signature, rule.digest(signed))), None)


def der_set(attributes: Sequence[Node]) -> bytes:
    """Return attributes as they are signed or authenticated: a SET OF in DER, sorted."""
    encoded = b"".join(sorted(attribute.encode() for attribute in attributes))
    return tree.header(tree.SET, len(encoded)) + encoded


def _gmssl(signed: Signed) -> bytes:
    """In SignedData the content is an OCTET STRING; in SignedAndEnvelopedData GmSSL leaves its header out."""
    if signed.layer.structure is Structure.SIGNED_AND_ENVELOPED:
        return gmssl_digest(signed.layer.content_type, signed.content)
    return gmssl_digest(signed.layer.content_type, der.encode(signed.content))
