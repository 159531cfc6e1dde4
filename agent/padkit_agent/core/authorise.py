"""The authorisation by somebody at the centre: asked for, waited for, mended when it comes back, held to before P0 and P1.

Where the policy waives the authoriser, `prepare` passes the step and nothing of this happens.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, Authorise, AwaitAuthoriser
from padkit_agent.core.events import Answered, AnyEvent, Decided, PersonSaid, Silent
from padkit_agent.core.filling import filled
from padkit_agent.core.flow import Decision, Flow, FlowRefused, Rules, end, go, then, with_evidence
from padkit_agent.core.phases import Phase
from padkit_agent.core.request import bound
from padkit_contract.authorise import SIGNATURES, AuthState
from padkit_contract.messages import AUTHORISER, EvidenceItem, How

TIMEOUT_S = 300.0  # catalogue parameter auth_timeout_seconds
WAIT = AskPerson("auth_wait", ("wait", "withdraw"))
MEND = AskPerson("mend", ("mended", "stop"))
QUESTIONS = frozenset({WAIT.what, MEND.what})
AGAIN = frozenset({*SIGNATURES, "fp_manager"})  # shown again for every round
ENDS = {
    AuthState.REFUSED: Phase.REFUSED,
    AuthState.EXPIRED: Phase.CANCELLED,
    AuthState.WITHDRAWN: Phase.CANCELLED,
}


def ask_centre(flow: Flow, rules: Rules) -> Decision:
    """Send a signed case to the centre; each round is a request of its own."""
    flow = replace(go(flow, rules, Phase.AUTH_WAIT), round=flow.round + 1, parts=(), note="")
    return then(flow, Authorise(flow.round, _timeout_s(rules)))


def ask_on(flow: Flow, rules: Rules) -> Decision:
    """Go on waiting for what was sent before: the centre is asked how it stands."""
    return then(flow, AwaitAuthoriser(flow.round, _timeout_s(rules)))


def on_authorise(flow: Flow, event: AnyEvent, rules: Rules) -> Decision | Flow:
    """The centre decided, would not have the request, or nothing came in time; the flow alone when it is authorised."""
    match event:
        case Decided():
            return _decided(flow, event, rules)
        case Answered():
            return end(flow, rules, Phase.CANCELLED, f"auth.invalid: {event.told}")
        case Silent():
            return then(flow, WAIT)
    raise FlowRefused(f"authorise cannot end in {type(event).__name__}")


def _decided(flow: Flow, event: Decided, rules: Rules) -> Decision | Flow:
    answer = event.answer
    if answer.state in ENDS:
        return end(flow, rules, ENDS[answer.state], f"auth.{answer.state.value}: {answer.reason}".rstrip(": "))
    if answer.state is AuthState.RETURNED:
        evidence = tuple(item for item in flow.evidence if item.type not in AGAIN)
        note = f"auth.returned: {', '.join(answer.parts)}: {answer.reason}"
        return then(replace(go(flow, rules, Phase.FORM_DONE), evidence=evidence, parts=answer.parts, note=note), MEND)
    if answer.state is not AuthState.APPROVED or answer.ticket is None:
        raise FlowRefused(f"authorise cannot end in {answer.state.value}")
    flow = replace(flow, ticket=answer.ticket, note="")
    if fault := ticket_fault(flow, rules):
        return end(flow, rules, Phase.CANCELLED, fault)
    note = f"ticket {answer.ticket.id} by {', '.join(answer.by)}"
    line = EvidenceItem(AUTHORISER, How.CAPTURED, digest=answer.ticket.bound, note=note)
    return with_evidence(go(flow, rules, Phase.AUTHORISED), line)


def on_wait_answer(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """The manager waits on, or withdraws."""
    if event.choice == "wait":
        return ask_on(flow, rules)
    return end(flow, rules, Phase.CANCELLED, "auth.withdrawn")


def mended(flow: Flow, event: PersonSaid) -> Flow:
    """Put what people mended into the form: of what was returned, and nothing else."""
    given = {name: value for name, value in event.fields.items() if name in flow.parts}
    return replace(filled(flow, given), parts=(), note="")


def ticket_fault(flow: Flow, rules: Rules) -> str:
    """Say why the ticket does not hold (any more); nothing when it holds, or the authoriser was waived."""
    if flow.ticket is None:
        return ""
    if datetime.fromisoformat(rules.at) >= datetime.fromisoformat(flow.ticket.until):
        return "ticket.expired"
    return "" if flow.ticket.bound == bound(flow, rules.plan) else "ticket.bound"


def _timeout_s(rules: Rules) -> float:
    return rules.number("auth_timeout_seconds", TIMEOUT_S)
