"""The new card in the customer's hand: its digits are compared after the hand-over, or the policy waives that."""

from __future__ import annotations

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.in_hand import COMPARE, IN_HAND
from padkit_agent.core.phases import Phase
from padkit_contract.messages import CardState, EvidenceItem, How

from .world import World


def compared(*said: str) -> World:
    """A world whose policy does not waive it."""
    world = World(answers={COMPARE.what: [*said]})
    del world.waivers[IN_HAND]
    return world


def lines(world: World) -> list[EvidenceItem]:
    return [it for it in world.flow.evidence if it.type == IN_HAND]


def test_the_customer_compares_the_digits_before_the_receipt_is_made() -> None:
    world = compared("same")
    decision = world.until("ask", COMPARE.what)
    assert (decision.flow.phase, world.states["000001"]) == (Phase.CARD_TAKEN, CardState.HANDED_OVER)
    assert world.run(decision).phase is Phase.CLOSED
    assert [(it.how, it.note) for it in lines(world)] == [(How.CAPTURED, "last four digits: same, say A + B")]


def test_another_card_in_hand_is_a_case_that_stops_the_box_and_takes_nothing_back() -> None:
    world = compared("differs")
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.case, world.stop_box) == ("in_hand.differs", True)
    assert world.states["000001"] is CardState.HANDED_OVER
    assert not [it for it in world.done if isinstance(it, do.Reverse)]
    assert [it.note for it in lines(world)] == ["last four digits: differs, say A + B"]


def test_after_a_restart_it_is_asked_again() -> None:
    world = compared("same")
    world.until("ask", COMPARE.what)
    again = world.take(ev.Woke(world.now_s))
    assert again.action == COMPARE
    assert world.run(again).phase is Phase.CLOSED


def test_under_a_waiver_nobody_is_asked_and_the_evidence_names_it() -> None:
    world = World()
    assert world.run().phase is Phase.CLOSED
    assert COMPARE not in world.done
    assert [it.waiver for it in lines(world)] == ["W-1@3"]
