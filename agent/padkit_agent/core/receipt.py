"""After the bank has done it: the receipt with the bank's seal, where the entry wants one, then the package goes to central.

Nothing here takes back what was done: what cannot be sealed is written into the evidence, to be supplemented.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from padkit_agent.core.actions import SealDocument, SetDocument, ShowDocument, Upload, Waive
from padkit_agent.core.events import Answered, AnyEvent, DocumentNotSet, DocumentSet, PersonSaid, Sealed, Silent
from padkit_agent.core.flow import Decision, Flow, FlowRefused, Rules, go, then, with_evidence
from padkit_agent.core.paper import BANK_TIME, RECEIPT, Paper, today
from padkit_agent.core.phases import Phase
from padkit_agent.core.signing import KEEP_YEARS, bank_of
from padkit_contract.messages import EvidenceItem, How

VOUCHER = "voucher_seal"
QUESTIONS = frozenset({"receipt"})
NOBODY = "—"  # of a flow that a program answered


def receipt(flow: Flow, rules: Rules) -> Decision:
    """Make the receipt, or go on without one."""
    if VOUCHER not in rules.plan.needs:
        return upload(flow, rules)
    if VOUCHER in rules.waivers or not bank_of(rules):
        return then(flow, Waive("receipt", (VOUCHER,)))
    keep_years, elder = int(rules.number("retention_years", KEEP_YEARS)), flow.inputs.get("elder_flag") is True
    named = (VOUCHER, RECEIPT, today(rules.at), bank_of(rules), keep_years, elder)
    paper = Paper(*named, business=rules.plan.title, facts=_facts(flow))
    return then(replace(flow, paper=paper, tries=0, looks=0, note=""), SetDocument(RECEIPT))


def _facts(flow: Flow) -> dict[str, str]:
    """What the receipt says of the bank's answer."""
    number = flow.card.card_no if flow.card else str(flow.inputs.get("card_no", ""))
    done = next(line.split()[0] for line in flow.history if line.endswith(f" {Phase.CORE_OK.value}"))
    facts = {
        "core_serial": str(flow.core.get("core_serial", "")),
        "result": "done",
        "account_class": str(flow.inputs.get("acct_class", "")),
        "card_last4": number[-4:],
        "completed_at": datetime.fromisoformat(done).astimezone(BANK_TIME).isoformat(timespec="seconds"),
        "manager": flow.people[0] if flow.people else NOBODY,
    }
    return {name: value for name, value in facts.items() if value}


def on_set(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The receipt was set, and is in the journal with this: now the bank may be asked to seal it."""
    match event:
        case DocumentSet():
            paper = replace(_paper(flow), version=event.version, template=event.template, digest=event.digest)
            named = paper.document, paper.version, paper.language, paper.digest
            return then(replace(flow, paper=paper), SealDocument(*named))
        case DocumentNotSet(why=why):
            return _without(flow, why, rules)
    raise FlowRefused(f"set_document cannot end in {type(event).__name__}")


def on_seal(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The bank's seal is on it, it is refused, or central is silent: then it waits on, for the card is long handed over."""
    paper = _paper(flow)
    match event:
        case Sealed():
            told = f"{paper.document} {paper.version} {paper.language}; {paper.digest}; by {event.by} at {event.at}"
            flow = with_evidence(flow, EvidenceItem(VOUCHER, How.CAPTURED, digest=event.digest, note=told))
            named = paper.document, paper.version, paper.language, paper.digest
            return then(replace(flow, note=""), ShowDocument("receipt", ("seen",), 0, *named))
        case Silent(why=why):
            named = paper.document, paper.version, paper.language, paper.digest
            return then(replace(flow, note=why), SealDocument(*named))
        case Answered():
            return _without(flow, event.told, rules)
        case DocumentNotSet(why=why):
            return _without(flow, why, rules)
    raise FlowRefused(f"seal_document cannot end in {type(event).__name__}")


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """The customer has seen the receipt."""
    return upload(replace(flow, paper=None), rules)


def _without(flow: Flow, why: str, rules: Rules) -> Decision:
    line = EvidenceItem(VOUCHER, How.WAIVED, note=f"not sealed: {why}; to be supplemented")
    return upload(replace(with_evidence(flow, line), paper=None, note=""), rules)


def _paper(flow: Flow) -> Paper:
    if flow.paper is None:
        raise FlowRefused(f"flow {flow.id}: no receipt in {flow.phase.value}")
    return flow.paper


def upload(flow: Flow, rules: Rules) -> Decision:
    """Hand the package in."""
    return then(go(flow, rules, Phase.RECEIPTED), Upload())
