"""Online checks: made by central, held without network, never a word of the kit's own."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from padkit_agent.core import actions as do
from padkit_agent.core import checking as rules
from padkit_agent.core import events as ev
from padkit_agent.core.checking import TOO_LONG
from padkit_agent.core.flow import FlowRefused
from padkit_agent.core.phases import Phase
from padkit_contract.checks import DECLINED, OVER_LIMIT, CheckResult, Verdict
from padkit_contract.messages import How

from .world import World, iso

AWAY = (Verdict.UNAVAILABLE, "cip.down")

PLAN = World().plan
ELIGIBILITY = PLAN.asks(rules.ELIGIBILITY)  # of the card opening
CHECKS = rules.CHECKS & PLAN.needs


def checking(**changed: object) -> World:
    """A world whose policy waives no check."""
    world = World(**changed)
    world.waivers = {name: it for name, it in world.waivers.items() if name not in CHECKS}
    return world


def asked(world: World) -> list[tuple[str, ...]]:
    return [it.names for it in world.done if isinstance(it, do.RunChecks)]


def path(world: World) -> list[str]:
    return [line.split()[-1] for line in world.flow.history]


def test_the_citizen_is_checked_first_the_rest_once_the_person_is_known() -> None:
    world = checking()
    assert world.run().phase is Phase.CLOSED
    assert asked(world) == [("cip",), ELIGIBILITY]
    assert {it.type: it.how for it in world.flow.checks} == dict.fromkeys(CHECKS, How.CAPTURED)
    assert all("passed fine" in it.note for it in world.flow.checks)


def test_what_the_policy_waives_is_not_asked_for() -> None:
    world = checking()
    world.waivers |= dict.fromkeys(("cip", "geo"), "W-1@3")
    assert world.run().phase is Phase.CLOSED
    assert asked(world) == [tuple(name for name in ELIGIBILITY if name != "geo")]
    assert [it.type for it in world.flow.checks if it.how is How.WAIVED] == ["cip", "geo"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cip", "cip.name_mismatch"),
        ("cip", "cip.no_such_number"),
        ("fraud_list", DECLINED),
        ("account_count", OVER_LIMIT),
    ],
)
def test_a_no_ends_the_case_before_any_card_moves(name: str, code: str) -> None:
    world = checking(checks=[{name: (Verdict.FAILED, code)}] * 2)
    world.inputs["acct_class"] = "II"
    flow = world.run()
    assert (flow.phase, flow.note, world.box.feeds) == (Phase.REFUSED, code, 0)


def test_a_mark_goes_on_and_is_told_to_the_authoriser() -> None:
    world = checking(checks=[{"cip": (Verdict.MARKED, "cip.no_photo")}])
    assert world.run().phase is Phase.CLOSED
    assert world.flow.checks[0].note.startswith("marked cip.no_photo")


def test_as_many_accounts_as_there_may_be_leave_class_two() -> None:
    world = checking(checks=[{}, {"account_count": (Verdict.FAILED, OVER_LIMIT)}])
    decision = world.until("run_checks")
    world.flow = replace(world.flow, inputs={**world.flow.inputs, "acct_class": "I"})
    assert world.run(decision).phase is Phase.CLOSED
    assert world.flow.inputs["acct_class"] == "II"
    assert asked(world) == [("cip",), ELIGIBILITY, ELIGIBILITY]


def test_f04_without_network_all_else_goes_on_and_every_check_is_made_before_the_authoriser() -> None:
    world = checking(checks=[{"cip": AWAY}, None, {"cip": AWAY}])
    world.waivers.pop("authoriser")
    assert world.run().phase is Phase.CLOSED
    want = ["ID_COMPARED", "OFFLINE_HELD", "PERSON_OK", "CDD_DONE", "FORM_DONE", "SIGNED", "OFFLINE_HELD", "SIGNED"]
    assert path(world)[3 : 3 + len(want)] == want
    assert path(world)[3 + len(want)] == "AUTH_WAIT"
    assert asked(world) == [("cip",), *[("cip", *ELIGIBILITY)] * 3]
    assert world.flow.held == ""


def test_a_network_that_goes_after_the_citizen_check_holds_the_rest() -> None:
    world = checking(checks=[{}, None, {}])
    assert world.run().phase is Phase.CLOSED
    assert "ELIGIBLE" not in path(world)
    assert asked(world) == [("cip",), ELIGIBILITY, ("cip", *ELIGIBILITY)]


def test_nothing_moves_while_it_is_held() -> None:
    world = checking(checks=[None] * 20)
    decision = world.begin()
    while not (isinstance(decision.action, do.RunChecks) and decision.action.patient):
        decision = world.take(world.perform(decision.action))
    assert (decision.flow.phase, world.box.feeds, world.rounds) == (Phase.OFFLINE_HELD, 0, [])


def test_who_was_read_too_long_ago_shows_the_same_card_again() -> None:
    world = checking(checks=[None, None, None, {}])  # waits three times a quarter of an hour
    assert world.run().phase is Phase.CLOSED
    reads = [it for it in world.done if isinstance(it, do.ReadIdentity)]
    assert len(reads) == 2


def test_another_card_does_not_take_its_place() -> None:
    world = checking(checks=[None, None, None, {}], answers={"lay_card": ["again", "stop"]})
    world.faults["read_identity"] = [
        None,
        lambda world, _: ev.IdentityRead({"name": "ANOTHER"}, "SAM-1", "cd" * 32, world.now_s),
    ]
    flow = world.run()
    assert (flow.phase, flow.identity["name"]) == (Phase.CANCELLED, "TEST ONLY")


def test_held_for_longer_than_a_kit_may_be_offline_it_ends() -> None:
    world = checking(checks=[None] * 9, parameters={"pin_key_id": "30", "bank_name": "Bank", "offline_max_hours": 1})
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, TOO_LONG)


def test_a_held_flow_wakes_where_it_was() -> None:
    world = checking(checks=[None, None])
    decision = world.until("run_checks")
    while not decision.action.patient if isinstance(decision.action, do.RunChecks) else True:
        decision = world.take(world.perform(decision.action))
    world.now_s += 2 * 3600
    woken = world.take(ev.Woke(world.now_s))
    assert woken.action == decision.action
    assert world.run(woken).phase is Phase.CLOSED


def test_old_checks_are_made_again_before_an_authorisation_is_asked_for() -> None:
    world = checking()
    world.faults["waive"] = [None, None, None, lambda world, _: setattr(world, "now_s", world.now_s + 700)]
    assert world.run().phase is Phase.CLOSED
    assert asked(world)[2:] == [("cip", *ELIGIBILITY)]


def test_an_answer_to_another_question_is_no_answer() -> None:
    world = checking()
    world.until("run_checks")
    with pytest.raises(FlowRefused, match="asked for cip"):
        world.take(ev.Checked((CheckResult("geo", Verdict.PASSED, "fine", iso(world.now_s)),)))
