"""A kit and a service that write to each other, with TEST ONLY keys, and the contexts of what they write."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import cast

import msgspec
from pki import Pki

from padkit_contract import der, oids
from padkit_contract.context import VERSION, Context
from padkit_contract.crypto import SoftwareKey
from padkit_contract.envelope import Identity, Recipient
from padkit_contract.issue import ENCRYPT
from padkit_contract.trust import Trust
from padkit_contract.x509 import Role

LIFE_S = 3600


@dataclass(frozen=True)
class Ends:
    """Who signs and opens on either side, and whom both believe."""

    pki: Pki
    kit: Identity
    kit_receives: Identity
    service: Identity
    service_receives: Identity
    trust: Trust

    @property
    def central(self) -> Recipient:
        """The service, as one seals for it."""
        return Recipient.load(self.service_receives.certificate, self.pki.suite)

    def context(self, **changes: object) -> Context:
        """Return the context of a kit's message to central, `changes` made to it."""
        receiver = self.service_receives.certificate
        context = Context(
            version=VERSION,
            entity="bank",
            kit="KIT-1",
            envelope="019ab9a0-0000-7000-8000-000000000001",
            sequence=7,
            business="ACC-01",
            catalogue=1,
            key=receiver.key_id,
            recipient=receiver.name,
            not_after=int(self.pki.now.timestamp()) + LIFE_S,
        )
        return msgspec.structs.replace(context, **changes)


def make_ends(pki: Pki) -> Ends:
    """Return fresh keys for both sides, certified by `pki`."""
    return Ends(
        pki,
        pki.identity("KIT-1", Role.KIT),
        pki.identity("KIT-1", Role.KIT, ENCRYPT),
        pki.identity("central", Role.SERVICE),
        pki.identity("central", Role.SERVICE, ENCRYPT),
        pki.trust(),
    )


def private_key(identity: Identity) -> SoftwareKey:
    """Return an identity's key with its scalar, which only a test may ask for."""
    return cast(SoftwareKey, identity.key)


def chance(size: int) -> bytes:
    """Return bytes of the operating system."""
    return os.urandom(size)


def pkcs8(key: SoftwareKey) -> bytes:
    """Return a key in clear (DER), as other people's programs take it. TEST ONLY."""
    inner = der.EcPrivateKey(version=1, scalar=key.scalar(), curve=oids.SM2_CURVE, point=der.BitString(key.public, 0))
    return der.encode(der.PrivateKeyInfo(version=0, algorithm=der.sm2_key(key.public).algorithm, key=der.encode(inner)))
