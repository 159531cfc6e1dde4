"""Makes the envelopes of this kit and opens central's replies; the context of each is written here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import Opened, Signer, open_envelope, seal
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.messages import Reply, decode
from padkit_contract.party import Party
from padkit_contract.x509 import Role

CATALOGUE = 1
LIFE_S = 7 * 24 * 3600  # an envelope is made anew for each send, so this only has to outlive one way


@dataclass(slots=True)
class Sealer:
    """The kit's side of the envelope. `party` holds its keys and central's encryption certificate; it may be replaced."""

    party: Party
    now_s: Callable[[], float]
    random_bytes: Callable[[int], bytes]

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.now_s(), UTC)

    def seal(self, payload: bytes, *, business: str, envelope: str, sequence: int = 0, previous: str = "") -> bytes:
        """Return `payload` sealed for central; a record of the chain has its place and the link `previous` to it."""
        peer = self.party.peer
        if peer is None:
            raise EnvelopeRefused("party.peer", f"kit {self.party.name}: no certificate of central; enrol again")
        context = Context(
            version=VERSION,
            entity=self.party.entity,
            kit=self.party.name,
            envelope=envelope,
            sequence=sequence,
            business=business,
            catalogue=CATALOGUE,
            key=peer.key_id,
            recipient=peer.name,
            not_after=int(self.now_s()) + LIFE_S,
            previous=previous,
        )
        return seal(
            payload,
            context,
            sender=self.party.sign,
            recipient=peer,
            random_bytes=self.random_bytes,
            now=self._now(),
        )

    def open_command(self, raw: bytes) -> Opened:
        """Open what must be an order of central for this kit. Raises `EnvelopeRefused` when its command key did not sign it."""
        opened = open_envelope(
            raw, own=self.party.own(self._now()), trust=self.party.trust, now=self._now(), sender=Role.COMMAND
        )
        self._check_service(opened.signer, "command.signer")
        return opened

    def _check_service(self, signer: Signer, reason: str) -> None:
        """One authority may certify several services; this kit believes its own only."""
        peer = self.party.peer
        if peer is None or (signer.entity, signer.name) != (peer.certificate.entity, peer.name):
            raise EnvelopeRefused(reason, f"signed by {signer.entity}/{signer.name}, this kit's service is {peer}")

    def open_reply(self, raw: bytes, *, business: str, envelope: str) -> Reply:
        """Open central's reply to `envelope`. Raises `EnvelopeRefused` when it is for another request or not believable."""
        opened = open_envelope(raw, own=self.party.own(self._now()), trust=self.party.trust, now=self._now())
        context = opened.context
        self._check_service(opened.signer, "reply.signer")
        expected = (self.party.entity, self.party.name, envelope, f"reply:{business}")
        if (context.entity, context.kit, context.envelope, context.business) != expected:
            raise EnvelopeRefused("reply.context", f"expected {expected}, got {context}")
        if context.expired(self.now_s()):
            raise EnvelopeRefused("reply.expired", f"not after {context.not_after}")
        return decode(opened.payload, Reply)
