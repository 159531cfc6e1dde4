"""What a face checker promises: a sitting has one life, nobody is no person, hostile pictures are refused, nothing is kept."""

from __future__ import annotations

import asyncio
import sys

import pytest

from padkit_sdk.conformance import pictures
from padkit_sdk.conformance.bench import MEET_S, Bench
from padkit_sdk.conformance.promise import promise
from padkit_sdk.conformance.test_document_reader import holders, told
from padkit_sdk.errors import AskAgain, DeviceFault, Refused
from padkit_sdk.ports import FacePlan, FaceStep, FaceStepKind, LayerState, Picture, Portrait

PORT = "face_checker"
CALL_S = 60.0  # models are loaded at the first call, on a machine that does other things too
SITTINGS = 12
STEPS = (FaceStep(FaceStepKind.LOOK), FaceStep(FaceStepKind.TURN_LEFT), FaceStep(FaceStepKind.FLASH, "#ff0000"))
SESSION = "face.session"
TRUE = (AskAgain, Refused, DeviceFault)


@promise(PORT)
async def test_each_sitting_has_a_plan_of_its_own(bench: Bench) -> None:
    """`begin` gives a new session each time, a plan that can be followed, and not always the same one."""
    plans = [await _begin(bench) for _ in range(SITTINGS)]
    bench.expect("different sessions", SITTINGS, len({plan.session for plan in plans}))
    bench.expect_that(len({plan.steps for plan in plans}) > 1, "plans that differ", "always the same")
    for step in (step for plan in plans for step in plan.steps):
        bench.expect("colour of a step that flashes, else none", step.kind is FaceStepKind.FLASH, bool(step.colour))
        bench.expect_that(step.timeout_s > 0, "time for each step", step.timeout_s)
    bench.expect_that(
        all(plan.steps and 0 < plan.frames_per_s <= 30 for plan in plans), "steps and a frame rate", plans
    )


@promise(PORT)
async def test_a_recordings_steps_are_taken_and_its_verdict_says_so(bench: Bench) -> None:
    """`begin` takes the steps of a recording; the verdict then says that it was replayed, and else that it was not."""
    bench.step("begin with steps")
    plan = await bench.faces.begin(steps=STEPS, timeout_s=CALL_S)
    bench.expect("steps", STEPS, plan.steps)
    verdict = await bench.faces.finish(plan.session, timeout_s=CALL_S)
    bench.expect_that(verdict.replayed, "a verdict that says it was replayed", "another")
    plan = await _begin(bench)
    verdict = await bench.faces.finish(plan.session, timeout_s=CALL_S)
    bench.expect_that(not verdict.replayed, "a verdict that was not replayed", "one that was")


@promise(PORT)
async def test_steps_that_nobody_could_follow_are_refused(bench: Bench) -> None:
    """`begin` refuses a flash without a colour as face.steps."""
    bench.step("begin with a flash of no colour")
    asking = bench.faces.begin(steps=(FaceStep(FaceStepKind.FLASH, ""),), timeout_s=CALL_S)
    await bench.expect_error(Refused, "face.steps", asking)


@promise(PORT)
async def test_nobody_is_no_living_person(bench: Bench) -> None:
    """Frames without a face are hinted as face.none and move no step on; the verdict is not live, absent layers add nothing."""
    plan = await _begin(bench)
    for count in range(3):
        bench.step(f"frame {count} without a face")
        view = await bench.faces.frame(plan.session, _frame(count), timeout_s=CALL_S)
        bench.expect("step, hint, box", (0, "face.none", ()), (view.step, view.hint, view.box))
    bench.step("finish")
    verdict = await bench.faces.finish(plan.session, timeout_s=CALL_S)
    bench.expect_that(not verdict.live, "not live", "live")
    bench.expect_that(bool(verdict.rule and verdict.layers), "a rule and its layers", verdict.layers)
    added = [it.layer for it in verdict.layers if it.state is LayerState.NOT_AVAILABLE and it.contribution > 0]
    bench.expect("layers that were not available and count", [], added)


@promise(PORT)
async def test_a_sitting_ends_once(bench: Bench) -> None:
    """After `finish`, after a new `begin`, and of an unknown session, `frame` and `finish` are refused as face.session."""
    over = await _begin(bench)
    await bench.faces.finish(over.session, timeout_s=CALL_S)
    old = await _begin(bench)
    new = await _begin(bench)
    for what, session in (("finished", over.session), ("replaced", old.session), ("unknown", "nobody")):
        bench.step(f"frame and finish of a session that is {what}")
        await bench.expect_error(Refused, SESSION, bench.faces.frame(session, _frame(0), timeout_s=CALL_S))
        await bench.expect_error(Refused, SESSION, bench.faces.finish(session, timeout_s=CALL_S))
    bench.step("finish of the new session")
    await bench.faces.finish(new.session, timeout_s=CALL_S)


@promise(PORT)
async def test_time_only_goes_on(bench: Bench) -> None:
    """A frame that is not later than the one before is refused as face.time, and the sitting goes on."""
    plan = await _begin(bench)
    await bench.faces.frame(plan.session, _frame(1), timeout_s=CALL_S)
    for at_s in (1, 0):
        bench.step("frame that is not later")
        await bench.expect_error(Refused, "face.time", bench.faces.frame(plan.session, _frame(at_s), timeout_s=CALL_S))
    bench.step("frame that is later")
    await bench.faces.frame(plan.session, _frame(2), timeout_s=CALL_S)


@promise(PORT)
@pytest.mark.parametrize("wrong", pictures.WRONG)
async def test_what_is_no_picture_is_refused_by_name(bench: Bench, wrong: str) -> None:
    """What is no picture, or too large a one, is refused as picture.* by `frame` and `compare`, showing none of it."""
    draw, reason = pictures.WRONG[wrong]
    data = draw()
    plan = await _begin(bench)
    bench.step(f"frame: {wrong}")
    error = await bench.outcome(bench.faces.frame(plan.session, pictures.picture(data, 1.0), timeout_s=CALL_S), *TRUE)
    bench.expect("refusal", f"Refused {reason}", told(error))
    bench.expect_that(pictures.MARK not in str(error), "a message without the content", "its content")
    bench.step(f"compare: {wrong}")
    asking = bench.faces.compare(pictures.picture(data), _frame(0), portrait=Portrait.CHIP, timeout_s=CALL_S)
    await bench.expect_error(Refused, reason, asking)
    bench.step("the next good frame")
    await bench.faces.frame(plan.session, _frame(2), timeout_s=CALL_S)


@promise(PORT)
async def test_nobody_is_compared_with_nobody(bench: Bench) -> None:
    """`compare` without a face in the picture asks again as face.none."""
    bench.step("compare two plain pictures")
    asking = bench.faces.compare(_frame(0), _frame(0), portrait=Portrait.PRINT, timeout_s=CALL_S)
    await bench.expect_error(AskAgain, "face.none", asking)


@promise(PORT)
async def test_a_cancelled_frame_leaves_the_sitting_usable(bench: Bench) -> None:
    """A cancelled `frame` or `compare` leaves the checker usable."""
    plan = await _begin(bench)
    bench.step("cancel a frame")
    looking = asyncio.ensure_future(bench.faces.frame(plan.session, _frame(1), timeout_s=CALL_S))
    await asyncio.wait([looking], timeout=MEET_S)
    looking.cancel()
    await asyncio.wait([looking])
    bench.step("frame after a cancel")
    await bench.faces.frame(plan.session, _frame(2), timeout_s=CALL_S)
    await bench.faces.finish(plan.session, timeout_s=CALL_S)


@promise(PORT)
async def test_no_picture_is_kept(bench: Bench) -> None:
    """After `finish` and `compare` the driver holds no picture of them, and no event tells of one."""
    one, two = _frame(1), _frame(2)
    before = [sys.getrefcount(it.data) for it in (one, two)]
    plan = await _begin(bench)
    bench.step("a sitting and a comparison, then look who still holds the pictures")
    await bench.faces.frame(plan.session, one, timeout_s=CALL_S)
    await bench.faces.finish(plan.session, timeout_s=CALL_S)
    await bench.outcome(bench.faces.compare(two, two, portrait=Portrait.CHIP, timeout_s=CALL_S), *TRUE)
    for it, count in zip((one, two), before, strict=True):
        bench.expect("holders of the picture beside the test", 0, await holders(bench, it.data, count))
    bench.expect("events", [], [event.name for event in bench.events])


async def _begin(bench: Bench) -> FacePlan:
    bench.step("begin")
    return await bench.faces.begin(timeout_s=CALL_S)


def _frame(at_s: float) -> Picture:
    return pictures.picture(pictures.plain(), float(at_s))
