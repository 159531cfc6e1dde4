"""F14: the PIN at the kit's own keypad, for the staged card."""

from __future__ import annotations

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.flow import PINS
from padkit_agent.core.phases import Phase
from padkit_contract.messages import CardState, How

from . import faults as f
from .world import Fault, World, tag_of


def keypad(**more: object) -> World:
    return World(able=(PINS,), **more)  # type: ignore[arg-type]


def woe(event: ev.AnyEvent) -> Fault:
    return lambda _world, _action: event


def entries(world: World) -> int:
    return sum(isinstance(it, do.EnterPin) for it in world.done)


def captured(world: World) -> bool:
    return world.states["000001"] is CardState.CAPTURED


def test_a_kit_with_a_keypad_asks_nobody_for_a_block_and_needs_no_waiver() -> None:
    world = keypad()
    del world.waivers["pin_new"]
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    assert [it for it in world.done if isinstance(it, do.EnterPin)] == [do.EnterPin("30", 6)]
    assert not [it for it in world.done if isinstance(it, do.AskPerson) and it.what == "pin"]
    assert [(it.type, it.how) for it in flow.evidence if it.type == "pin_new"] == [("pin_new", How.CAPTURED)]
    assert (flow.inputs["pin_key_id"], flow.inputs["pin_format"]) == ("30", "iso_0")


def test_without_a_key_in_the_policy_the_block_is_asked_for_under_its_waiver() -> None:
    world = keypad(parameters={})
    assert world.run().phase is Phase.CLOSED
    assert not entries(world)


def test_how_long_a_pin_is_comes_from_the_policy() -> None:
    world = keypad(parameters={"pin_key_id": "31", "pin_length": 4})
    world.run()
    assert do.EnterPin("31", 4) in world.done


@pytest.mark.parametrize("hint", ["pin.mismatch", "pin.timeout"])
def test_f14_both_entries_again_three_times_then_the_card_is_captured(hint: str) -> None:
    world = keypad()
    world.faults["enter_pin"] = [woe(ev.TryAgain(hint))] * 2
    assert world.run().phase is Phase.CLOSED

    world = keypad()
    world.faults["enter_pin"] = [woe(ev.TryAgain(hint))] * 3
    flow = world.run()
    assert (flow.phase, flow.note, entries(world)) == (Phase.CANCELLED, f"pin.failed: {hint}", 3)
    assert captured(world)


def test_f14_the_policy_says_how_often() -> None:
    world = keypad(parameters={"pin_key_id": "30", "pin_mismatch_max": 1})
    world.faults["enter_pin"] = [woe(ev.TryAgain("pin.mismatch"))]
    assert (world.run().phase, entries(world)) == (Phase.CANCELLED, 1)


def test_cancel_at_the_keypad_is_the_customers_cancel() -> None:
    world = keypad()
    world.faults["enter_pin"] = [woe(ev.TryAgain("pin.cancelled"))]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "customer.cancel")
    assert captured(world)


@pytest.mark.parametrize("fault", ["pin.tamper", "pin.plain_keys", "pin.no_key"])
def test_a_keypad_that_cannot_be_trusted_is_not_tried_again(fault: str) -> None:
    world = keypad()
    world.faults["enter_pin"] = [woe(ev.TryAgain(fault))]
    flow = world.run()
    assert (flow.phase, flow.note, entries(world)) == (Phase.CANCELLED, f"pin.failed: {fault}", 1)


def test_a_keypad_that_fell_off_is_waited_for_once() -> None:
    gone = woe(ev.DeviceAway("pin", "unplugged"))
    world = keypad()
    world.faults["enter_pin"] = [gone]
    assert world.run().phase is Phase.CLOSED
    assert do.WaitDevice("pin", 60.0) in world.done

    world = keypad()
    world.faults["enter_pin"] = [gone, gone]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "pin.failed: unplugged")

    world = keypad()
    world.faults["enter_pin"], world.faults["wait_device"] = [gone], [woe(ev.DeviceAway("pin", "absent"))]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "pin.failed: absent")
    assert captured(world)


@pytest.mark.parametrize("done", [True, False])
def test_no_block_outlives_a_restart(done: bool) -> None:
    world = keypad()
    world.faults["enter_pin"] = [f.restart(done=done)]
    assert world.run().phase is Phase.CLOSED
    assert captured(world)
    assert entries(world) == 2
    vouchers = [it.voucher for it in world.done if isinstance(it, do.Reserve)]
    assert vouchers == ["000001", "000002"]


def test_a_refusal_that_executed_nothing_asks_for_a_new_pin_at_the_keypad() -> None:
    world = keypad()
    world.faults["submit"] = [f.lost_request]
    assert world.run().phase is Phase.CLOSED
    assert entries(world) == len(world.attempts) == 2
    assert tag_of(world.done[-1]) == "upload"
