"""The code on the customer's telephone: sent and judged by central; what was typed is never written down."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, JudgeCode, SendCode
from padkit_agent.core.events import Answered, AnyEvent, CodeJudged, CodeLost, CodeSent, PersonSaid, Silent
from padkit_agent.core.flow import Decision, Flow, FlowRefused, Rules, end, then, with_evidence
from padkit_agent.core.phases import Phase
from padkit_contract.messages import EvidenceItem, How
from padkit_contract.phone import EVIDENCE

CODE = AskPerson("phone_code", ("entered", "resend", "stop"))
AGAIN = AskPerson("phone_code_again", ("resend", "stop"))
QUESTIONS = frozenset({CODE.what, AGAIN.what})
HOLDS_S = 45 * 60.0  # central takes none that is older than an hour
SILENT, WRONG, SPENT = "phone.silent", "phone.wrong_code", "phone.code_spent"


def wanted(flow: Flow, rules: Rules) -> bool:
    """Tell whether the customer has (still, or again after long) to show that the telephone is his."""
    if EVIDENCE not in rules.plan.needs or EVIDENCE in rules.waivers:
        return False
    oldest_s = datetime.fromisoformat(rules.at).timestamp() - HOLDS_S
    shown = (it.note.split()[-1] for it in flow.evidence if it.type == EVIDENCE)
    return not any(datetime.fromisoformat(at).timestamp() >= oldest_s for at in shown)


def send(flow: Flow) -> Decision:
    """Have a code sent."""
    return then(flow, SendCode())


def on_sent(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The code is on its way, or central would not, or nobody answers: the customer asks for another one when he wants."""
    match event:
        case CodeSent():
            return then(replace(flow, note=""), CODE)
        case Answered():
            return then(replace(flow, note=event.told), AGAIN)
        case Silent():
            return then(replace(flow, note=SILENT), AGAIN)
    raise FlowRefused(f"send_code cannot end in {type(event).__name__}")


def on_judged(flow: Flow, event: AnyEvent, rules: Rules) -> Decision | Flow:
    """The flow alone when it was the right one."""
    match event:
        case CodeJudged(right=True, at=at):
            line = EvidenceItem(EVIDENCE, How.CAPTURED, note=f"confirmed {at}")
            former = tuple(it for it in flow.evidence if it.type != EVIDENCE)
            return with_evidence(replace(flow, evidence=former, note=""), line)
        case CodeJudged(left=left):
            return then(replace(flow, note=WRONG if left else SPENT), CODE if left else AGAIN)
        case Answered():
            return then(replace(flow, note=event.told), AGAIN)
        case Silent():
            return then(replace(flow, note=SILENT), CODE)
        case CodeLost():
            return then(flow, CODE)
    raise FlowRefused(f"judge_code cannot end in {type(event).__name__}")


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """The customer typed the code, wants another one, or stops."""
    match event.choice:
        case "entered":
            return then(flow, JudgeCode())
        case "resend":
            return send(flow)
    return end(flow, rules, Phase.CANCELLED, f"{event.what}: {event.choice}")
