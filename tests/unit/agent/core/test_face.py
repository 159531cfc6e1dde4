"""The person is looked at: F05 of the card-opening reference, the alternative of two people, and nothing passes by itself."""

from __future__ import annotations

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.flow import FACES, FlowRefused
from padkit_agent.core.phases import Phase
from padkit_contract.messages import How

from . import faults as f
from .world import World

PRINT = ev.FaceChecked(live=False, signs=("passive.print",), digest="ee" * 32, note="rule 1")
STILL = ev.FaceChecked(live=False, signs=(), digest="", note="rule 1")
ALIKE, UNLIKE = (
    ev.FaceChecked(live=True, signs=(), digest="ef" * 32, note="rule 1", likeness=ev.Likeness(alike, "score"))
    for alike in (True, False)
)


def looking(**more) -> World:
    return World(able=(FACES,), **more)


def items(world: World, name: str) -> list[tuple[How, str]]:
    return [(it.how, it.note) for it in world.flow.evidence if it.type == name]


def asked(world: World) -> list[str]:
    return [it.what for it in world.done if isinstance(it, do.AskPerson) and it.what.startswith("face")]


def test_a_living_person_passes_and_what_is_not_compared_is_waived() -> None:
    world = looking()
    assert world.run().phase is Phase.CLOSED
    assert items(world, "face_live") == [(How.CAPTURED, "live; rule 1")]
    assert [how for how, _ in items(world, "face_match_chip")] == [How.WAIVED]
    assert [how for how, _ in items(world, "face_match_online")] == [How.WAIVED]


def test_without_a_waiver_what_is_not_compared_is_refused() -> None:
    world = looking()
    del world.waivers["face_match_chip"]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "waiver.missing: face_match_chip")


def test_a_face_like_the_chips_photo_needs_no_waiver() -> None:
    world = looking(face=ALIKE)
    del world.waivers["face_match_chip"]
    assert world.run().phase is Phase.CLOSED
    assert items(world, "face_match_chip") == [(How.CAPTURED, "alike; score")]


def test_f05_a_print_is_a_risk_in_the_evidence_and_refused_after_three_sittings() -> None:
    world = looking(face=PRINT, answers={"face_alternative": ["stop"]})
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "face.not_live: passive.print")
    assert asked(world) == ["face_failed", "face_failed", "face_alternative"]
    assert items(world, "face_live") == [(How.CAPTURED, "not live; risk: passive.print; rule 1")] * 3
    assert world.box.feeds == 0


@pytest.mark.parametrize(("shown", "note"), [(STILL, "face.not_live"), (UNLIKE, "face.unlike"), (PRINT, None)])
def test_a_person_may_stop_at_once(shown: ev.FaceChecked, note: str | None) -> None:
    world = looking(face=shown, answers={"face_failed": ["stop"]})
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, note or "face.not_live: passive.print")


def test_another_sitting_that_passes_goes_on() -> None:
    world = looking()
    world.faults["check_face"] = [f.says(STILL), f.says(ev.TryAgain("camera.no_picture"))]
    assert world.run().phase is Phase.CLOSED
    assert [note.partition(";")[0] for _, note in items(world, "face_live")] == ["not live", "live"]


def test_who_was_unlike_the_photo_once_does_not_pass_where_nothing_is_compared() -> None:
    world = looking(answers={"face_failed": ["again", "stop"]})
    world.faults["check_face"] = [f.says(UNLIKE)]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "face.unlike")
    assert [how for how, _ in items(world, "face_match_chip")] == [How.CAPTURED]
    world = looking(face=ALIKE)
    world.faults["check_face"] = [f.says(UNLIKE)]
    assert world.run().phase is Phase.CLOSED


def test_the_alternative_needs_two_people_and_is_written_down_as_such() -> None:
    world = looking(face=UNLIKE, answers={"face_failed": ["alternative"]})
    assert world.run().phase is Phase.CLOSED
    told = "A + B looked, after 1: face.unlike"
    assert items(world, "face_live")[-1] == (How.ALTERNATIVE, told)
    assert items(world, "face_match_chip") == [(How.CAPTURED, "unlike; score"), (How.ALTERNATIVE, told)]
    world = looking(face=STILL, answers={"face_failed": ["alternative"]}, by=("A", "A"))
    with pytest.raises(FlowRefused, match="face_alternative"):
        world.run()


@pytest.mark.parametrize("device", ["camera", "liveness"])
def test_a_device_that_is_away_is_waited_for_and_given_up_in_the_end(device: str) -> None:
    away = f.says(ev.DeviceAway(device, "gone"))
    world = looking()
    world.faults["check_face"] = [away]
    assert world.run().phase is Phase.CLOSED
    world = looking()
    world.faults["check_face"] = [away] * 5
    assert world.run().phase is Phase.CANCELLED


def test_a_restart_holds_another_sitting_and_forgets_no_failure() -> None:
    world = looking(face=PRINT, answers={"face_failed": ["again"]})
    decision = world.until("ask", "face_failed")
    decision = world.take(world.perform(decision.action))
    assert world.take(ev.Woke(world.now_s)).action == do.CheckFace()
    assert world.flow.unproven == 1


def test_a_power_cut_before_the_sitting_forgets_no_photo_the_card_is_read_again() -> None:
    world = looking(photo=True, face=ALIKE)
    world.until("check_face")
    assert world.flow.photo
    assert world.run(world.take(ev.Woke(world.now_s))).phase is Phase.CLOSED
    assert [type(it) for it in world.done if isinstance(it, do.ReadIdentity | do.CheckFace)] == [
        *(do.ReadIdentity, do.CheckFace, do.ReadIdentity, do.CheckFace)
    ]
    assert [how for how, _ in items(world, "face_match_chip")] == [How.CAPTURED]
    assert not world.flow.photo


def test_after_a_power_cut_another_card_does_not_stand_in_for_the_first() -> None:
    world = looking(photo=True, face=ALIKE, answers={"lay_card": ["stop"]})
    world.until("check_face")
    world.faults["read_identity"] = [f.says(ev.IdentityRead({}, "SAM-1", "99" * 32, 0.0, photo=True))]
    flow = world.run(world.take(ev.Woke(world.now_s)))
    assert (flow.phase, flow.identity) == (Phase.CANCELLED, {"name": "TEST ONLY"})
    assert items(world, "face_match_chip") == []


def test_a_photo_that_does_not_come_again_is_no_waiver_s_business() -> None:
    world = looking(photo=True, answers={"face_failed": ["stop"]})
    world.until("check_face")
    world.photo = False
    flow = world.run(world.take(ev.Woke(world.now_s)))
    assert (flow.phase, flow.note) == (Phase.REFUSED, "face.not_compared: idcard.photo_lost")


def uncompared(why: str) -> ev.FaceChecked:
    return ev.FaceChecked(live=True, signs=(), digest="ef" * 32, note="rule 1", uncompared=why)


def test_a_changed_model_is_never_waived() -> None:
    flow = looking(photo=True, face=uncompared("model.changed")).run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "face.not_compared: model.changed")


def test_a_missing_model_is_waived_by_policy_alone_and_the_evidence_says_so() -> None:
    world = looking(photo=True, face=uncompared("model.missing"))
    assert world.run().phase is Phase.CLOSED
    assert items(world, "face_match_chip") == [(How.WAIVED, "face.not_compared: model.missing")]
    assert [note for _, note in items(world, "face_match_online")] == [""]
    world = looking(photo=True, face=uncompared("model.missing"))
    del world.waivers["face_match_chip"]
    assert world.run().note == "waiver.missing: face_match_chip"


def test_a_photo_without_a_face_needs_the_alternative() -> None:
    world = looking(photo=True, face=uncompared("portrait.none"), answers={"face_failed": ["alternative"]})
    assert world.run().phase is Phase.CLOSED
    assert items(world, "face_match_chip") == [
        (How.ALTERNATIVE, "A + B looked, after 1: face.not_compared: portrait.none")
    ]
