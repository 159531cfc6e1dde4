"""The flow's hand at central's checks of the customer: asks once, or again and again while a held flow waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from padkit_agent.core import events as ev
from padkit_agent.core.actions import RunChecks
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import Flow
from padkit_agent.uplink import Courier
from padkit_contract.checks import CHECK, CheckAnswer, CheckQuestion, Verdict
from padkit_contract.messages import Outcome
from padkit_sdk.errors import Refused

ASK_S = 15.0
AGAIN_S = 10.0
TOLD = ("cert_type", "cert_no", "name", "phone", "acct_class", "card_no")  # no more than the checks need


async def run_checks(
    courier: Courier, flow: Flow, action: RunChecks, clock: Clock, tell: Callable[[str], None]
) -> ev.AnyEvent:
    """Return what central found. A patient action waits for an answer in which no check is away; `tell` is given why it waits.

    Raises `Refused` ``check.invalid``: central does not take the question, and will not take it later.
    """
    until_s, told = clock.mono_s() + action.timeout_s, ""
    known: dict[str, Any] = {**flow.inputs, **flow.identity}
    customer = {name: known[name] for name in TOLD if known.get(name)}
    question = CheckQuestion(flow.serial, flow.business, action.names, customer)
    while True:
        answer = await _ask(courier, question, min(ASK_S, action.timeout_s))
        away = [it.code for it in answer.results if it.verdict is Verdict.UNAVAILABLE] if answer else ["check.silent"]
        if answer is not None and not (away and action.patient):
            return ev.Checked(answer.results)
        left_s = until_s - clock.mono_s()
        if not action.patient or left_s <= 0:
            return ev.Silent(away[0])
        if away[0] != told:
            told = away[0]
            tell(told)
        await clock.sleep(min(AGAIN_S, left_s))


async def _ask(courier: Courier, question: CheckQuestion, timeout_s: float) -> CheckAnswer | None:
    reply = await courier.ask(CHECK, question, timeout_s=timeout_s)
    if reply is None:
        return None
    if reply.outcome is not Outcome.OK:
        raise Refused(
            "check.invalid", f"central does not check: {reply.code} {reply.message}; have the centre look at it"
        )
    try:
        return msgspec.convert(reply.fields.get("checked"), CheckAnswer)
    except msgspec.ValidationError as exc:
        raise Refused("check.invalid", f"central's answer to the checks is none: {exc}; update central or kit") from exc
