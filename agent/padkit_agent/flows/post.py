"""What a decision sends to central: its outbox rows, written in the same transaction as the step that wants them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from padkit_agent.core import actions as do
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import Decision, Flow, Rules
from padkit_agent.core.phases import Phase
from padkit_agent.core.request import authorisation, business, package, reversal
from padkit_agent.flows.run import Run
from padkit_agent.store import OutboxRow
from padkit_agent.uplink import Courier, Secrecy
from padkit_contract.authorise import AUTH_WITHDRAW, AUTHORISE, AuthQuestion
from padkit_contract.messages import (
    CARD_LEDGER,
    CASE,
    EVIDENCE,
    REVERSAL,
    Case,
    LedgerEvent,
    LedgerUpload,
    encode,
)

BUSINESS_FIRST, LEDGER_NEXT, REST_LAST = 0, 1, 2


class Post:
    """Makes messages and gives their C3 parts, sealed, to the courier before anything is written."""

    def __init__(self, courier: Courier, secrecy: Secrecy, clock: Clock, new_id: Callable[[], str]) -> None:
        self._courier = courier
        self._secrecy = secrecy
        self._clock = clock
        self._new_id = new_id

    def wake(self) -> None:
        """Something new is in the outbox."""
        self._courier.wake()

    def check_hsm(self) -> None:
        """Raise `Refused` unless C3 fields can be sealed for the bank's HSM."""
        self._secrecy.check()

    def forget(self, rows: list[OutboxRow]) -> None:
        """These rows were not written: nothing of them is kept in memory either."""
        for row in rows:
            self._courier.forget_c3(row.envelope)

    def ledger(self, events: tuple[LedgerEvent, ...]) -> OutboxRow:
        """Return the message that carries ledger lines."""
        return self._row(CARD_LEDGER, events[0].flow, LEDGER_NEXT, LedgerUpload(events))

    def for_decision(self, run: Run, decision: Decision, rules: Rules) -> list[OutboxRow]:
        """Return the messages that belong to `decision`; `run.envelope` becomes the one its action waits for."""
        flow = decision.flow
        rows: list[OutboxRow] = []
        match decision.action:
            case do.Submit():
                rows.append(self._request(run, flow, rules))
            case do.Authorise():
                row = self._row(AUTHORISE, flow.id, BUSINESS_FIRST, authorisation(flow, rules.plan, made_at=rules.at))
                run.envelope = row.envelope
                rows.append(row)
            case do.Reverse():
                row = self._row(REVERSAL, flow.id, BUSINESS_FIRST, reversal(flow, made_at=rules.at))
                run.envelope = row.envelope
                rows.append(row)
            case do.Upload():
                row = self._row(EVIDENCE, flow.id, REST_LAST, package(flow))
                run.envelope = row.envelope
                rows.append(row)
        if flow.ended and flow.phase not in (Phase.CLOSED, Phase.REVERSED):
            rows.append(self._row(EVIDENCE, flow.id, REST_LAST, package(flow)))
        if flow.ended and flow.round and not flow.attempt:  # whoever looks at it there need not any more
            rows.append(self._row(AUTH_WITHDRAW, flow.id, REST_LAST, AuthQuestion(flow.serial, flow.round)))
        if flow.phase is Phase.CASE_OPEN:
            voucher = flow.card.voucher if flow.card else ""
            case = Case(flow.id, flow.id, decision.case or flow.note, rules.at, voucher)
            rows.append(self._row(CASE, flow.id, LEDGER_NEXT, case))
        return rows

    def _request(self, run: Run, flow: Flow, rules: Rules) -> OutboxRow:
        """Return the request to the bank; what of it is C3 is sealed and given to the courier."""
        secrets = rules.plan.secrets
        request = business(flow, rules.plan, made_at=rules.at)
        row = self._row(flow.business, flow.id, BUSINESS_FIRST, request, needs_c3=bool(secrets))
        if secrets:
            place = {"business": flow.business, "envelope": row.envelope, "serial": flow.serial}
            part = self._secrecy.seal(run.take_c3(secrets), **place, attempt=flow.attempt)
            self._courier.join_c3(row.envelope, part)
        run.envelope = row.envelope
        return row

    def _row(
        self, business: str, flow_id: str, priority: int, body: msgspec.Struct, *, needs_c3: bool = False
    ) -> OutboxRow:
        return OutboxRow(self._new_id(), business, flow_id, priority, needs_c3, self._clock.iso(), encode(body))
