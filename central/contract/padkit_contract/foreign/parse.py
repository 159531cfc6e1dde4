"""Reading messages of other makers: BER or DER, GB/T 35275's or PKCS#7's names, parameters absent or NULL, with caps.

What is read so is shown and verified, never accepted as an envelope of ours.
"""

from __future__ import annotations

from typing import assert_never

from padkit_contract.der import tree
from padkit_contract.der.tree import Children, Node
from padkit_contract.foreign.layers import (
    TYPES,
    Algorithm,
    Encrypted,
    Family,
    Layer,
    Party,
    Recipient,
    Signer,
    Structure,
)
from padkit_contract.foreign.names import name_text
from padkit_contract.oids import ObjectIdentifier

MAX_RECIPIENTS = 16
MAX_SIGNERS = 8
MAX_CERTIFICATES = 32
STRING = (tree.OCTET_STRING, tree.OCTET_STRING | tree.CONSTRUCTED)
KEY_IDENTIFIER = 0x80
ENCRYPTED = (0x80, 0xA0)  # [0] IMPLICIT OCTET STRING, in one piece or in several
OTHER_RECIPIENTS = {tree.context(1): "key agreement", tree.context(2): "KEK", tree.context(3): "password"}


def parse(node: Node) -> Layer:
    """Return the layer that a ContentInfo is. Raises ValueError."""
    info = Children(node.expect(tree.SEQUENCE))
    kind = info.take(tree.OBJECT_IDENTIFIER).identifier()
    if kind not in TYPES:
        raise ValueError(f"content type {kind.dotted_string} is not understood")
    content = _only(info.take(tree.context(0)))
    info.done()
    structure, family = TYPES[kind]
    match structure:
        case Structure.DATA:
            return Layer(structure, family, None, kind, content=content.expect(*STRING).octets())
        case Structure.SIGNED:
            return _signed(Children(content.expect(tree.SEQUENCE)), family)
        case Structure.ENVELOPED:
            return _enveloped(Children(content.expect(tree.SEQUENCE)), family)
        case Structure.AUTH_ENVELOPED:
            return _auth_enveloped(Children(content.expect(tree.SEQUENCE)), family)
        case Structure.SIGNED_AND_ENVELOPED:
            return _signed_and_enveloped(Children(content.expect(tree.SEQUENCE)), family)
    assert_never(structure)


def _signed(parts: Children, family: Family) -> Layer:
    version = parts.take(tree.INTEGER).integer()
    digests = _algorithms(parts.take(tree.SET))
    inner = Children(parts.take(tree.SEQUENCE))
    kind = inner.take(tree.OBJECT_IDENTIFIER).identifier()
    explicit = inner.maybe(tree.context(0))
    inner.done()
    content = None if explicit is None else _only(explicit).expect(*STRING).octets()
    certificates, lists = _certificates(parts), _encoded(parts.maybe(tree.context(1)))
    signers = _signers(parts.take(tree.SET))
    parts.done()
    return Layer(
        Structure.SIGNED,
        family,
        version,
        kind,
        content=content,
        digests=digests,
        certificates=certificates,
        revocation_lists=lists,
        signers=signers,
    )


def _enveloped(parts: Children, family: Family) -> Layer:
    version = parts.take(tree.INTEGER).integer()
    parts.maybe(tree.context(0))  # the originator's certificates
    recipients = _recipients(parts.take(tree.SET))
    kind, encrypted = _encrypted(parts.take(tree.SEQUENCE))
    parts.maybe(tree.context(1))  # attributes that nothing protects
    parts.done()
    return Layer(Structure.ENVELOPED, family, version, kind, encrypted=encrypted, recipients=recipients)


def _auth_enveloped(parts: Children, family: Family) -> Layer:
    version = parts.take(tree.INTEGER).integer()
    parts.maybe(tree.context(0))
    recipients = _recipients(parts.take(tree.SET))
    kind, content = _encrypted(parts.take(tree.SEQUENCE))
    attributes = parts.maybe(tree.context(1))
    tag = parts.take(*STRING).octets()
    parts.maybe(tree.context(2))
    parts.done()
    encrypted = Encrypted(content.algorithm, content.ciphertext, tag, _attributes(attributes))
    return Layer(Structure.AUTH_ENVELOPED, family, version, kind, encrypted=encrypted, recipients=recipients)


def _signed_and_enveloped(parts: Children, family: Family) -> Layer:
    version = parts.take(tree.INTEGER).integer()
    recipients = _recipients(parts.take(tree.SET))
    digests = _algorithms(parts.take(tree.SET))
    kind, encrypted = _encrypted(parts.take(tree.SEQUENCE))
    certificates, lists = _certificates(parts), _encoded(parts.maybe(tree.context(1)))
    signers = _signers(parts.take(tree.SET))
    parts.done()
    return Layer(
        Structure.SIGNED_AND_ENVELOPED,
        family,
        version,
        kind,
        encrypted=encrypted,
        recipients=recipients,
        digests=digests,
        certificates=certificates,
        revocation_lists=lists,
        signers=signers,
    )


def _encrypted(node: Node) -> tuple[ObjectIdentifier, Encrypted]:
    parts = Children(node)
    kind = parts.take(tree.OBJECT_IDENTIFIER).identifier()
    algorithm = _algorithm(parts.take(tree.SEQUENCE))
    ciphertext = parts.take(*ENCRYPTED).octets()
    parts.done()
    return kind, Encrypted(algorithm, ciphertext)


def _recipients(node: Node) -> tuple[Recipient, ...]:
    return tuple(_recipient(child) for child in _capped(node, MAX_RECIPIENTS, "recipients"))


def _recipient(node: Node) -> Recipient:
    if node.tag in OTHER_RECIPIENTS:
        return Recipient(Party(node.encode(), f"by {OTHER_RECIPIENTS[node.tag]}, not understood"), None, None)
    parts = Children(node.expect(tree.SEQUENCE))
    parts.take(tree.INTEGER)
    party = _party(parts.take(tree.SEQUENCE, KEY_IDENTIFIER))
    algorithm = _algorithm(parts.take(tree.SEQUENCE))
    wrapped_key = parts.take(*STRING).octets()
    parts.done()
    return Recipient(party, algorithm, wrapped_key)


def _signers(node: Node) -> tuple[Signer, ...]:
    return tuple(_signer(child) for child in _capped(node, MAX_SIGNERS, "signers"))


def _signer(node: Node) -> Signer:
    parts = Children(node.expect(tree.SEQUENCE))
    parts.take(tree.INTEGER)
    party = _party(parts.take(tree.SEQUENCE, KEY_IDENTIFIER))
    digest = _algorithm(parts.take(tree.SEQUENCE))
    attributes = parts.maybe(tree.context(0))
    algorithm = _algorithm(parts.take(tree.SEQUENCE))
    signature = parts.take(*STRING).octets()
    parts.maybe(tree.context(1))  # unsigned attributes
    parts.done()
    return Signer(party, digest, _attributes(attributes), algorithm, signature)


def _party(node: Node) -> Party:
    if node.tag == KEY_IDENTIFIER:
        return Party(node.encode(), f"key identifier {node.content[:32].hex()}")
    issuer, serial = node.children
    return Party(node.encode(), f"{name_text(issuer)}, serial {serial.integer():x}")


def _algorithms(node: Node) -> tuple[Algorithm, ...]:
    return tuple(_algorithm(child) for child in _capped(node, MAX_SIGNERS, "digest algorithms"))


def _algorithm(node: Node) -> Algorithm:
    oid, *parameters = node.expect(tree.SEQUENCE).children
    if len(parameters) > 1:
        raise ValueError("an algorithm with too many parameters")
    return Algorithm(oid.identifier(), parameters[0] if parameters else None)


def _attributes(node: Node | None) -> tuple[Node, ...] | None:
    """Return attributes, each a type and a set of values."""
    if node is None:
        return None
    for attribute in node.children:
        kind, values = attribute.expect(tree.SEQUENCE).children
        kind.identifier()
        values.expect(tree.SET)
    return node.children


def _certificates(parts: Children) -> tuple[bytes, ...]:
    return _encoded(parts.maybe(tree.context(0)))


def _encoded(node: Node | None) -> tuple[bytes, ...]:
    if node is None:
        return ()
    return tuple(child.encode() for child in _capped(node, MAX_CERTIFICATES, "certificates"))


def _capped(node: Node, most: int, what: str) -> tuple[Node, ...]:
    if len(node.children) > most:
        raise ValueError(f"{len(node.children)} {what}, at most {most}")
    return node.children


def _only(node: Node) -> Node:
    (child,) = node.children
    return child
