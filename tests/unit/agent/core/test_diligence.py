"""Questions and form as steps of the flow: asked when they were not given, judged, refused without a word of why."""

from __future__ import annotations

from typing import Any

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core import filling, questions
from padkit_agent.core.asked import belongs, misfit
from padkit_agent.core.diligence import asked
from padkit_agent.core.phases import Phase
from padkit_contract.checks import Verdict
from padkit_contract.messages import How

from .world import INPUTS, World, tag_of

EARLY = {it: INPUTS[it] for it in ("phone", "acct_class")}
SHEET: dict[str, Any] = {
    "open_purpose": "farming",
    "occupation": "farmer",
    "cdd_answers": {
        "purpose": "crops",
        "coached": False,
        "asked_to_lend": False,
        "income": "3000",
        "source": "the dealer",
        "own_phone": True,
        "aware": True,
    },
}
FORM: dict[str, Any] = {
    "home_addr": "虚构省样例市",
    "acct_class": "I",
    "card_product": "debit",
    "limit_day": "2000.00",
    "tax_residency": "cn_only",
}


def asking(**answers: Any) -> World:
    sheet = {**SHEET, "cdd_answers": {**SHEET["cdd_answers"], **answers}}
    return World(inputs=dict(EARLY), said={"cdd_questions": [sheet], "form": [dict(FORM)]})


def test_questions_come_when_the_person_is_known_and_the_form_after_them() -> None:
    world = asking()
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    asks = [it.what for it in world.done if isinstance(it, do.AskPerson)]
    assert asks[:2] == ["cdd_questions", "form"]
    assert (flow.inputs["cdd_level"], flow.inputs["cdd_answers"]["asked_by"]) == ("simplified", "A + B")
    assert (flow.inputs["agent_flag"], flow.inputs["limit_day"]) == (False, "2000.00")


def test_what_was_given_with_the_start_is_not_asked_again() -> None:
    world = World()
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    assert not {it.what for it in world.done if isinstance(it, do.AskPerson)} & {"cdd_questions", "form"}
    assert flow.inputs["cdd_level"] == "simplified"


@pytest.mark.parametrize(("born", "phase"), [("2010-11-23", Phase.REFUSED), ("2010-11-22", Phase.CLOSED)])
def test_below_sixteen_a_guardian_opens_and_that_is_done_at_the_branch(born: str, phase: Phase) -> None:
    world = asking()
    child = ev.IdentityRead({"name": "TEST ONLY", "birth_date": born}, "SAM-1", "ab" * 32, world.now_s)
    world.faults["read_identity"] = [lambda _world, _action: child]
    world.parameters["minor_age"] = 16
    world.said["cdd_questions"][0]["cdd_answers"]["helper"] = "my father"  # type: ignore[index,call-overload]
    flow = world.run()
    assert flow.phase is phase
    assert flow.note == ("customer.minor" if phase is Phase.REFUSED else "")


@pytest.mark.parametrize("answers", [{"coached": True}, {"declined": [5]}])
def test_a_refusal_tells_nobody_what_was_signalled(answers: dict[str, Any]) -> None:
    world = asking(**answers)
    flow = world.run()
    assert (flow.phase, flow.note, world.box.feeds) == (Phase.REFUSED, "cdd.refused", 0)


def test_who_is_looked_at_closely_gets_low_limits_and_no_waived_authoriser() -> None:
    world = asking(asked_to_lend=True)
    world.said["form"].insert(0, {**FORM, "limit_day": "2000.00"})
    world.said["form"][1]["limit_day"] = "900.00"
    world.until("ask", "form")
    (limit,) = [it for it in asked(world.flow, world.rules()) if it.name == "limit_day"]
    assert (limit.value, limit.most) == ("1000.00", "1000.00")
    decision = world.take(world.perform(world.flow.pending))  # type: ignore[arg-type]
    assert (world.flow.note, tag_of(decision.action)) == ("form.limit_day", "ask")  # type: ignore[arg-type]
    flow = world.run(decision)
    assert (flow.phase, flow.inputs["limit_day"], flow.inputs["cdd_level"]) == (Phase.CLOSED, "900.00", "enhanced")
    (authoriser,) = [it for it in flow.evidence if it.type == "authoriser"]
    assert authoriser.how is How.CAPTURED


def test_a_limit_given_with_the_start_that_is_too_high_is_asked_for_again() -> None:
    world = World(said={"form": [{"limit_day": "1000.00"}]})
    world.inputs["cdd_answers"] = {"asked_to_lend": True}
    flow = world.run()
    assert (flow.phase, flow.inputs["limit_day"]) == (Phase.CLOSED, "1000.00")


def test_a_held_flow_is_asked_its_questions_without_network() -> None:
    world = asking()
    for name in ("cip", "account_count", "fraud_list", "gray_list", "aml_screen", "phone_match"):
        del world.waivers[name]
    world.checks = [None, None]
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    phases = [line.split(" ")[1] for line in flow.history]
    assert phases[4:9] == ["OFFLINE_HELD", "PERSON_OK", "CDD_DONE", "FORM_DONE", "SIGNED"]


def test_another_class_on_the_form_has_the_accounts_counted_again() -> None:
    world = asking()
    world.inputs["acct_class"] = "II"
    del world.waivers["account_count"]
    flow = world.run()
    counted = [it for it in world.done if isinstance(it, do.RunChecks) and "account_count" in it.names]
    assert (flow.phase, flow.inputs["acct_class"], len(counted)) == (Phase.CLOSED, "I", 2)


def test_a_telephone_of_others_is_a_strong_signal() -> None:
    world = asking()
    del world.waivers["phone_match"]
    world.checks = [{"phone_match": (Verdict.MARKED, "phone_match.other_person")}]
    world.said["form"][0]["limit_day"] = "1000.00"
    assert world.run().inputs["cdd_level"] == "enhanced"


@pytest.mark.parametrize(
    ("born", "eighth"), [("1990-03-07", False), ("2010-03-07", True), ("1950-03-07", True), ("", False)]
)
def test_only_the_young_and_the_old_are_asked_who_helps_them(born: str, eighth: bool) -> None:
    fields = questions.sheet({"birth_date": born}, "2026-11-22")
    assert (fields[-1].question == 8) is eighth
    assert {it.question for it in fields} >= set(range(1, 8))


def test_each_field_and_choice_is_worded_in_both_languages() -> None:
    world = asking()
    world.until("ask", "form")
    fields = (
        *questions.SHEET,
        questions.HELPER,
        *filling.begin_fields(world.rules()),
        *asked(world.flow, world.rules()),
    )
    for field in fields:
        for label in (field.label, *(it.label for it in field.choices)):
            assert set(label) == {"zh-CN", "en"}
            assert all(label.values()), field.name


def test_who_pays_taxes_elsewhere_must_say_where_and_nobody_else() -> None:
    world = asking()
    world.until("ask", "form")
    fields = asked(world.flow, world.rules())
    assert misfit(fields, {**FORM}) == ("", "")
    elsewhere = {**FORM, "tax_residency": "both"}
    assert misfit(fields, elsewhere)[0] == "tax_details:surname"
    details = {
        "surname": "Ceshi", "given_name": "Jia", "birth_place": "中国", "birth_place_latin": "China",
        "address_latin": "1 Test Road", "country_1": "Utopia", "tin_1": "none is issued",
    }  # fmt: skip
    assert misfit(fields, {**elsewhere, "tax_details": details}) == ("", "")
    second = {**details, "country_2": "Erewhon"}
    assert misfit(fields, {**elsewhere, "tax_details": second})[0] == "tax_details:tin_2"
    assert not belongs(next(it for it in fields if it.name == "tax_details:country_3"), elsewhere)
