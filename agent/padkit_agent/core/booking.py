"""After P1: the core's answer, the unknown outcome and its inquiry, the reversal. Silence is never taken for a no.

The protocol is that of the card-opening reference, section 8: inquire by the same serial, believe `not found` only behind
the fence, repeat only with the same serial and the next attempt.
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import Inquire, LookAtBox, Pause, Reverse, Upload
from padkit_agent.core.applying import not_executed
from padkit_agent.core.card import ask_pin, to_bin
from padkit_agent.core.events import Answered, AnyEvent, Paused, Silent
from padkit_agent.core.flow import Decision, Flow, FlowRefused, Rules, book, end, go, then
from padkit_agent.core.old_card import hand_over
from padkit_agent.core.phases import Phase
from padkit_agent.core.plan import NEW_CARD
from padkit_agent.core.receipt import receipt
from padkit_contract.messages import CardState, Outcome

INQUIRY_PAUSES_S = (5.0, 15.0, 60.0, 300.0)  # catalogue parameter inquiry_interval_seconds
INQUIRIES_MAX = 100  # then a person must look; with the catalogue's pauses that is most of a day
ATTEMPTS_MAX = 3
# Central sent nothing on, because something is known under this serial: what that is, only an inquiry tells.
KNOWN = frozenset({"serial.reused", "serial.done", "serial.ended", "attempt.open", "attempt.late"})


def on_submit(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The answer to the opening, or none."""
    match event:
        case Answered(outcome=Outcome.UNKNOWN | Outcome.PROCESSING | Outcome.NOT_FOUND):
            return _unknown(flow, rules)
        case Answered(outcome=Outcome.INVALID, code=code) if code in KNOWN:
            return _unknown(flow, rules)
        case Answered():
            return _answered(flow, event, rules)
        case Silent():
            return _unknown(flow, rules)
    raise FlowRefused(f"submit cannot end in {type(event).__name__}")


def _answered(flow: Flow, event: Answered, rules: Rules) -> Decision:
    match event.outcome:
        case Outcome.OK if flow.card and event.fields.get(_number(rules)) not in (None, flow.card.card_no):
            return end(flow, rules, Phase.CASE_OPEN, "core.other_card: the account is not this card's", stop_box=True)
        case Outcome.OK if flow.card is None:
            return receipt(replace(go(flow, rules, Phase.CORE_OK), core=event.fields), rules)
        case Outcome.OK:
            flow = replace(go(flow, rules, Phase.CORE_OK), core=event.fields)
            return hand_over(flow, rules, book(flow, CardState.ISSUED))
        case Outcome.NOT_EXECUTED:
            return _again(flow, event.told, rules)
        case _:
            flow = go(flow, rules, Phase.CORE_REFUSED)
            who = "central" if event.outcome is Outcome.INVALID else "core"
            if flow.card is None:
                return end(flow, rules, Phase.REFUSED, f"{who}.refuse: {event.told}")
            return to_bin(flow, f"{who}.refuse: {event.told}", "refuse")


def _number(rules: Rules) -> str:
    """Which field of an answer names the card that leaves the box."""
    return NEW_CARD if rules.plan.replaces else "card_no"


def _again(flow: Flow, why: str, rules: Rules) -> Decision:
    """Nothing was executed for certain: the same serial, the next attempt, a new PIN entry."""
    if flow.card is None:
        return not_executed(flow, why, rules, most=ATTEMPTS_MAX)
    flow = go(flow, rules, Phase.CARD_BOUND)
    if flow.attempt >= ATTEMPTS_MAX:
        return to_bin(flow, f"not executed after {flow.attempt} attempts: {why}", "cancel")
    if flow.woken:  # the card is not trusted to be where it was: it goes to the bin, the next one is staged
        return then(replace(flow, note=why), LookAtBox("woke"))
    return then(replace(flow, note=why), ask_pin(flow, rules))


def _unknown(flow: Flow, rules: Rules) -> Decision:
    if flow.phase is Phase.CORE_SENT:
        flow = go(flow, rules, Phase.CORE_UNKNOWN)
    return then(flow, Pause(pause_s(flow, rules)))


def pause_s(flow: Flow, rules: Rules) -> float:
    """How long to wait before the next inquiry: the policy's list, its last value for ever."""
    listed = rules.parameters.get("inquiry_interval_seconds")
    pauses = tuple(float(it) for it in listed) if isinstance(listed, list | tuple) and listed else INQUIRY_PAUSES_S
    return pauses[min(flow.inquiries, len(pauses) - 1)]


def on_pause(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """Time for the next inquiry."""
    if not isinstance(event, Paused):
        raise FlowRefused(f"pause cannot end in {type(event).__name__}")
    return inquire(flow)


def inquire(flow: Flow) -> Decision:
    """Ask for the reversal when one is under way, else for the opening; from the second time on behind the fence."""
    fence = flow.inquiries > 0
    if flow.phase is Phase.CARD_NOT_TAKEN:
        return then(flow, Inquire(flow.reversal_serial, flow.reversal_attempt, fence))
    return then(flow, Inquire(flow.serial, flow.attempt, fence))


def on_inquire(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """What became of it."""
    flow = replace(flow, inquiries=flow.inquiries + 1)
    reversal = flow.phase is Phase.CARD_NOT_TAKEN
    match event:
        case Answered(outcome=Outcome.NOT_FOUND, final=True):
            return _reverse_again(flow, rules) if reversal else _again(flow, "never executed, fence closed", rules)
        case Answered(outcome=Outcome.OK | Outcome.REFUSED | Outcome.NOT_EXECUTED):
            return on_reverse(flow, event, rules) if reversal else _answered(flow, event, rules)
        case Answered() | Silent():
            if flow.inquiries >= INQUIRIES_MAX:
                return end(
                    flow, rules, Phase.CASE_OPEN, "core.unknown", stop_box=flow.card is not None and not reversal
                )
            return then(flow, Pause(pause_s(flow, rules)))
    raise FlowRefused(f"inquire cannot end in {type(event).__name__}")


def reverse(flow: Flow) -> Decision:
    """Order the reversal under its own serial; the next attempt when an earlier one was not executed."""
    flow = replace(flow, reversal_attempt=flow.reversal_attempt + 1, inquiries=0)
    return then(flow, Reverse(flow.reversal_serial, flow.reversal_attempt))


def _reverse_again(flow: Flow, rules: Rules) -> Decision:
    if flow.reversal_attempt >= ATTEMPTS_MAX:
        return end(flow, rules, Phase.CASE_OPEN, f"reversal not executed after {flow.reversal_attempt} attempts")
    return reverse(flow)


def on_reverse(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The reversal was booked, refused, or is unknown (then it is inquired like the opening)."""
    match event:
        case Answered(outcome=Outcome.OK):
            return then(replace(flow, note="reversed"), Upload(), book(flow, CardState.VOID_PENDING, "reversed"))
        case Answered(outcome=Outcome.NOT_EXECUTED):
            return _reverse_again(flow, rules)
        case Answered(outcome=Outcome.UNKNOWN | Outcome.PROCESSING | Outcome.NOT_FOUND) | Silent():
            return then(flow, Pause(pause_s(flow, rules)))
        case Answered():
            return end(flow, rules, Phase.CASE_OPEN, f"reversal refused: {event.told}")
    raise FlowRefused(f"reverse cannot end in {type(event).__name__}")
