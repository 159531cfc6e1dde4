"""The hand on camera and face checker: steps are told, frames given until the plan is done, a verdict becomes an event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from padkit_agent.core import events as ev
from padkit_agent.core.actions import CheckFace
from padkit_agent.core.flow import Flow
from padkit_agent.core.phases import Phase
from padkit_agent.flows.facehand import check_face
from padkit_agent.flows.keeping import Caught
from padkit_agent.flows.run import Run
from padkit_contract.crypto import sm3
from padkit_contract.messages import Model, Result
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import (
    FaceMatch,
    FacePlan,
    FaceStep,
    FaceStepKind,
    FaceVerdict,
    FrameView,
    LayerResult,
    LayerState,
    ModelUse,
    Picture,
    Portrait,
)
from padkit_sdk.secrets import HiddenBytes

from .devices import FakeBox, FakeDevices, FakeReader
from .kit import QuickTime

MESH = ModelUse("mesh", "ab" * 32, "ort 1")
STEPS = (FaceStep(FaceStepKind.LOOK), FaceStep(FaceStepKind.TURN_LEFT), FaceStep(FaceStepKind.FLASH, "#ff0000"))
MUST = ("head_in_frame", "challenge", "continuity", "camera")
LAYERS = tuple(LayerResult(name, LayerState.PASSED, 0.9, 0.5, 0.2, models=(MESH,)) for name in MUST)
LIVE = FaceVerdict(True, 0.9, 0.5, "rule 1", LAYERS, HiddenBytes(b"best"), 9, False)
PRINTED = LayerResult("flash", LayerState.FAILED, 0.1, 0.5, 0.0, ("flash.flat",))
LATE = LayerResult("challenge", LayerState.FAILED, 0.1, 0.5, 0.0, ("challenge.order",))


class FakeCamera:
    def __init__(self, time: QuickTime) -> None:
        self.time = time
        self.woes: list[Exception] = []

    async def take(self, view: Any, *, timeout_s: float) -> Picture:
        if self.woes:
            raise self.woes.pop(0)
        return Picture(HiddenBytes(b"frame"), "camera.face", self.time.now_s)


class FakeChecker:
    """A step is done after two frames."""

    def __init__(self) -> None:
        self.woes: dict[str, list[Exception]] = {}
        self.verdict = LIVE
        self.match = FaceMatch(0.8, 0.6, 0.3, Portrait.CHIP, (MESH,))
        self.frames = 0
        self.hint = ""
        self.each = 2

    def _call(self, name: str) -> None:
        if woes := self.woes.get(name):
            raise woes.pop(0)

    async def begin(self, *, steps: Any = (), timeout_s: float) -> FacePlan:
        assert steps == ()
        self._call("begin")
        return FacePlan("sitting", STEPS, 10.0)

    async def frame(self, session: str, picture: Picture, *, timeout_s: float) -> FrameView:
        self._call("frame")
        self.frames += 1
        return FrameView(min(self.frames // self.each, len(STEPS)), self.hint, ())

    async def finish(self, session: str, *, timeout_s: float) -> FaceVerdict:
        self._call("finish")
        return self.verdict

    async def compare(self, face: Picture, other: Picture, *, portrait: Portrait, timeout_s: float) -> FaceMatch:
        assert (face.data.data, other.data.data, portrait) == (b"best", b"chip", Portrait.CHIP)
        self._call("compare")
        return self.match


class Scene:
    def __init__(self) -> None:
        self.time = QuickTime()
        self.camera, self.checker = FakeCamera(self.time), FakeChecker()
        self.devices = FakeDevices(FakeBox([]), FakeReader([]))
        self.devices._devices |= {"camera": self.camera, "liveness": self.checker}
        self.run = Run(Flow("F1", "ACC-01", "S1", "R1", 3, {}), None)
        self.hints: list[str] = []
        self.caught: list[Caught] = []

    async def check(self) -> ev.AnyEvent:
        return await check_face(self.devices, self.run, self.time.clock, self.hints.append, self.caught)


@pytest.fixture
async def scene() -> Scene:
    return Scene()  # a run has an answer to wait for, and that needs a loop


async def test_each_step_is_told_and_the_verdict_is_told_without_a_face(scene: Scene) -> None:
    event = await scene.check()
    assert scene.hints == ["face.step 1/3 look", "face.step 2/3 turn_left", "face.step 3/3 flash #ff0000"]
    layers = ", ".join(f"{name} passed 0.90/0.50" for name in MUST)
    note = f"rule 1, score 0.900 of 0.500, 9 frames; {layers}; mesh@{'ab' * 6} (ort 1)"
    result = Result(True, "liveness", "rule 1", (Model("mesh", "ab" * 32, "ort 1"),), 0.9, 0.5)
    assert event == ev.FaceChecked(live=True, signs=(), digest=sm3(b"best").hex(), note=note, result=result)
    assert scene.devices.holders == {}
    assert scene.caught == [Caught("face_live", "camera", LIVE.best_frame)]


async def test_what_the_person_can_mend_is_told_once_and_frames_go_on(scene: Scene) -> None:
    scene.checker.hint = "face.closer"
    scene.camera.woes = [AskAgain("camera.no_picture"), AskAgain("camera.no_picture")]
    scene.checker.woes["frame"] = [DeviceFault("vision.time"), Refused("face.time"), Refused("picture.broken")]
    event = await scene.check()
    assert isinstance(event, ev.FaceChecked)
    assert scene.hints[:3] == ["face.step 1/3 look", "camera.no_picture", "vision.time"]
    assert scene.hints.count("face.closer") == 3  # once a step


async def test_who_does_nothing_is_judged_after_the_plans_time(scene: Scene) -> None:
    scene.checker.each = 10_000
    begun_s = scene.time.now_s
    await scene.check()
    assert scene.time.now_s - begun_s >= sum(step.timeout_s for step in STEPS)
    assert scene.hints == ["face.step 1/3 look"]


async def test_too_many_frames_end_the_sitting_with_its_verdict(scene: Scene) -> None:
    scene.checker.woes["frame"] = [Refused("face.frames")]
    assert isinstance(await scene.check(), ev.FaceChecked)
    assert scene.checker.frames == 0


async def test_a_layer_that_failed_is_a_sign_but_a_challenge_done_wrong_is_none(scene: Scene) -> None:
    scene.checker.verdict = replace(LIVE, live=False, layers=(PRINTED, LATE))
    event = await scene.check()
    assert isinstance(event, ev.FaceChecked)
    assert (event.live, event.signs) == (False, ("flash.flat",))


async def test_a_replayed_verdict_proves_nobody_alive(scene: Scene) -> None:
    scene.checker.verdict = replace(LIVE, replayed=True)
    scene.run.portrait = HiddenBytes(b"chip")
    event = await scene.check()
    assert isinstance(event, ev.FaceChecked)
    assert (event.live, event.signs, event.likeness) == (False, ("face.replayed",), None)


@pytest.mark.parametrize(("score", "alike"), [(0.8, True), (0.5, False)])
async def test_a_living_face_is_compared_with_the_chips_photo(scene: Scene, score: float, *, alike: bool) -> None:
    scene.run.portrait = HiddenBytes(b"chip")
    scene.checker.match = FaceMatch(score, 0.6, 0.3, Portrait.CHIP, (MESH,), ("portrait.small",))
    event = await scene.check()
    assert isinstance(event, ev.FaceChecked)
    told = f"score {score:.3f} of 0.600, portrait.small; mesh@{'ab' * 6} (ort 1)"
    result = Result(alike, "liveness", "chip", (Model("mesh", "ab" * 32, "ort 1"),), score, 0.6)
    assert event.likeness == ev.Likeness(alike, told, result)


async def test_a_face_that_cannot_be_told_from_another_needs_another_sitting(scene: Scene) -> None:
    scene.run.portrait = HiddenBytes(b"chip")
    scene.checker.woes["compare"] = [AskAgain("face.many")]
    assert await scene.check() == ev.TryAgain("face.many")


async def test_a_photo_that_cannot_be_compared_says_why(scene: Scene) -> None:
    scene.run.portrait = HiddenBytes(b"chip")
    scene.checker.woes["compare"] = [Refused("portrait.none")]
    event = await scene.check()
    assert isinstance(event, ev.FaceChecked)
    assert event.likeness is None
    assert (event.uncompared, event.note.endswith("not compared: portrait.none")) == ("portrait.none", True)


@pytest.mark.parametrize(
    "change",
    [
        {"score": 0.4},
        {"score": float("nan")},
        {"threshold": 0.0},
        {"layers": (*LAYERS, PRINTED)},
        {"layers": LAYERS[1:]},
        {"best_frame": HiddenBytes(b"")},
    ],
)
async def test_a_verdict_that_contradicts_itself_proves_nobody_alive(scene: Scene, change: Any) -> None:
    scene.checker.verdict = replace(LIVE, **change)
    scene.run.portrait = HiddenBytes(b"chip")
    event = await scene.check()
    assert isinstance(event, ev.FaceChecked)
    assert (event.live, event.signs, event.likeness) == (False, ("face.verdict",), None)
    assert msgspec.json.decode(msgspec.json.encode(event), type=ev.FaceChecked) == event


async def test_a_photo_that_is_wanted_and_not_in_memory_is_said_before_anybody_sits(scene: Scene) -> None:
    scene.run.flow = Flow("F1", "ACC-01", "S1", "R1", 3, {}, photo=True)
    assert await scene.check() == ev.PhotoLost()
    assert scene.checker.frames == 0


async def test_the_photo_is_dropped_when_its_sitting_is_decided(scene: Scene) -> None:
    scene.run.portrait = HiddenBytes(b"chip")
    wanted = Flow("F1", "ACC-01", "S1", "R1", 3, {}, photo=True)
    scene.run.go_on(wanted, CheckFace())
    assert scene.run.portrait.data == b"chip"
    for decided in (msgspec.structs.replace(wanted, photo=False), msgspec.structs.replace(wanted, phase=Phase.REFUSED)):
        scene.run.portrait = HiddenBytes(b"chip")
        scene.run.go_on(decided, None)
        assert scene.run.portrait.data == b""


@pytest.mark.parametrize("woe", [LinkLost("gone"), BadFrame("noise"), OutcomeUnknown("?"), Refused("model.missing")])
@pytest.mark.parametrize("call", ["begin", "frame", "finish"])
async def test_a_checker_that_is_not_there_is_named(scene: Scene, call: str, woe: Exception) -> None:
    scene.checker.woes[call] = [woe]
    assert await scene.check() == ev.DeviceAway("liveness", str(woe))


async def test_a_camera_that_is_not_there_is_named(scene: Scene) -> None:
    scene.camera.woes = [LinkLost("gone")]
    assert await scene.check() == ev.DeviceAway("camera", "gone")


async def test_a_sitting_that_cannot_begin_is_tried_again(scene: Scene) -> None:
    scene.checker.woes["begin"] = [DeviceFault("vision.memory")]
    assert await scene.check() == ev.TryAgain("vision.memory")
