"""Seals a support bundle for the support desk: central passes it on and cannot open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from padkit_agent.uplink.sealer import CATALOGUE
from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import Recipient, seal
from padkit_contract.errors import ContractError
from padkit_contract.party import SUPPORT_CERTIFICATE, Party
from padkit_contract.x509 import Role, Usage
from padkit_sdk.errors import Refused

BUSINESS = "support.bundle"
LIFE_S = 30 * 24 * 3600  # a bundle waits on somebody's desk


@dataclass(frozen=True, slots=True)
class SupportSealer:
    """The kit's way to the support desk, by the certificate in its folder."""

    party: Party
    now_s: Callable[[], float]
    new_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]

    def seal(self, bundle: bytes) -> bytes:
        """Return the bundle's envelope. Raises `Refused` ``support.*``, ``certificate.*`` or ``envelope.size``."""
        party, recipient = self.party, self._recipient()
        now = datetime.fromtimestamp(self.now_s(), UTC)
        context = Context(
            version=VERSION,
            entity=party.entity,
            kit=party.name,
            envelope=self.new_id(),
            sequence=0,  # no link of the kit's chain
            business=BUSINESS,
            catalogue=CATALOGUE,
            key=recipient.key_id,
            recipient=recipient.name,
            not_after=int(self.now_s()) + LIFE_S,
        )
        try:
            if party.trust.check(recipient.certificate, Usage.KEY_ENCIPHERMENT, now).role is not Role.SERVICE:
                raise Refused("support.role", f"{recipient.name}: not the certificate of a support desk; enrol again")
            return seal(
                bundle, context, sender=party.sign, recipient=recipient, random_bytes=self.random_bytes, now=now
            )
        except ContractError as exc:
            raise Refused(exc.reason, f"support bundle for {recipient.name}: {exc}") from exc

    def _recipient(self) -> Recipient:
        if self.party.support is None:
            raise Refused(
                "support.none",
                f"kit {self.party.name}: no {SUPPORT_CERTIFICATE} among its keys, so nobody could open a bundle; enrol again",
            )
        return self.party.support
