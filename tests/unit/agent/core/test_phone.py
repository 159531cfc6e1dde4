"""The code on the customer's telephone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.authorise import mended
from padkit_agent.core.checking import CHECKS
from padkit_agent.core.phases import Phase
from padkit_contract.messages import EvidenceItem, How, Outcome

from .world import World, iso

WRONG = ev.CodeJudged(False, 2, "")
SPENT = ev.CodeJudged(False, 0, "")
TOO_SOON = ev.Answered(Outcome.INVALID, "phone.too_soon", "phone.too_soon: a code is on its way")


def telephoned(**changed: object) -> World:
    world = World(**changed)
    world.waivers.pop("otp_phone")
    return world


def sent(world: World) -> int:
    return sum(isinstance(it, do.SendCode) for it in world.done)


def test_the_right_code_is_evidence_and_nothing_of_it_is_written_down() -> None:
    world = telephoned()
    assert world.run().phase is Phase.CLOSED
    (line,) = [it for it in world.flow.evidence if it.type == "otp_phone"]
    assert (line.how, line.note.split()[0], sent(world)) == (How.CAPTURED, "confirmed", 1)


def test_a_wrong_code_is_typed_again_and_after_three_another_one_is_wanted() -> None:
    world = telephoned(judged=[WRONG, SPENT])
    assert world.run().phase is Phase.CLOSED
    asked = [it.what for it in world.done if isinstance(it, do.AskPerson) and it.what.startswith("phone")]
    assert asked == ["phone_code", "phone_code", "phone_code_again", "phone_code"]
    assert sent(world) == 2


def test_who_does_not_get_one_stops_before_any_card_moved() -> None:
    world = telephoned(answers={"phone_code": ["stop"]})
    flow = world.run()
    assert (flow.phase, world.box.feeds) == (Phase.CANCELLED, 0)


@pytest.mark.parametrize("event", [ev.Silent("nobody"), TOO_SOON])
def test_one_that_cannot_be_sent_now_is_sent_later(event: ev.AnyEvent) -> None:
    world = telephoned()
    world.faults["send_code"] = [lambda *_: event]
    assert world.run().phase is Phase.CLOSED
    assert sent(world) == 2


@pytest.mark.parametrize("event", [ev.Silent("nobody"), ev.CodeLost()])
def test_what_was_typed_is_typed_again_when_nobody_judged_it(event: ev.AnyEvent) -> None:
    world = telephoned(judged=[event])
    assert world.run().phase is Phase.CLOSED
    assert sent(world) == 1


def test_a_held_flow_asks_for_the_code_when_the_network_is_back() -> None:
    world = telephoned(checks=[None, None])
    world.waivers = {name: it for name, it in world.waivers.items() if name not in CHECKS}
    assert world.run().phase is Phase.CLOSED
    kinds = [type(it) for it in world.done if isinstance(it, do.RunChecks | do.SendCode | do.StageCard)]
    assert kinds == [do.RunChecks, do.RunChecks, do.RunChecks, do.SendCode, do.StageCard]


def test_a_code_that_was_shown_long_before_is_shown_again() -> None:
    world = telephoned(
        checks=[{}, {}, None, None, None, None, {}]
    )  # the network goes before the authoriser, for an hour
    world.waivers = {name: it for name, it in world.waivers.items() if name not in CHECKS}
    world.faults["waive"] = [None, None, None, lambda world, _: setattr(world, "now_s", world.now_s + 700)]
    assert world.run().phase is Phase.CLOSED
    assert sent(world) == 2
    assert len([it for it in world.flow.evidence if it.type == "otp_phone"]) == 1


def test_another_telephone_needs_another_code() -> None:
    world = telephoned()
    flow = world.run()
    shown = EvidenceItem("phone_match", How.CAPTURED, note=f"passed {iso(world.now_s)}")
    flow = replace(flow, parts=("phone",), checks=(*flow.checks, shown))
    same = mended(flow, ev.PersonSaid("mend", "mended", fields={"phone": flow.inputs["phone"]}))
    other = mended(flow, ev.PersonSaid("mend", "mended", fields={"phone": "13911111111"}))
    assert (same.evidence, same.checks) == (flow.evidence, flow.checks)
    assert not [it for it in (*other.evidence, *other.checks) if it.type in ("otp_phone", "phone_match")]
