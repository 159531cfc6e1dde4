"""What the customer reads to the end and signs on the kit's pad: set, shown, signed, one document after the other.

Which document it is, and its digest, are in the journal before anybody sees it. What an authoriser returns is signed anew
(`authorise`). Without a pad, or where the policy does not name the bank, `prepare` waives the steps.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, SetDocument, ShowDocument, SignDocument
from padkit_agent.core.events import (
    AnyEvent,
    DeviceAway,
    DocumentNotSet,
    DocumentSet,
    DocumentSigned,
    PersonSaid,
    TryAgain,
)
from padkit_agent.core.flow import SIGNATURES, Decision, Flow, FlowRefused, Rules, end, then, with_evidence
from padkit_agent.core.paper import CONSENT, LIABILITY, TAX, Paper, today
from padkit_agent.core.phases import Phase
from padkit_agent.core.plan import Plan
from padkit_agent.core.seeing import away
from padkit_contract.messages import EvidenceItem, How

TRIES = 3  # to sign, or to set what changed under the customer's hand
KEEP_YEARS = 10.0  # catalogue parameter retention_years
SIGN_AGAIN = AskPerson("sign_failed", ("again", "stop"))
QUESTIONS = frozenset({"document_read", SIGN_AGAIN.what})
FORM = "sign_form"  # on the application that the entry names
REFUSED, FAILED = "document.refused", "signature.failed"
PAPERS: Mapping[Phase, tuple[tuple[str, str], ...]] = {  # evidence, document
    Phase.STARTED: (("consent_pi", CONSENT),),
    Phase.FORM_DONE: ((FORM, ""), ("copy_statement", LIABILITY), ("sign_terms", TAX)),
}


def signs(flow: Flow, rules: Rules) -> bool:
    """Tell whether the step is signed on a pad here; else it needs its waivers."""
    return bool(papers(flow.phase, rules.plan)) and SIGNATURES in flow.able and bool(_bank(rules))


def papers(phase: Phase, plan: Plan) -> tuple[tuple[str, str], ...]:
    """Return evidence and document of what a function has signed in this step."""
    own = ((item, plan.application if item == FORM else document) for item, document in PAPERS.get(phase, ()))
    return tuple((item, document) for item, document in own if item in plan.needs)


def _bank(rules: Rules) -> str:
    name = rules.parameters.get("bank_name")
    return name if isinstance(name, str) else ""


def next_paper(flow: Flow, rules: Rules) -> Decision | Flow:
    """Set the next document of this step; the flow alone when all of them are signed."""
    have = {it.type for it in flow.evidence}
    left = [(item, document) for item, document in papers(flow.phase, rules.plan) if item not in have]
    flow = replace(flow, paper=None, tries=0, looks=0, note="")
    if not left:
        return flow
    keep_years, elder = int(rules.number("retention_years", KEEP_YEARS)), flow.inputs.get("elder_flag") is True
    paper = Paper(*left[0], today(rules.at), _bank(rules), keep_years, elder, business=rules.plan.title)
    return _set(replace(flow, paper=paper))


def _set(flow: Flow) -> Decision:
    return then(flow, SetDocument(_paper(flow).document))


def sign(flow: Flow) -> Decision:
    """Let the customer sign what was read."""
    paper = _paper(flow)
    return then(flow, SignDocument(paper.document, paper.version, paper.language, paper.digest))


def _paper(flow: Flow) -> Paper:
    if flow.paper is None:
        raise FlowRefused(f"flow {flow.id}: no document to be signed in {flow.phase.value}")
    return flow.paper


def on_set(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The document was set, and is in the journal with this: now it may be seen."""
    match event:
        case DocumentSet():
            paper = replace(_paper(flow), version=event.version, template=event.template, digest=event.digest)
            named = paper.document, paper.version, paper.language, paper.digest
            return then(replace(flow, paper=paper), ShowDocument("document_read", ("read", "refused"), 0, *named))
        case DocumentNotSet(why=why):
            return end(flow, rules, Phase.CANCELLED, why)
    raise FlowRefused(f"set_document cannot end in {type(event).__name__}")


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """The customer saw it to the end, or will not sign; or tries again at the pad."""
    match event.choice:
        case "read" | "again":
            return sign(flow)
        case "refused":
            return end(flow, rules, Phase.CANCELLED, f"{REFUSED}: {_paper(flow).document}")
    return end(flow, rules, Phase.CANCELLED, f"{FAILED}: {flow.note}")


def on_sign(flow: Flow, event: AnyEvent, rules: Rules) -> Decision | Flow:
    """The hand was bound to what was read, or why it was not; the flow alone when the document is signed."""
    paper = _paper(flow)
    match event:
        case DocumentSigned() if (event.document, event.version, event.read) != _named(paper):
            raise FlowRefused(f"flow {flow.id}: {event.document} was signed, {paper.document} was read")
        case DocumentSigned():
            told = f"{paper.document} {paper.version} {paper.language}; read {event.read}"
            bound = f"{event.scheme} {event.binding}"
            line = EvidenceItem(paper.item, How.CAPTURED, digest=event.signed, note=f"{told}; {bound}")
            return with_evidence(flow, line)
        case DocumentNotSet() if flow.tries + 1 < TRIES:  # not what was read any more: it is read anew
            paper = replace(paper, version=0, template="", digest="", date=today(rules.at))
            return _set(replace(flow, paper=paper, tries=flow.tries + 1, note=event.why))
        case DocumentNotSet(why=why):
            return end(flow, rules, Phase.CANCELLED, why)
        case TryAgain(hint=hint) if flow.tries + 1 < TRIES:
            return then(replace(flow, tries=flow.tries + 1, note=hint), SIGN_AGAIN)
        case TryAgain(hint=hint):
            return end(flow, rules, Phase.CANCELLED, f"{FAILED}: {hint}")
        case DeviceAway():
            return away(flow, event, rules)
    raise FlowRefused(f"sign_document cannot end in {type(event).__name__}")


def _named(paper: Paper) -> tuple[str, int, str]:
    return paper.document, paper.version, paper.digest
