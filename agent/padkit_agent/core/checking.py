"""The online checks: run by central, never by the kit's own word; held where they cannot be made now (F04 of the reference).

A held flow captures on: pictures, face, form, documents, signatures. Before anybody is asked to authorise, all checks are made,
from the start; until then no card moves and nothing leaves for the core.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, RunChecks
from padkit_agent.core.events import AnyEvent, Checked, Silent
from padkit_agent.core.flow import Decision, Flow, FlowRefused, Rules, end, go, then
from padkit_agent.core.phases import Phase
from padkit_contract.checks import CARD, CITIZEN, OVER_LIMIT, CheckResult, Verdict
from padkit_contract.messages import EvidenceItem, How

ELIGIBILITY = (CARD, "account_count", "fraud_list", "gray_list", "aml_screen", "phone_match", "geo")
CHECKS = frozenset({CITIZEN, *ELIGIBILITY})
TIMEOUT_S = 15.0
HELD_S = 900.0  # after so long a held flow writes down that it still waits
FRESH_MINUTES = 10.0  # catalogue parameter check_rerun_minutes
OFFLINE_HOURS = 72.0  # catalogue parameter offline_max_hours
SILENT, TOO_LONG = "check.silent", "offline.too_long"
LIMIT = AskPerson("account_limit", ("class_2", "stop"))
QUESTIONS = frozenset({LIMIT.what})


def due(names: Iterable[str], rules: Rules) -> tuple[str, ...]:
    """Return the checks among `names` that the function needs and the policy does not waive."""
    return tuple(name for name in names if name in CHECKS & rules.plan.needs and name not in rules.waivers)


def run(flow: Flow, names: tuple[str, ...]) -> Decision:
    """Have central run these checks now."""
    return then(flow, RunChecks(names, TIMEOUT_S))


def stale(flow: Flow, rules: Rules) -> tuple[str, ...]:
    """Return the checks that are too old to ask for an authorisation with, or not made since something of theirs was mended."""
    oldest_s = _seconds(rules.at) - rules.number("check_rerun_minutes", FRESH_MINUTES) * 60
    made_s = {item.type: _seconds(item.note.split()[-1]) for item in flow.checks if item.how is How.CAPTURED}
    return tuple(name for name in due((CITIZEN, *ELIGIBILITY), rules) if made_s.get(name, 0.0) < oldest_s)


def hold(flow: Flow, rules: Rules, why: str) -> Flow:
    """Go on without the checks: they are made before an authorisation is asked for."""
    if flow.phase is Phase.ID_COMPARED:
        flow = go(flow, rules, Phase.OFFLINE_HELD)
    return replace(flow, held=flow.held or rules.at, note=why)


def wait(flow: Flow, rules: Rules, why: str = "") -> Decision:
    """All that needs no network is done: wait until every check can be made, from the start."""
    if flow.phase is not Phase.OFFLINE_HELD:
        flow = go(flow, rules, Phase.OFFLINE_HELD)
    flow = replace(flow, held=flow.held or rules.at, note=why or flow.note)
    longest_s = rules.number("offline_max_hours", OFFLINE_HOURS) * 3600
    if _seconds(rules.at) - _seconds(flow.held) > longest_s:
        return end(flow, rules, Phase.CANCELLED, TOO_LONG)
    return then(flow, RunChecks(due((CITIZEN, *ELIGIBILITY), rules), HELD_S, patient=True))


def captured(flow: Flow) -> bool:
    """Tell whether a flow in OFFLINE_HELD has come past the person: it only waits now."""
    return any(line.endswith(f" {Phase.PERSON_OK.value}") for line in flow.history)


def on_checks(flow: Flow, event: AnyEvent, rules: Rules) -> Decision | Flow:
    """Central answered, or did not; the flow alone when it goes on, checked or held."""
    match event:
        case Checked(results=results):
            return _on_results(flow, results, rules)
        case Silent():
            return _cannot_now(flow, rules, SILENT)
    raise FlowRefused(f"run_checks cannot end in {type(event).__name__}")


def _on_results(flow: Flow, results: tuple[CheckResult, ...], rules: Rules) -> Decision | Flow:
    asked = flow.pending.names if isinstance(flow.pending, RunChecks) else ()
    if tuple(it.name for it in results) != asked:
        raise FlowRefused(f"asked for {', '.join(asked)}, answered were {', '.join(it.name for it in results)}")
    if failed := [it for it in results if it.verdict is Verdict.FAILED]:
        return _failed(flow, failed[0].code, rules)
    if away := [it for it in results if it.verdict is Verdict.UNAVAILABLE]:
        return _cannot_now(flow, rules, away[0].code)
    kept = tuple(item for item in flow.checks if item.type not in asked)
    found = {name: it.found[name] for it in results for name in rules.plan.looked_up if name in it.found}
    inputs = {**flow.inputs, **found}
    return replace(flow, inputs=inputs, checks=(*kept, *map(_line, results)), held="", note="")


def _failed(flow: Flow, code: str, rules: Rules) -> Decision:
    if code == OVER_LIMIT and flow.phase is Phase.PERSON_OK and flow.inputs.get("acct_class") == "I":
        return then(replace(flow, note=code), LIMIT)
    return end(flow, rules, Phase.REFUSED, code)


def _cannot_now(flow: Flow, rules: Rules, why: str) -> Decision | Flow:
    if not rules.plan.holds:  # the catalogue does not let this function be captured without network
        return end(flow, rules, Phase.CANCELLED, why)
    if flow.phase in (Phase.ID_COMPARED, Phase.PERSON_OK):
        return hold(flow, rules, why)
    return wait(flow, rules, why)


def lowered(flow: Flow) -> Flow:
    """The customer takes an account of class II instead."""
    return replace(flow, inputs={**flow.inputs, "acct_class": "II"}, note="")


def _line(it: CheckResult) -> EvidenceItem:
    """One line of the evidence: what was found, the system's serial, and when, last."""
    told = " ".join(filter(None, (it.verdict.value, it.code, it.system_serial, it.at)))
    return EvidenceItem(it.name, How.CAPTURED, note=told)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
