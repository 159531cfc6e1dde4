"""Sealing an evidence package for central: the manifest signed and sealed as an envelope, each item under a key of its own.

An item is CMS AuthEnvelopedData of profile A around the plain content: it is not signed itself, its digest in the signed manifest
is. Its context names package and place, so that an item put anywhere else does not open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from padkit_contract.cms import profile_a
from padkit_contract.cms.around import check_around
from padkit_contract.cms.parts import MAX_AROUND
from padkit_contract.context import VERSION, Context
from padkit_contract.crypto import sm3
from padkit_contract.envelope import Identity, Recipient, seal
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.evidence.manifest import Manifest
from padkit_contract.party import Party

MANIFEST, ITEM = "evidence.manifest", "evidence.item"
CATALOGUE = 1
LIFE_S = 10 * 365 * 24 * 3600  # as long as evidence is kept: a kit may be out of reach for weeks


@dataclass(slots=True)
class PackageSealer:
    """The kit's side. `party` may be replaced, as a `Sealer`'s."""

    party: Party
    now_s: Callable[[], float]
    random_bytes: Callable[[int], bytes]

    @property
    def fingerprint(self) -> str:
        """SM3 of the certificate that signs (hex)."""
        return sm3(self.party.sign.certificate.der).hex()

    def manifest(self, manifest: Manifest) -> bytes:
        """Return the manifest, signed by the kit and sealed for central. Raises `EnvelopeRefused`, `KeySilent`."""
        peer, now_s = self._peer(), self.now_s()
        return seal(
            manifest.encode(),
            self._context(manifest, MANIFEST, 0, peer, now_s),
            sender=self.party.sign,
            recipient=peer,
            random_bytes=self.random_bytes,
            now=datetime.fromtimestamp(now_s, UTC),
        )

    def item(self, manifest: Manifest, number: int, content: bytes) -> bytes:
        """Return the content of item `number` (from 1) sealed for central."""
        peer = self._peer()
        context = self._context(manifest, ITEM, number, peer, self.now_s())
        return profile_a.seal(content, context.encode(), peer.number, peer.key, self.random_bytes)

    def _peer(self) -> Recipient:
        if self.party.peer is None:
            raise EnvelopeRefused("party.peer", f"kit {self.party.name}: no certificate of central; enrol again")
        return self.party.peer

    def _context(self, manifest: Manifest, business: str, number: int, peer: Recipient, now_s: float) -> Context:
        return Context(
            version=VERSION,
            entity=self.party.entity,
            kit=self.party.name,
            envelope=manifest.package,
            sequence=number,
            business=business,
            catalogue=CATALOGUE,
            key=peer.key_id,
            recipient=peer.name,
            not_after=int(now_s) + LIFE_S,
        )


def open_item(section: bytes, own: Sequence[Identity]) -> tuple[Context, bytes]:
    """Return an item's context and content. Raises `EnvelopeRefused` ``envelope.*``, ``context.*``."""
    try:
        check_around(section, MAX_AROUND)
        sealed = profile_a.decode(section)
    except (ValueError, CryptoUnfit) as exc:
        raise EnvelopeRefused("envelope.form", str(exc)) from exc
    for identity in own:
        if identity.number == sealed.recipient:
            return Context.decode(sealed.context), sealed.open(identity.key)
    raise EnvelopeRefused("envelope.recipient", "sealed for a certificate that is not ours")
