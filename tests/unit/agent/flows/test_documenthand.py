"""The hand on camera and document reader: hints while a person can help, an event for everything else, texts nowhere."""

from __future__ import annotations

import msgspec
import pytest

from padkit_agent.core import events as ev
from padkit_agent.core.compare import Comparison, Verdict
from padkit_agent.core.flow import Flow
from padkit_agent.flows.documenthand import SHOW_S, read_document
from padkit_agent.flows.keeping import Caught
from padkit_agent.flows.run import MAX_FRAME, NOTHING, Run
from padkit_contract.crypto import sm3
from padkit_contract.messages import Field, Model, Result
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import (
    CameraView,
    DocumentField,
    DocumentReading,
    DocumentSide,
    FieldState,
    ModelUse,
    Picture,
)
from padkit_sdk.secrets import HiddenBytes, HiddenText

from .devices import FakeBox, FakeDevices, FakeReader
from .kit import QuickTime

FRONT = DocumentSide.ID_FRONT
NUMBER = "11010519491231002X"
PICTURE = Picture(HiddenBytes(b"\xff\xd8\xff"), "camera.document", 1.0)


class FakeCamera:
    def __init__(self) -> None:
        self.woes: list[Exception] = []

    async def take(self, view: CameraView, *, timeout_s: float) -> Picture:
        assert view is CameraView.DOCUMENT
        if self.woes:
            raise self.woes.pop(0)
        return PICTURE


class FakeOcr:
    def __init__(self) -> None:
        self.woes: list[Exception] = []
        self.number = NUMBER
        self.side: DocumentSide | None = None  # None: the one that is expected

    async def read(self, picture: Picture, *, expected: DocumentSide | None, timeout_s: float) -> DocumentReading:
        if self.woes:
            raise self.woes.pop(0)
        field = DocumentField("number", HiddenText(self.number), 0.98, (), FieldState.CHECKED, "check_digit")
        assert expected is not None
        side = self.side or expected
        return DocumentReading(side, (field,), (), 0, "windows", {}, (ModelUse("rec", "ab" * 32, "ort 1"),))


class Scene:
    def __init__(self) -> None:
        self.camera, self.ocr, self.time = FakeCamera(), FakeOcr(), QuickTime()
        self.devices = FakeDevices(FakeBox([]), FakeReader([]))
        self.devices._devices |= {"camera": self.camera, "ocr": self.ocr}
        self.hints: list[str] = []
        self.caught: list[Caught] = []

    async def read(self) -> ev.AnyEvent:
        self.run = Run(Flow("F1", "ACC-01", "S1", "R1", 3, {}, identity={"cert_no": NUMBER}), None)
        return await read_document(self.devices, self.run, FRONT, self.time.clock, self.hints.append, self.caught)


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_a_side_is_compared_and_its_picture_named_by_digest(scene: Scene) -> None:
    event = await scene.read()
    compared = (Comparison("number", Verdict.SAME, state=FieldState.CHECKED),)
    digest = sm3(PICTURE.data.data).hex()
    found = Field("number", "checked", "same")
    result = Result(True, "ocr", "windows", (Model("rec", "ab" * 32, "ort 1"),), fields=(found,))
    assert event == ev.DocumentRead("id_front", compared, digest, f"windows, rec@{'ab' * 6} (ort 1)", result)
    assert scene.devices.holders == {}
    assert scene.caught == [Caught("id_ocr_front", "camera", PICTURE.data)]
    assert scene.run.frame == PICTURE.data


async def test_only_a_picture_of_a_sensible_size_is_seen_on_the_page_and_none_when_the_next_step_begins() -> None:
    run = Run(Flow("F1", "ACC-01", "S1", "R1", 3, {}), None)
    for strange in (b"", b"GIF89a", b"\xff\xd8\xff" + bytes(MAX_FRAME)):
        run.see(HiddenBytes(strange))
        assert run.frame == NOTHING
    run.see(PICTURE.data)
    assert "\\xff" not in repr(run)
    run.go_on(run.flow, None)
    assert run.frame == NOTHING


async def test_what_differs_is_named_by_place_and_nothing_of_it_is_in_the_event(scene: Scene) -> None:
    scene.ocr.number = "11010519491213002X"
    event = await scene.read()
    assert isinstance(event, ev.DocumentRead)
    assert event.compared == (Comparison("number", Verdict.DIFFERENT, "text", (13, 14), FieldState.CHECKED),)
    assert event.result is not None
    assert (event.result.passed, event.result.fields) == (False, (Field("number", "checked", "different", "text"),))
    raw = msgspec.json.encode(event)
    assert b"11010519" not in raw


async def test_pictures_are_taken_until_one_can_be_read_and_each_new_hint_is_told_once(scene: Scene) -> None:
    wrong, dark = AskAgain("document.wrong_side"), AskAgain("document.dark")
    scene.ocr.woes = [wrong, wrong, dark, Refused("picture.broken"), DeviceFault("vision.time")]
    scene.camera.woes = [AskAgain("camera.no_picture")]
    assert isinstance(await scene.read(), ev.DocumentRead)
    assert scene.hints == [
        "camera.no_picture",
        "document.wrong_side",
        "document.dark",
        "picture.broken",
        "vision.time",
    ]


async def test_after_its_time_the_last_hint_is_what_came_of_it(scene: Scene) -> None:
    scene.ocr.woes = [AskAgain("document.not_found")] * 200
    begun_s = scene.time.now_s
    assert await scene.read() == ev.TryAgain("document.not_found")
    assert scene.time.now_s - begun_s >= SHOW_S
    assert scene.hints == ["document.not_found"]


@pytest.mark.parametrize("side", [DocumentSide.ID_BACK, DocumentSide.FOREIGNER_FRONT])
async def test_a_reader_that_gives_another_side_has_compared_nothing(scene: Scene, side: DocumentSide) -> None:
    scene.ocr.side = side
    assert await scene.read() == ev.TryAgain("document.wrong_side")


@pytest.mark.parametrize("woe", [LinkLost("gone"), BadFrame("noise"), OutcomeUnknown("?"), Refused("model.missing")])
@pytest.mark.parametrize("device", ["camera", "ocr"])
async def test_a_device_that_is_not_there_is_named(scene: Scene, device: str, woe: Exception) -> None:
    getattr(scene, device).woes = [woe]
    assert await scene.read() == ev.DeviceAway(device, str(woe))


@pytest.mark.parametrize("device", ["camera", "ocr"])
async def test_a_device_that_somebody_holds_is_named(scene: Scene, device: str) -> None:
    scene.devices.holders[device] = "another flow"
    event = await scene.read()
    assert isinstance(event, ev.DeviceAway)
    assert event.device == device
