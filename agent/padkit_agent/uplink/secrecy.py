"""Seals C3 fields for the bank's HSM, as soon as they belong to a request: central gets names and a part it cannot open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from padkit_agent.uplink.sealer import CATALOGUE, LIFE_S
from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import Recipient
from padkit_contract.errors import ContractError
from padkit_contract.hsm import Secrets, check_hsm, seal_for_hsm
from padkit_contract.messages import C3Part, encode
from padkit_contract.party import Party
from padkit_sdk.errors import Refused


@dataclass(slots=True)
class Secrecy:
    """The kit's way to the HSM; `party` may be replaced. There is no other: without the HSM's certificate, no C3 field leaves."""

    party: Party
    now_s: Callable[[], float]
    random_bytes: Callable[[int], bytes]

    def check(self) -> None:
        """Say now what would stop `seal` later. Raises `Refused` ``hsm.none``, ``hsm.role`` or ``certificate.*``."""
        try:
            check_hsm(self._hsm(), self.party.trust, self._now())
        except ContractError as exc:
            raise _refused(exc) from exc

    def seal(self, fields: Mapping[str, str], *, business: str, envelope: str, serial: str, attempt: int) -> bytes:
        """Return the body of the C3 envelope for one attempt. Raises `Refused` as `check`, and ``key.*``."""
        try:
            sealed = seal_for_hsm(
                Secrets(serial, attempt, dict(fields)),
                self._context(business, envelope),
                sender=self.party.sign,
                recipient=self._hsm(),
                trust=self.party.trust,
                random_bytes=self.random_bytes,
                now=self._now(),
            )
        except ContractError as exc:
            raise _refused(exc) from exc
        return encode(C3Part(tuple(sorted(fields)), sealed))

    def _context(self, business: str, envelope: str) -> Context:
        hsm = self._hsm()
        return Context(
            version=VERSION,
            entity=self.party.entity,
            kit=self.party.name,
            envelope=envelope,
            sequence=0,  # no link of the kit's chain: it is stored nowhere
            business=business,
            catalogue=CATALOGUE,
            key=hsm.key_id,
            recipient=hsm.name,
            not_after=int(self.now_s()) + LIFE_S,
        )

    def _hsm(self) -> Recipient:
        if self.party.hsm is None:
            raise Refused(
                "hsm.none", f"kit {self.party.name} knows no HSM; have its folder issued again, after `ca hsm`"
            )
        return self.party.hsm

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.now_s(), UTC)


def _refused(exc: ContractError) -> Refused:
    return Refused(exc.reason, f"C3 fields cannot be sealed for the HSM: {exc}")
