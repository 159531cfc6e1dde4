"""What the port promises, by the driver, before the simulator's sittings. Synthetic, all of it."""

from __future__ import annotations

import asyncio
import random

import cv2
import numpy as np
import pytest
from face_chair import NoWire, T, checker, recorded, steered

from padkit_liveness.driver import Faces
from padkit_sdk import AskAgain, DeviceFault, DriverContext, HiddenBytes, LinkLost, Refused
from padkit_sdk.ports import FaceStep, FaceStepKind, LayerState, Picture, Portrait

LOOK = (FaceStep(FaceStepKind.LOOK),)
SHORT = "look,turn_left,flash:#ff0000,flash:#00ff00"
ACT, FLASH = "look,turn_left", "look,flash:#ff0000,flash:#00ff00"


def gray(at_s=0.0):
    _, data = cv2.imencode(".jpg", np.full((480, 640, 3), 90, np.uint8))
    return Picture(HiddenBytes(data.tobytes()), "test", at_s)


async def test_a_living_person_who_follows_a_new_plan_is_live():
    async with checker() as faces:
        plan, verdict = await steered(faces, "genuine", 3)
    assert [(layer.layer, layer.state) for layer in verdict.layers if layer.state is not LayerState.PASSED] == [
        ("passive", LayerState.NOT_AVAILABLE)
    ]
    assert (verdict.live, verdict.replayed) == (True, False)
    assert len(plan.steps) >= 6
    assert verdict.best_frame.data.startswith(b"\xff\xd8")
    assert {use.name for layer in verdict.layers for use in layer.models} == {
        "face_detection_short_range",
        "face_landmark_468",
        "dlib_face_resnet_v1_fp16w",
    }


@pytest.mark.parametrize(
    ("kind", "steps", "by"),
    [
        ("genuine", SHORT, ()),
        ("print_close", ACT, ("challenge",)),
        ("swap", ACT, ("continuity",)),
        ("two_faces", ACT, ("head_in_frame",)),
        ("virtual_camera", FLASH, ("flash", "camera")),
        ("frozen", ACT, ("camera",)),
        ("wrong_challenge", ACT, ("challenge",)),
    ],
)
async def test_each_kind_of_sitting_is_held_by_its_layers(kind, steps, by):
    async with checker() as faces:
        verdict = await recorded(faces, kind, 21, steps)
    assert verdict.live == (kind == "genuine")
    assert verdict.replayed
    assert {layer.layer for layer in verdict.layers if layer.state is LayerState.FAILED} >= set(by)


async def test_a_sitting_has_its_name_and_its_end():
    async with checker() as faces:
        first = await faces.begin(timeout_s=T)
        second = await faces.begin(timeout_s=T)
        assert first.session != second.session
        with pytest.raises(Refused, match="begin one") as caught:
            await faces.frame(first.session, gray(), timeout_s=T)
        assert caught.value.reason == "face.session"
        verdict = await faces.finish(second.session, timeout_s=T)
        assert (verdict.live, verdict.frames, verdict.best_frame.data) == (False, 0, b"")
        with pytest.raises(Refused) as caught:
            await faces.finish(second.session, timeout_s=T)
        assert caught.value.reason == "face.session"


async def test_a_hostile_frame_is_refused_and_the_sitting_goes_on():
    async with checker() as faces:
        plan = await faces.begin(steps=LOOK, timeout_s=T)
        for number, data in enumerate((b"", b"no picture", b"\xff\xd8\xff" + bytes(200), gray().data.data[:-300])):
            with pytest.raises(Refused) as caught:
                await faces.frame(plan.session, Picture(HiddenBytes(data), "test", float(number)), timeout_s=T)
            assert caught.value.reason.startswith("picture.")
        view = await faces.frame(plan.session, gray(9.0), timeout_s=T)
        assert (view.step, view.hint, view.box) == (0, "face.none", ())


async def test_a_frame_that_is_not_later_is_refused():
    async with checker() as faces:
        plan = await faces.begin(steps=LOOK, timeout_s=T)
        await faces.frame(plan.session, gray(5.0), timeout_s=T)
        for at_s in (5.0, 4.0, 5.01):
            with pytest.raises(Refused) as caught:
                await faces.frame(plan.session, gray(at_s), timeout_s=T)
            assert caught.value.reason == "face.time"


async def test_what_is_not_done_in_time_is_a_fault_that_says_so():
    async with checker() as faces:
        plan = await faces.begin(steps=LOOK, timeout_s=T)
        with pytest.raises(DeviceFault) as caught:
            await faces.frame(plan.session, gray(), timeout_s=0.0)
        assert caught.value.fault == "vision.time"


async def test_a_plan_that_nobody_could_follow_is_refused():
    async with checker() as faces:
        with pytest.raises(Refused) as caught:
            await faces.begin(steps=(FaceStep(FaceStepKind.NOD),), timeout_s=T)
        assert caught.value.reason == "face.steps"


async def test_an_embedder_that_the_site_did_not_bring_is_missing(tmp_path):
    settings = {"embedder": "face_recognition_sface_2021dec", "site_models": str(tmp_path)}
    async with checker(settings) as faces:
        with pytest.raises(Refused) as caught:
            await faces.begin(timeout_s=T)
        assert caught.value.reason == "model.missing"
        assert not (await faces.self_test(timeout_s=T)).passed


async def test_it_says_who_it_is_and_tests_its_models():
    async with checker() as faces:
        assert (await faces.identify(timeout_s=T)).model == "faces"
        test = await faces.self_test(timeout_s=T)
    assert test.passed
    assert [check.name for check in test.checks] == [
        "model.face_detection_short_range",
        "model.face_landmark_468",
        "model.dlib_face_resnet_v1_fp16w",
        "models.passive",
    ]


async def test_what_waits_for_a_thread_when_it_is_closed_hears_that_it_is_closed():
    async with checker() as faces:
        await faces.begin(timeout_s=T)
        calls = [faces.compare(gray(), gray(), portrait=Portrait.CHIP, timeout_s=T) for _ in range(60)]
        asked = [asyncio.create_task(it) for it in calls]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        await faces.close()
        heard = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(it) for it in heard} == {AskAgain, LinkLost}


async def test_closing_lets_the_link_go():
    link = NoWire()
    faces = Faces(link, DriverContext("faces", lambda: 0.0, lambda event: None), random.Random(1))
    await faces.close()
    assert link.closed
