"""What one layer of a message of another maker consists of: values only, nothing judged."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from padkit_contract import oids
from padkit_contract.der.tree import Node
from padkit_contract.oids import ObjectIdentifier


class Structure(enum.Enum):
    """The layers that are understood."""

    DATA = "Data"
    SIGNED = "SignedData"
    ENVELOPED = "EnvelopedData"
    AUTH_ENVELOPED = "AuthEnvelopedData"
    SIGNED_AND_ENVELOPED = "SignedAndEnvelopedData"


class Family(enum.Enum):
    """Whose content types a layer uses."""

    CMS = "PKCS#7 and CMS"
    GM = "GB/T 35275"


TYPES: Mapping[ObjectIdentifier, tuple[Structure, Family]] = {
    oids.DATA: (Structure.DATA, Family.CMS),
    oids.SIGNED_DATA: (Structure.SIGNED, Family.CMS),
    oids.ENVELOPED_DATA: (Structure.ENVELOPED, Family.CMS),
    oids.SIGNED_AND_ENVELOPED_DATA: (Structure.SIGNED_AND_ENVELOPED, Family.CMS),
    oids.AUTH_ENVELOPED_DATA: (Structure.AUTH_ENVELOPED, Family.CMS),
    oids.GM_DATA: (Structure.DATA, Family.GM),
    oids.GM_SIGNED_DATA: (Structure.SIGNED, Family.GM),
    oids.GM_ENVELOPED_DATA: (Structure.ENVELOPED, Family.GM),
    oids.GM_SIGNED_AND_ENVELOPED_DATA: (Structure.SIGNED_AND_ENVELOPED, Family.GM),
}


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An algorithm as it was named. `parameters` is None when they are absent."""

    oid: ObjectIdentifier
    parameters: Node | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a message names: by issuer and serial, or by key identifier. `number` is the DER of what it says."""

    number: bytes = field(repr=False)
    text: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """For whom a content key was wrapped. Without `wrapped_key` it is of a kind that is not understood."""

    party: Party
    algorithm: Algorithm | None
    wrapped_key: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who says to have signed. `attributes` is None when the signature is on the content itself."""

    party: Party
    digest: Algorithm
    attributes: tuple[Node, ...] | None = field(repr=False)
    algorithm: Algorithm
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Encrypted:
    """Encrypted content. `tag` and `attributes` come with AuthEnvelopedData only."""

    algorithm: Algorithm
    ciphertext: bytes = field(repr=False)
    tag: bytes | None = field(default=None, repr=False)
    attributes: tuple[Node, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. `content` is what stands in clear; None when it is encrypted or kept apart (detached)."""

    structure: Structure
    family: Family
    version: int | None
    content_type: ObjectIdentifier
    content: bytes | None = field(default=None, repr=False)
    encrypted: Encrypted | None = None
    recipients: tuple[Recipient, ...] = ()
    digests: tuple[Algorithm, ...] = ()
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    revocation_lists: tuple[bytes, ...] = field(default=(), repr=False)
    signers: tuple[Signer, ...] = ()
