"""What is only filed: evidence lists and cases. The reply is the receipt after which a kit may let go of its copy."""

from __future__ import annotations

from datetime import timedelta

from padkit_central.business.ask import Ask
from padkit_central.business.functions import Functions
from padkit_central.business.policies import Policies
from padkit_central.observe import Log
from padkit_central.store import OpenCase, Store
from padkit_contract.crypto import sm3
from padkit_contract.errors import Invalid
from padkit_contract.messages import Case, EvidencePackage, Outcome, Reply, decode

HANDED_OVER = " CARD_TAKEN"  # how a history line ends when the customer has the card


class Filing:
    """Files what kits hand over."""

    def __init__(
        self, store: Store, functions: Functions, policies: Policies, log: Log, *, deadline_hours: float
    ) -> None:
        self._deadline = timedelta(hours=deadline_hours)
        self._store = store
        self._functions = functions
        self._policies = policies
        self._log = log

    async def evidence(self, ask: Ask) -> Reply:
        """Answer `EVIDENCE` with the digest of what is on disk now. What lacks after a hand-over becomes a case."""
        package = decode(ask.payload, EvidencePackage)
        entry = await self._functions.entry(ask.entity, package.catalogue)
        digest = sm3(ask.payload).hex()
        await self._store.file_evidence(ask.entity, ask.kit, package.flow, digest, ask.payload)
        if package.files:
            due = (ask.received_at + self._deadline).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            await self._store.evidence.expect(ask.entity, ask.kit, package.flow, due)
        if any(line.endswith(HANDED_OVER) for line in package.history):
            try:
                await self._policies.check_late(entry, package, ask)
            except Invalid as exc:
                await self._incomplete(ask, package.flow, str(exc))
        return Reply(Outcome.OK, fields={"digest": digest})

    async def _incomplete(self, ask: Ask, flow: str, why: str) -> None:
        at = ask.received_at.isoformat()
        await self._store.open_case(
            OpenCase(ask.entity, ask.kit, f"{flow}:evidence", "evidence.incomplete", at, flow, "", why)
        )
        self._log.warning("evidence.incomplete", kit=ask.kit, flow=flow, why=why)

    async def case(self, ask: Ask) -> Reply:
        """Answer `CASE`: it is open until a person closes it."""
        case = decode(ask.payload, Case)
        await self._store.open_case(
            OpenCase(ask.entity, ask.kit, case.id, case.reason, case.at, case.flow, case.voucher, case.detail)
        )
        self._log.warning("case.open", kit=ask.kit, case=case.id, reason=case.reason)
        return Reply(Outcome.OK, fields={"case": case.id})
