"""The authorisation step: asked for once a round, waited for, mended when it comes back, held to before P0 and P1."""

from __future__ import annotations

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.flow import Flow
from padkit_agent.core.phases import Phase
from padkit_agent.core.request import authorisation, bound, business
from padkit_contract.authorise import AuthAnswer, AuthState, Ticket, bound_digest
from padkit_contract.messages import How, Outcome

from .world import TICKET_S, World, decided, iso, tag_of

S = AuthState
PLAN = World().plan


def asking(*answers: AuthState | None, **changed: object) -> World:
    world = World(authoriser=[*answers], **changed)  # type: ignore[arg-type]
    del world.waivers["authoriser"]
    return world


def actions(world: World) -> list[str]:
    return [tag_of(it) for it in world.done]


def types(flow: Flow) -> list[str]:
    return [it.type for it in flow.evidence]


def test_an_approved_case_is_opened_with_its_ticket() -> None:
    world = asking()
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    assert [it.split(" ")[1] for it in flow.history][9:12] == ["SIGNED", "AUTH_WAIT", "AUTHORISED"]
    (line,) = [it for it in flow.evidence if it.type == "authoriser"]
    assert (line.how, line.note) == (How.CAPTURED, "ticket T1 by ann")
    assert business(flow, PLAN, made_at="").ticket == "T1"
    assert world.rounds == [1]


def test_where_the_authoriser_is_waived_nobody_is_asked() -> None:
    world = World()
    assert world.run().ticket is None
    assert not {"authorise", "await_authoriser"} & set(actions(world))


def test_without_a_fingerprint_of_the_manager_or_its_waiver_nothing_is_sent() -> None:
    world = asking()
    del world.waivers["fp_manager"]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "waiver.missing: fp_manager")
    assert world.rounds == []


def test_what_comes_back_is_mended_signed_again_and_asked_for_again() -> None:
    world = asking(S.RETURNED)
    decision = world.until("ask", "mend")
    assert world.flow.phase is Phase.FORM_DONE
    assert world.flow.note == "auth.returned: phone, sign_form: vague"
    assert not {"sign_form", "fp_manager"} & set(types(world.flow))
    said = ev.PersonSaid("mend", "mended", ("A",), {"phone": "13911111111", "open_purpose": "other"})
    flow = world.run(world.take(said))
    assert decision.action is not None
    assert flow.phase is Phase.CLOSED
    assert flow.inputs["phone"] == "13911111111"
    assert flow.inputs["open_purpose"] == "farming"  # was not returned
    assert world.rounds == [1, 2]
    assert types(flow).count("sign_form") == types(flow).count("fp_manager") == 1


@pytest.mark.parametrize(
    ("state", "phase", "note"),
    [
        (S.REFUSED, Phase.REFUSED, "auth.refused: vague"),
        (S.EXPIRED, Phase.CANCELLED, "auth.expired: vague"),
        (S.WITHDRAWN, Phase.CANCELLED, "auth.withdrawn: vague"),
    ],
)
def test_a_no_ends_the_flow_before_a_card_moves(state: AuthState, phase: Phase, note: str) -> None:
    world = asking(state)
    flow = world.run()
    assert (flow.phase, flow.note) == (phase, note)
    assert "stage_card" not in actions(world)


def test_after_the_timeout_the_manager_waits_on_or_withdraws() -> None:
    world = asking(None, None)
    assert world.run().phase is Phase.CLOSED
    assert actions(world).count("await_authoriser") == 2
    assert world.rounds == [1]

    world = asking(None, answers={"auth_wait": ["withdraw"]})
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "auth.withdrawn")


def test_the_time_to_wait_is_the_policys() -> None:
    world = asking()
    world.parameters["auth_timeout_seconds"] = 7
    assert world.until("authorise").action == do.Authorise(1, 7.0)


def test_a_restart_asks_the_centre_and_sends_nothing_again() -> None:
    world = asking()
    world.until("authorise")
    assert world.take(ev.Woke(world.now_s)).action == do.AwaitAuthoriser(1, 300.0)
    assert world.run(world.take(ev.Woke(world.now_s))).phase is Phase.CLOSED
    assert world.rounds == [1]


def test_a_restart_after_the_identity_session_ends_it() -> None:
    world = asking()
    world.until("authorise")
    world.now_s += 3600
    decision = world.take(ev.Woke(world.now_s))
    assert decision.flow.phase is Phase.CANCELLED


def test_a_request_that_the_centre_will_not_have_ends_with_its_word() -> None:
    world = asking()
    world.until("authorise")
    flow = world.take(ev.Answered(Outcome.INVALID, "auth.holder", "name one")).flow
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "auth.invalid: auth.holder name one")


def test_a_ticket_for_something_else_does_not_count() -> None:
    world = asking()
    world.until("authorise")
    other = ev.Decided(AuthAnswer(S.APPROVED, Ticket("T1", "00" * 32, iso(world.now_s + 60)), ("ann",)))
    flow = world.take(other).flow
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "ticket.bound")


def test_a_ticket_that_is_over_feeds_no_card() -> None:
    world = asking()
    world.until("look_at_box")
    world.now_s += TICKET_S
    flow = world.run(world.take(ev.BoxSeen(world.box.look())))
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "ticket.expired")
    assert "stage_card" not in actions(world)


def test_a_ticket_that_is_over_when_the_customer_confirms_captures_the_card() -> None:
    world = asking()
    world.until("ask", "confirm")
    world.now_s += TICKET_S
    flow = world.run(world.take(ev.PersonSaid("confirm", "yes", ("A",))))
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "ticket.expired")
    assert world.attempts == []


def test_the_request_names_who_took_part_and_is_bound_as_what_is_sent_later() -> None:
    world = asking()
    world.answers["lay_card"] = ["again"]
    world.faults["read_identity"] = [lambda _world, _action: ev.TryAgain("x")] * 3
    world.until("authorise")
    asked = authorisation(world.flow, PLAN, made_at="")
    assert asked.people == ("A", "B")
    assert asked.bound == bound(world.flow, PLAN)
    flow = world.run(world.take(decided(S.APPROVED, world.flow, world.now_s, PLAN)))
    sent = business(flow, PLAN, made_at="")
    assert bound_digest("ACC-01", "S1", sent.fields, (*sent.evidence, *sent.checks)) == asked.bound
