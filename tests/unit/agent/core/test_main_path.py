from __future__ import annotations

from padkit_agent.core import actions as do
from padkit_agent.core.events import Answered
from padkit_agent.core.phases import Phase
from padkit_contract.messages import CardState, How, Outcome

from .world import World, tag_of

PHASES = (
    "STARTED CONSENTED ID_READ ID_COMPARED ID_CHECKED PERSON_OK ELIGIBLE CDD_DONE FORM_DONE SIGNED AUTH_WAIT AUTHORISED "
    "CARD_STAGED CARD_BOUND PIN_SET CORE_SENT CORE_OK CARD_PRESENTED CARD_TAKEN CONFIRMED RECEIPTED UPLOADED CLOSED"
)
ACTS = "read_identity look_at_box stage_card read_chip reserve ask ask submit move_card await_taken upload"


def test_a_card_is_opened_from_consent_to_closed() -> None:
    world = World()
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    assert " ".join(line.split(" ")[1] for line in flow.history) == PHASES


def test_the_card_is_known_before_the_pin_and_the_account_before_the_gate() -> None:
    world = World()
    world.run()
    assert " ".join(tag_of(it) for it in world.done if not isinstance(it, do.Waive)) == ACTS


def test_the_ledger_follows_the_card() -> None:
    world = World()
    world.run()
    assert world.states["000001"] is CardState.HANDED_OVER
    assert world.states["000002"] is CardState.LOADED
    assert world.box.feeds == 1


def test_every_step_without_a_device_is_waived_by_name_in_the_evidence() -> None:
    flow = World().run()
    waived = {it.type for it in (*flow.evidence, *flow.checks) if it.how is How.WAIVED}
    assert {"consent_pi", "face_live", "sign_form", "authoriser", "pin_new", "card_in_hand", "voucher_seal"} <= waived
    assert {it.type for it in flow.checks} >= {"cip", "account_count", "fraud_list"}
    assert all(it.waiver == "W-1@3" for it in (*flow.evidence, *flow.checks) if it.how is How.WAIVED)
    assert {it.type for it in flow.evidence if it.how is How.CAPTURED} == {"id_chip", "card_read", "card_dispense"}


def test_without_a_waiver_a_step_is_refused_and_named() -> None:
    world = World()
    del world.waivers["face_live"]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "waiver.missing: face_live")
    assert world.box.feeds == 0


def test_a_waiver_that_ends_while_its_step_is_done_is_not_used() -> None:
    world = World()
    decision = world.begin()
    del world.waivers["consent_pi"]
    world.run(decision)
    assert (world.flow.phase, world.flow.evidence) == (Phase.REFUSED, ())


def test_the_reversal_decision_needs_the_authorisers_waiver_too() -> None:
    world = World(takes=False)
    decision = world.until("ask", "not_taken")
    del world.waivers["authoriser"]
    flow = world.run(decision)
    assert (flow.phase, flow.note) == (Phase.CASE_OPEN, "waiver.missing: authoriser (reversal)")


def test_a_package_that_central_does_not_take_becomes_a_case() -> None:
    world = World()
    world.faults["upload"] = [lambda _w, _a: Answered(Outcome.INVALID, "package.form")]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.case == "package: package.form"
