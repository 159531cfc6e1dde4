"""Opening what came in, and sealing what goes back. Every refusal has its true reason here and one face outside."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from padkit_central.business.ask import Ask
from padkit_central.business.ports import Kits
from padkit_central.store import Arrival
from padkit_contract import messages
from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import Recipient, open_envelope, seal
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused, Invalid
from padkit_contract.messages import C3_SUFFIX, C3Part, Reply
from padkit_contract.party import Party
from padkit_contract.x509 import Certificate

MISMATCH = "identity.mismatch"
MAX_C3 = 64 << 10


def _anybody(certificate: Certificate, now: datetime) -> None:
    """Believe a signer by its certificate alone."""


@dataclass(frozen=True, slots=True)
class Opener:
    """Knows this service's keys and whom it believes; `known` are the businesses that somebody answers."""

    party: Party
    peers: Kits
    known: Container[str]
    catalogue_version: int
    random_bytes: Callable[[int], bytes]
    reply_valid_s: int
    check_signer: Callable[[Certificate, datetime], None] = _anybody

    def open(self, arrival: Arrival, c3: bytes | None) -> tuple[Ask, Context]:
        """Return the request inside. It is judged by the time it came in, however long it waited here.

        Raises:
            EnvelopeRefused: any reason of the envelope's own; ``identity.mismatch``: the TLS certificate is another kit's;
                ``context.claim``, ``business.unknown``, ``catalogue.version``, ``peer.unknown``, ``c3.*``.
        """
        received_at = datetime.fromisoformat(arrival.received_at)
        opened = open_envelope(arrival.body, own=self.party.own(received_at), trust=self.party.trust, now=received_at)
        context = opened.context
        self._check(context, arrival)
        self.check_signer(opened.signer.certificate, received_at)
        self._recipient(context, received_at)
        ask = Ask(
            entity=arrival.entity,
            kit=arrival.kit,
            envelope=arrival.envelope,
            business=context.business,
            intake_id=arrival.id,
            received_at=received_at,
            payload=opened.payload,
            signer=opened.signer.certificate,
            c3=None if c3 is None else self._open_c3(context, c3, received_at),
        )
        return ask, context

    def seal(self, context: Context, reply: Reply, now: datetime) -> bytes:
        """Return the sealed answer to the envelope of `context`. Raises `EnvelopeRefused`."""
        recipient = self._recipient(context, now)
        answer = replace(
            context,
            version=VERSION,
            sequence=0,
            business=f"reply:{context.business}",
            key=recipient.key_id,
            recipient=recipient.name,
            not_after=int(now.timestamp()) + self.reply_valid_s,
        )
        body = messages.encode(reply)
        return seal(body, answer, sender=self.party.sign, recipient=recipient, random_bytes=self.random_bytes, now=now)

    def _check(self, context: Context, arrival: Arrival) -> None:
        if (context.entity, context.kit) != (arrival.entity, arrival.kit):
            raise EnvelopeRefused(
                MISMATCH, f"TLS says {arrival.entity}/{arrival.kit}, envelope {context.entity}/{context.kit}"
            )
        if (context.envelope, context.business, context.sequence) != (
            arrival.envelope,
            arrival.business,
            arrival.sequence,
        ):
            raise EnvelopeRefused("context.claim", "the context outside was another one")
        if context.business not in self.known:
            raise EnvelopeRefused("business.unknown", context.business)
        if context.catalogue != self.catalogue_version:
            raise EnvelopeRefused(
                "catalogue.version", f"{context.catalogue}, this service has {self.catalogue_version}"
            )

    def _open_c3(self, context: Context, c3: bytes, now: datetime) -> C3Part:
        """Return the names of the C3 fields and their sealed values, which this service has no key for."""
        if not c3:
            return C3Part()
        opened = open_envelope(c3, own=self.party.own(now), trust=self.party.trust, now=now)
        self.check_signer(opened.signer.certificate, now)
        expected = replace(context, business=context.business + C3_SUFFIX, not_after=opened.context.not_after)
        if opened.context != expected:
            raise EnvelopeRefused("c3.context", "the C3 part belongs to another envelope")
        try:
            return messages.decode(opened.payload, C3Part)
        except Invalid as exc:
            raise EnvelopeRefused("c3.form", "not a C3 part") from exc

    def _recipient(self, context: Context, now: datetime) -> Recipient:
        try:
            return self.peers.recipient(context.entity, context.kit, now)
        except CryptoUnfit as exc:
            raise EnvelopeRefused("peer.unknown", str(exc)) from exc
