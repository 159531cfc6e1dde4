"""The agent dies at every step of a flow: F23 to F25, generated from the paths themselves.

At each step the action had not begun, was done, or was done half; the box kept its power, lost it, or lost its counter too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.checking import CHECKS
from padkit_agent.core.compare import Comparison, Verdict
from padkit_agent.core.flow import NEEDED, SIGNATURES
from padkit_agent.core.phases import ENDS, Phase
from padkit_contract.authorise import AuthState
from padkit_contract.messages import CardState

from . import faults as f
from .world import World, tag_of

ABLE = tuple(NEEDED)
POWERS = ("kept", "lost", "reset")


def main_path() -> World:
    return World()


def not_taken() -> World:
    return World(takes=False)


def unknown() -> World:
    world = World()
    world.faults["submit"] = [f.lost_request]
    return world


def mute_first() -> World:
    world = World()
    world.faults["stage_card"] = [f.mute_card]
    return world


def refused_by_the_customer() -> World:
    return World(answers={"confirm": ["no"]})


def seeing() -> World:
    return World(able=ABLE)


def photographed() -> World:
    likeness = ev.Likeness(alike=True, note="score")
    face = ev.FaceChecked(live=True, signs=(), digest="ef" * 32, note="rule 1", likeness=likeness)
    return World(able=ABLE, photo=True, face=face)


def differing() -> World:
    return World(able=ABLE, printed={"id_back": (Comparison("valid_to", Verdict.DIFFERENT, "text", (4,)),)})


def authorised() -> World:
    world = World(authoriser=[AuthState.RETURNED, None])
    del world.waivers["authoriser"]
    return world


def signing() -> World:
    world = World(able=(SIGNATURES,), authoriser=[AuthState.RETURNED], answers={"sign_failed": ["again"]})
    del world.waivers["authoriser"]
    world.faults["sign_document"] = [lambda _world, _action: ev.TryAgain("signature.timeout")]
    return world


def held() -> World:
    """The network goes before the online check, and comes back when all else is done."""
    world = World(checks=[None, None])
    world.waivers = {name: it for name, it in world.waivers.items() if name not in CHECKS}
    return world


def telephoned() -> World:
    world = World()
    world.waivers.pop("otp_phone")
    return world


def changing_a_pin() -> World:
    world = World(business="ACC-08", able=tuple(NEEDED))
    world.waivers = {}
    return world


def sealed() -> World:
    world = World()
    world.waivers.pop("voucher_seal")
    return world


PATHS: tuple[Callable[[], World], ...] = (
    main_path,
    not_taken,
    unknown,
    mute_first,
    refused_by_the_customer,
    seeing,
    photographed,
    differing,
    authorised,
    signing,
    held,
    telephoned,
    changing_a_pin,
    sealed,
)


def half(world: World, action: do.AnyAction, power: str) -> ev.AnyEvent:
    """The action is under way when the agent dies: a request reaches the bank late, a motion stops on its way."""
    box = world.box
    match action:
        case do.Submit():
            f.slow_request(world, action)
        case do.Reverse():
            f.slow_request(world, action)
        case do.StageCard():
            box.stage()
            box.jammed = False
        case do.MoveCard() if box.card is not None:
            box.at_gate = False
        case do.AwaitTaken() if box.at_gate:
            box.take()
        case _:
            world.do(action)
    if power != "kept":
        box.lose_power(forget_counter=power == "reset")
    return ev.Woke(world.now_s)


@cache
def length(path: Callable[[], World]) -> int:
    world = path()
    world.run()
    return len(world.done)


def crashed(path: Callable[[], World], steps: dict[int, tuple[str, str]]) -> World:
    """Run `path`; at each step of `steps` the agent dies as told (how, the box's power)."""
    world = path()
    decision = world.begin()
    step = 0
    while decision.action is not None:
        how, power = steps.get(step, ("", "kept"))
        if how == "half":
            event = half(world, decision.action, power)
            world.check_gate()
        elif how:
            event = f.restart(done=how == "done", power=power)(world, decision.action)
        else:
            event = world.perform(decision.action)
        decision = world.take(event)
        step += 1
        assert step < 400
    world.check_end()
    return world


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_a_restart_at_every_step_ends_in_one_truth_or_in_a_case(path: Callable[[], World]) -> None:
    for step in range(length(path)):
        for how in ("not", "done", "half"):
            for power in POWERS:
                world = crashed(path, {step: (how, power)})
                assert world.flow.phase in ENDS, (step, how, power)


@pytest.mark.parametrize("path", [main_path, not_taken, unknown, differing, authorised], ids=lambda path: path.__name__)
def test_two_restarts_in_a_row_end_in_one_truth_too(path: Callable[[], World]) -> None:
    for step in range(length(path)):
        for how in ("not", "done", "half"):
            for after in (1, 2, 3):
                for second in ("not", "done"):
                    world = crashed(path, {step: (how, "lost"), step + after: (second, "lost")})
                    assert world.flow.phase in ENDS, (step, how, after, second)


@pytest.mark.parametrize("takes", [True, False])
def test_a_power_loss_is_remembered_when_the_agent_dies_while_it_makes_the_box_ready(*, takes: bool) -> None:
    """Made ready, the box does not say any more that it lost power, and a counter at zero looks as it was before."""

    def path() -> World:
        world = World(takes=takes)
        world.box.counter = 0
        return world

    for step in range(length(path)):
        for how in ("not", "done", "half"):
            for after in (1, 2):
                world = crashed(path, {step: (how, "reset"), step + after: ("done", "kept")})
                assert world.flow.phase in ENDS, (step, how, after)


@pytest.mark.parametrize("how", ["not", "done"])
def test_a_restart_alone_costs_no_case_on_the_main_path(how: str) -> None:
    """With the box's power kept, nothing is unclear: no step of the main path may end in a case."""
    for step in range(length(main_path)):
        world = crashed(main_path, {step: (how, "kept")})
        asked = [it for it in world.done if isinstance(it, do.AskPerson) and it.people]
        assert world.flow.phase is Phase.CLOSED, (step, how, world.flow.note)
        assert all(it.what == "taken_unclear" for it in asked)


def test_a_restart_before_the_bank_was_asked_captures_the_card_and_takes_the_next() -> None:
    for question in ("pin", "confirm"):
        world = World()
        world.until("ask", question)
        assert world.run(world.take(ev.Woke(world.now_s))).phase is Phase.CLOSED
        assert world.states["000001"] is CardState.CAPTURED
        assert world.states["000002"] is CardState.HANDED_OVER


def test_a_restart_never_sends_a_request_again() -> None:
    world = World()
    decision = world.until("submit")
    decision = world.take(f.restart(done=True)(world, decision.action))  # type: ignore[arg-type]  # an action is pending
    assert decision.action == do.Inquire("S1", 1, fence=False)
    assert decision.flow.phase is Phase.CORE_UNKNOWN


def test_f24_after_a_restart_the_box_is_asked_before_the_card_moves() -> None:
    world = World()
    decision = world.until("submit")
    decision = world.take(f.restart(done=True, power="lost")(world, decision.action))  # type: ignore[arg-type]
    decision = world.take(world.perform(decision.action))  # type: ignore[arg-type]
    assert decision.action == do.LookAtBox("woke")
    assert world.run(decision).phase is Phase.CLOSED


def test_f24_a_card_that_is_not_trusted_any_more_gets_no_second_attempt() -> None:
    """Not executed, and the agent had died: the card goes to the bin, the next one gets the next attempt."""
    world = World()
    decision = world.until("submit")
    assert world.run(world.take(f.restart(done=False)(world, decision.action))).phase is Phase.CLOSED  # type: ignore[arg-type]
    assert world.states["000001"] is CardState.CAPTURED
    assert world.bank.executed == [("S1", 2, world.slip.cards[1].card_no)]


def test_f23_a_counter_that_forgot_does_not_make_a_captured_card_a_missing_one() -> None:
    """The look that saw the card inside proves what the counter was without it."""
    world = World()
    world.faults["reserve"] = [f.restart(done=True, power="reset")]
    assert world.run().phase is Phase.CLOSED
    assert world.states["000001"] is CardState.CAPTURED


def test_f24_power_lost_at_the_gate_asks_two_people_when_the_card_is_gone() -> None:
    world = World()
    world.faults["await_taken"] = [f.restart(done=True, power="lost")]
    assert world.run().phase is Phase.CLOSED
    assert any(it.note == "taken, say A + B" for it in world.flow.evidence)


def test_f22_a_restart_does_not_answer_for_the_two_people() -> None:
    world = World()
    world.faults["await_taken"] = [f.restart(done=True, power="lost")]
    decision = world.until("ask", "taken_unclear")
    assert world.take(ev.Woke(world.now_s)).action == decision.action


def test_f25_after_the_hand_over_the_business_is_finished() -> None:
    world = World()
    world.until("upload")
    assert world.take(ev.Woke(world.now_s)).action == do.Upload()


def test_a_restart_after_the_identity_session_ends_the_flow() -> None:
    world = World()
    world.until("waive")
    decision = world.until("look_at_box")
    world.now_s += 31 * 60
    assert decision.flow.phase is Phase.AUTHORISED
    assert world.take(ev.Woke(world.now_s)).flow.phase is Phase.CANCELLED


def test_a_restart_long_after_the_card_was_staged_captures_it_and_feeds_no_other() -> None:
    world = World()
    world.until("ask", "pin")
    world.now_s += 31 * 60
    assert world.run(world.take(ev.Woke(world.now_s))).phase is Phase.CANCELLED
    assert world.box.feeds == 1


def test_every_action_of_the_paths_was_interrupted() -> None:
    tags = {tag_of(action) for path in PATHS for action in _done(path)}
    assert tags == {tag_of(kind) for kind in do.AnyAction.__args__} - {"wait_device"}


def _done(path: Callable[[], World]) -> list[do.AnyAction]:
    world = path()
    world.run()
    return world.done
