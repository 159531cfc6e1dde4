"""What goes wrong in the model world, one function a mishap, each usable once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_contract.messages import Outcome

from .box import ModelCard
from .world import Fault, World

__all__ = ["Fault", "ModelCard"]


def says(event: ev.AnyEvent) -> Fault:
    """The action ends in `event` and changes nothing."""
    return lambda _world, _action: event


def after(event: ev.AnyEvent) -> Fault:
    """The action is done, and `event` is all that is heard of it."""

    def fault(world: World, action: do.AnyAction) -> ev.AnyEvent:
        world.do(action)
        return event

    return fault


def restart(*, done: bool, power: str = "kept") -> Fault:
    """The agent dies: before the action reached anything, or after it was done. `power` is the box's: kept, lost, reset."""

    def fault(world: World, action: do.AnyAction) -> ev.AnyEvent:
        if done:
            world.do(action)
        if power != "kept":
            world.box.lose_power(forget_counter=power == "reset")
        return ev.Woke(world.now_s)

    return fault


def jam(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    """The card sticks; `prepare` frees it."""
    return ev.BoxFault("box.jam", world.box.seen())


def jam_in_feed(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    world.box.stage()
    return ev.BoxFault("box.jam", world.box.seen())


def lasting_jam(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    world.box.jammed = True
    return ev.BoxFault("box.jam", world.box.seen())


def lasting_jam_in_feed(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    world.box.stage()
    world.box.jammed = True
    return ev.BoxFault("box.jam", None)


def double_feed(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    """Two cards travel as one; the later lies on the contacts. Both end in the bin."""
    box = world.box
    box.stage()
    assert box.card is not None
    box.bin.append(box.card)
    box.card = box.hopper.pop(0)
    return ev.Moved(box.seen())


def pair_behind(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    """The later card stops behind the first and is pushed into the bin, and counted, by the next capture."""
    event = world.box.stage()
    world.faults["move_card"] = [_push_both]
    return event


def _push_both(world: World, action: do.AnyAction) -> ev.AnyEvent:
    box = world.box
    box.capture()
    box.bin.append(box.hopper.pop(0))
    assert box.counter is not None
    box.counter += 1
    return ev.Doubtful("the counter rose by two")


def eject_early(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    """The card does not stop inside: it stands at the mouth."""
    world.box.stage()
    world.box.at_gate = world.excused_gate = True
    return ev.BoxFault("box.reader_unreachable", world.box.seen())


def ejected_and_gone(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    """The card ran out of the mouth and somebody has it; the box says that all is well."""
    box = world.box
    box.stage()
    box.at_gate = True
    box.take()
    return ev.Moved(box.seen())


def foreign_card(world: World, action: do.AnyAction) -> ev.AnyEvent | None:
    world.box.hopper[0].chip = "9999110000000001"
    return None


def mute_card(world: World, action: do.AnyAction) -> ev.AnyEvent | None:
    world.box.hopper[0].mute = True
    return None


def lost_reply(world: World, action: do.AnyAction) -> ev.AnyEvent:
    """Executed, and the answer is lost."""
    world.do(action)
    return ev.Silent("no answer in time")


def lost_request(world: World, action: do.AnyAction) -> ev.AnyEvent:
    return ev.Silent("no answer in time")


def slow_request(world: World, action: do.AnyAction) -> ev.AnyEvent:
    """The request is under way and arrives before the first question about it."""
    world.late.append(_request(world, action))
    return ev.Silent("no answer in time")


def stray_request(world: World, action: do.AnyAction) -> ev.AnyEvent:
    """The request arrives when everything is over."""
    world.stray.append(_request(world, action))
    return ev.Silent("no answer in time")


def _request(world: World, action: do.AnyAction) -> Callable[[], object]:
    if isinstance(action, do.Reverse):
        return lambda: world.bank.reverse(action.serial, action.attempt, world.flow.serial)
    assert isinstance(action, do.Submit)
    if world.flow.card is None:
        return partial(world.bank.carry_out, world.flow.serial, action.attempt)
    return partial(world.bank.open_account, world.flow.serial, action.attempt, world.flow.card.card_no)


def core_says(outcome: Outcome, code: str) -> Fault:
    def fault(world: World, action: do.AnyAction) -> ev.AnyEvent:
        assert isinstance(action, do.Submit)
        return world.bank.refuse("S1", action.attempt, outcome, code)

    return fault


def retract_fails(world: World, _action: do.AnyAction) -> ev.AnyEvent:
    return ev.BoxFault("box.retract_failed", world.box.seen())


def unclear_gate(world: World, action: do.AnyAction) -> ev.AnyEvent:
    """The customer takes the card while the gate's sensors flap."""
    world.do(action)
    return ev.TakenUnclear("the gate's sensors do not settle")


def blind_counter(world: World, action: do.AnyAction) -> ev.AnyEvent | None:
    world.box.counter = None
    return None
