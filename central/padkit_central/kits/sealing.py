"""One command made ready for its kit: signed with the command key, sealed for the kit's own. Made anew at each send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from padkit_central.kits.kept import KeptPapers
from padkit_central.store import Approval, Placed
from padkit_contract import messages
from padkit_contract.commands import COMMAND, Command
from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import Identity, Recipient, seal
from padkit_contract.errors import CryptoUnfit

VALID_S = 7 * 86_400  # beyond the command's own end, so that a kit can still say that it came too late

Recipients = Callable[[str, str, datetime], Recipient]


@dataclass(frozen=True, slots=True)
class Sealer:
    """Knows the command key, if this service has one, every kit's encryption certificate, and what people signed."""

    command: Identity | None
    recipients: Recipients
    papers: KeptPapers
    catalogue_version: int
    random_bytes: Callable[[int], bytes]

    def seal(self, placed: Placed, approvals: Sequence[Approval], now: datetime) -> bytes:
        """Return the envelope.

        Raises `CryptoUnfit` ``command.key``: this service has none; else `CryptoUnfit` or `EnvelopeRefused` when the kit's
        certificate is none to seal for. Raises `Invalid` ``paper.row``: nobody signed what the rows say.
        """
        target = placed.target
        if self.command is None:
            raise CryptoUnfit("command.key", "the service's folder has no command key; issue it again")
        recipient = self.recipients(target.entity, target.kit, now)
        approved_by = self.papers.check(placed, approvals, now)
        context = Context(
            version=VERSION,
            entity=target.entity,
            kit=target.kit,
            envelope=target.id,
            sequence=target.seq,
            business=COMMAND,
            catalogue=self.catalogue_version,
            key=recipient.key_id,
            recipient=recipient.name,
            not_after=int(now.timestamp()) + VALID_S,
        )
        body = messages.encode(command_of(placed, approved_by))
        return seal(body, context, sender=self.command, recipient=recipient, random_bytes=self.random_bytes, now=now)


def command_of(placed: Placed, approved_by: tuple[str, ...]) -> Command:
    """Return what the kit is told."""
    target, asked = placed.target, placed.asked
    return Command(
        id=asked.command,
        entity=asked.entity,
        kit=target.kit,
        seq=target.seq,
        order=asked.order,
        reason=asked.reason,
        asked_by=asked.asked_by,
        approved_by=approved_by,
        issued_at=int(datetime.fromisoformat(target.queued_at).timestamp()),
        not_before=asked.not_before,
        expires=asked.expires,
    )
