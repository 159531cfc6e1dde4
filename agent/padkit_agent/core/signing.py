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
from padkit_agent.core.flow import FACES, SIGNATURES, Decision, Flow, FlowRefused, Rules, end, then, with_evidence
from padkit_agent.core.paper import (
    BIOMETRICS,
    CONSENT,
    EBANK,
    EBANK_TERMS,
    LIABILITY,
    TAX,
    TERMS,
    Paper,
    today,
)
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
NO_CONSENT = "face.no_consent"  # the customer wants no picture of his face
PAPERS: Mapping[Phase, tuple[tuple[str, str], ...]] = {  # evidence, document
    Phase.STARTED: (("consent_pi", CONSENT), ("consent_pi", BIOMETRICS)),
    Phase.FORM_DONE: (
        (FORM, ""),
        ("sign_terms", TERMS),
        ("copy_statement", LIABILITY),
        ("sign_terms", TAX),
        (FORM, EBANK),
        ("sign_terms", EBANK_TERMS),
    ),
}


def signs(flow: Flow, rules: Rules) -> bool:
    """Tell whether the step is signed on a pad here; else it needs its waivers."""
    return bool(papers(flow, rules.plan)) and SIGNATURES in flow.able and bool(bank_of(rules))


def papers(flow: Flow, plan: Plan) -> tuple[tuple[str, str], ...]:
    """Return evidence and document of what a function has signed in this step, in its order."""
    own = ((item, plan.application if document == "" else document) for item, document in PAPERS.get(flow.phase, ()))
    return tuple((item, document) for item, document in own if item in plan.needs and _belongs(document, flow, plan))


def _belongs(document: str, flow: Flow, plan: Plan) -> bool:
    """Tell whether a document is one of this flow: the face's where a face is looked at, the services' where one is chosen."""
    match document:
        case "D-BIO-CONSENT":
            return document in plan.documents and FACES in flow.able and not flow.faceless
        case "D-ACCT-TERMS":
            return document in plan.documents
        case "D-APPLY-EBANK" | "D-EBANK-TERMS":
            return "products_chosen" in plan.fields and bool(flow.inputs.get("products_chosen"))
    return bool(document)


def bank_of(rules: Rules) -> str:
    """Return the bank's name as documents have it; empty where the policy names none."""
    name = rules.parameters.get("bank_name")
    return name if isinstance(name, str) else ""


def next_paper(flow: Flow, rules: Rules) -> Decision | Flow:
    """Set the next document of this step; the flow alone when all of them are signed."""
    have = {(it.type, it.note.partition(" ")[0]) for it in flow.evidence}
    left = [it for it in papers(flow, rules.plan) if it not in have]
    flow = replace(flow, paper=None, tries=0, looks=0, note="")
    if not left:
        return flow
    keep_years, elder = int(rules.number("retention_years", KEEP_YEARS)), flow.inputs.get("elder_flag") is True
    paper = Paper(*left[0], today(rules.at), bank_of(rules), keep_years, elder, business=rules.plan.title)
    if left[0][1] == BIOMETRICS:
        paper = replace(paper, alternative=face_alternative(rules))
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


def face_alternative(rules: Rules) -> bool:
    """Tell whether two people may look at the customer instead, where he wants no picture of his face."""
    return rules.parameters.get("face_alternative") is not False


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision | Flow:
    """The customer saw it to the end, or will not sign; or tries again at the pad. The flow alone when it goes on without."""
    match event.choice:
        case "read" | "again":
            return sign(flow)
        case "refused" if _paper(flow).document == BIOMETRICS and face_alternative(rules):
            return replace(flow, faceless=NO_CONSENT, paper=None)
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
