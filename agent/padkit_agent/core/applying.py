"""From the authorisation to the request where no card leaves the box: the PINs that it wants, the last word, the request.

What the keypad makes of a PIN is in memory only and good for one request: after a restart, or when the bank did not execute, the
customer types again. What the bank said of the last try is shown before the next one: a wrong PIN may be the last but one.
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, EnterPin, Submit
from padkit_agent.core.authorise import ticket_fault
from padkit_agent.core.card import CANCELLED, CONFIRM, PIN_FAILED, SESSION_OVER, ask_pin
from padkit_agent.core.events import PersonSaid, PinEntered
from padkit_agent.core.flow import Decision, Flow, Rules, end, go, session_over, then, waived_items, with_evidence
from padkit_agent.core.phases import Phase
from padkit_agent.core.plan import NEW, NEW_PIN, VERIFY
from padkit_contract.messages import EvidenceItem, How

AGAIN = AskPerson("request_again", ("again", "stop"))


def begin(flow: Flow, rules: Rules) -> Decision:
    """Ask for the first PIN, or for the last word when there is none to type."""
    if over := SESSION_OVER if session_over(flow, rules) else ticket_fault(flow, rules):
        return end(flow, rules, Phase.CANCELLED, over)
    if flow.phase is not Phase.SUBMITTING:
        flow = go(flow, rules, Phase.SUBMITTING)
    flow, pins = replace(flow, tries=0, looks=0, woken=False), rules.plan.pins
    if not pins:
        return then(flow, CONFIRM)
    return then(flow, ask_pin(flow, rules))


def on_pin(flow: Flow, wanted: EnterPin, event: PinEntered, rules: Rules) -> Decision:
    """One PIN was typed: the next one, or the last word."""
    line = EvidenceItem(
        NEW if wanted.field == NEW_PIN else VERIFY,
        How.CAPTURED,
        note=f"{'twice the same' if wanted.field == NEW_PIN else 'once'}, {event.format} under key {event.key_id}",
    )
    named = {"pin_key_id": event.key_id, "pin_format": event.format}
    inputs = {**flow.inputs, **{name: value for name, value in named.items() if name in rules.plan.fields}}
    flow, pins = replace(with_evidence(flow, line), inputs=inputs, tries=0, looks=0, note=""), rules.plan.pins
    if after := pins[pins.index(wanted.field) + 1 :]:
        return then(flow, ask_pin(flow, rules, after[0]))
    return then(flow if flow.card is None else go(flow, rules, Phase.PIN_SET), CONFIRM)


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """What the customer or the manager says between the authorisation and the request."""
    match (event.what, event.choice):
        case ("pin", "entered"):
            names = rules.plan.asks((VERIFY, NEW))
            if missing := [name for name in names if name not in rules.waivers]:
                return end(flow, rules, Phase.CANCELLED, f"waiver.missing: {', '.join(missing)}")
            lines = waived_items(names, rules)
            known = {name: value for name, value in event.fields.items() if name in rules.plan.fields}
            return then(replace(with_evidence(flow, *lines), inputs={**flow.inputs, **known}, note=""), CONFIRM)
        case ("pin", "failed"):
            return end(flow, rules, Phase.CANCELLED, PIN_FAILED)
        case ("request_again", "again"):
            return begin(flow, rules)
        case ("confirm", "yes") if over := SESSION_OVER if session_over(flow, rules) else ticket_fault(flow, rules):
            return end(flow, rules, Phase.CANCELLED, over)
        case ("confirm", "yes"):
            flow = replace(go(flow, rules, Phase.CORE_SENT), attempt=flow.attempt + 1, inquiries=0, note="")
            return then(flow, Submit(flow.attempt))
    return end(flow, rules, Phase.CANCELLED, CANCELLED)


def not_executed(flow: Flow, why: str, rules: Rules, *, most: int) -> Decision:
    """The bank did nothing, for certain: the same serial, the next attempt, when somebody wants it."""
    flow = go(flow, rules, Phase.SUBMITTING)
    if flow.attempt >= most:
        return end(flow, rules, Phase.CANCELLED, f"not executed after {flow.attempt} attempts: {why}")
    return then(replace(flow, note=why, woken=False), AGAIN)
