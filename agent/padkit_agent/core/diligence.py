"""The steps of questions and form: asked where they were not given with the start; from the answers follows a level.

A refusal says nothing of what was signalled, neither to the customer nor in a line that a screen shows.
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core import filling, questions
from padkit_agent.core.actions import AskPerson
from padkit_agent.core.asked import Field
from padkit_agent.core.events import PersonSaid
from padkit_agent.core.flow import Decision, Flow, Rules, end, then
from padkit_agent.core.paper import today
from padkit_agent.core.phases import Phase
from padkit_contract.checks import Verdict
from padkit_contract.diligence import ANSWERS, LEVEL, PHONE, Level, level_of, of_answers, of_card

SHEET = AskPerson("cdd_questions", ("answered", "stop"))
FORM = AskPerson("form", ("filled", "stop"))
QUESTIONS = frozenset({SHEET.what, FORM.what})
REFUSED = "cdd.refused"
MINOR, MINOR_AGE = (
    "customer.minor",
    16,
)  # catalogue parameter minor_age; a guardian opens, and that is done at the branch
DEFAULTS = {"agent_flag": False, "elder_flag": False}  # what nobody said is so


def next_sheet(flow: Flow, rules: Rules) -> Decision | Flow:
    """Ask the questions where they were not answered yet; the flow with its level when they are, or there are none."""
    if ANSWERS not in rules.plan.form:
        return flow
    years = questions.age(flow.identity, today(rules.at))
    if years is not None and years < rules.number("minor_age", MINOR_AGE):
        return end(flow, rules, Phase.REFUSED, MINOR)
    if ANSWERS not in flow.inputs:
        return then(replace(flow, note=""), SHEET)
    return levelled(flow, rules)


def next_form(flow: Flow, rules: Rules) -> Decision | Flow:
    """Ask for what is missing of the form, or not allowed this customer; the flow alone when it is whole."""
    unsaid = {name: value for name, value in DEFAULTS.items() if name in rules.plan.form & filling.askable(rules)}
    flow = replace(flow, inputs={**unsaid, **flow.inputs}, note="")
    name = filling.fault(flow, rules)
    if not name:
        return flow
    return then(replace(flow, note=f"form.{name}" if name in flow.inputs else ""), FORM)


def levelled(flow: Flow, rules: Rules) -> Decision | Flow:
    """Put the level into what the bank is told, or refuse."""
    level = level_of(signals(flow, rules), str(flow.inputs.get("open_purpose", "")), rules.parameters)
    if level is Level.REFUSE:
        return end(flow, rules, Phase.REFUSED, REFUSED)
    return replace(flow, inputs={**flow.inputs, LEVEL: level.value})


def signals(flow: Flow, rules: Rules) -> tuple[str, ...]:
    """Return all that the answers, the card and the checks signal."""
    known = {**flow.inputs, **flow.identity}
    marked = any(it.type == "phone_match" and it.note.split()[:2] == [MARKED, OTHER] for it in flow.checks)
    of_others = (PHONE,) if marked else ()
    return (*of_answers(known.get(ANSWERS)), *of_card(known, today(rules.at), rules.parameters), *of_others)


MARKED, OTHER = Verdict.MARKED.value, "phone_match.other_person"


def enhanced(flow: Flow) -> bool:
    """Tell whether this customer is looked at more closely: then no policy waives the authorisers."""
    return flow.inputs.get(LEVEL) == Level.ENHANCED.value


def asked(flow: Flow, rules: Rules) -> tuple[Field, ...]:
    """Return what the pending question wants to know; nothing for any other question."""
    if flow.pending == SHEET:
        return questions.sheet(flow.identity, today(rules.at), rules.number("elder_age", questions.OLD))
    return filling.form_fields(flow, rules) if flow.pending == FORM else ()


def on_answer(flow: Flow, event: PersonSaid, rules: Rules) -> Decision | Flow:
    """Sheet or form came back; the flow with what it says."""
    if event.choice == filling.STOP:
        return end(flow, rules, Phase.CANCELLED, f"{event.what}: {event.choice}")
    given = {name: value for name, value in event.fields.items() if name in rules.plan.form | filling.BESIDES}
    if event.what == SHEET.what:
        given[ANSWERS] = {**(given.get(ANSWERS) or {}), "asked_by": " + ".join(event.by)}
    return filling.filled(flow, given)
