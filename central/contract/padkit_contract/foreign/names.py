"""What identifiers and X.509 names of other makers are called for a person. Nothing printed here can move a cursor."""

from __future__ import annotations

from collections.abc import Mapping

from padkit_contract import oids
from padkit_contract.der import tree
from padkit_contract.der.tree import Node
from padkit_contract.oids import ObjectIdentifier

MAX_TEXT = 200  # characters of a name that are shown

NAMES: Mapping[ObjectIdentifier, str] = {
    oids.SM3: "SM3",
    oids.SM4_CBC: "SM4-CBC",
    oids.SM4_GCM: "SM4-GCM",
    oids.SM2_CURVE: "SM2",
    oids.SM2_SIGNATURE: "SM2 signature",
    oids.SM2_KEY_EXCHANGE: "SM2 key exchange",
    oids.SM2_ENCRYPTION: "SM2 encryption",
    oids.SM2_WITH_SM3: "SM2 with SM3",
    oids.EC_PUBLIC_KEY: "EC public key",
    oids.DATA: "data",
    oids.SIGNED_DATA: "signedData",
    oids.ENVELOPED_DATA: "envelopedData",
    oids.SIGNED_AND_ENVELOPED_DATA: "signedAndEnvelopedData",
    oids.AUTH_ENVELOPED_DATA: "authEnvelopedData",
    oids.GM_DATA: "GM data",
    oids.GM_SIGNED_DATA: "GM signedData",
    oids.GM_ENVELOPED_DATA: "GM envelopedData",
    oids.GM_SIGNED_AND_ENVELOPED_DATA: "GM signedAndEnvelopedData",
    oids.CONTENT_TYPE: "contentType",
    oids.MESSAGE_DIGEST: "messageDigest",
    oids.SIGNING_TIME: "signingTime",
    oids.CONTEXT: "padkit context",
    oids.KEY_COMMITMENT: "padkit key commitment",
}

PARTS: Mapping[ObjectIdentifier, str] = {
    oids.COMMON_NAME: "CN",
    oids.COUNTRY: "C",
    oids.ORGANIZATION: "O",
    oids.ORGANIZATIONAL_UNIT: "OU",
}


def name_of(oid: ObjectIdentifier) -> str:
    """Return ``SM4-CBC (1.2.156…)``, or the number alone."""
    return f"{NAMES[oid]} ({oid.dotted_string})" if oid in NAMES else oid.dotted_string


def name_text(name: Node) -> str:
    """Return an X.509 name as ``C=CN, O=bank, CN=kit``. Raises ValueError when it is none."""
    parts = []
    for group in name.expect(tree.SEQUENCE).children:
        for part in group.expect(tree.SET).children:
            kind, value = part.expect(tree.SEQUENCE).children
            oid = kind.identifier()
            parts.append(f"{PARTS.get(oid, oid.dotted_string)}={shown(value.octets())}")
    return ", ".join(parts)


def shown(raw: bytes) -> str:
    """Return text for a terminal; what is long is cut off."""
    return printable(raw.decode("utf-8", "replace")[:MAX_TEXT])


def printable(text: str) -> str:
    """Return the text with a mark for each sign that cannot be printed: controls, line ends, changes of direction."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)
