"""The toy's driver: a picture is a JSON text with its answer in it."""

from __future__ import annotations

import json
import os

from padkit_sdk import AskAgain, DeviceFault, Refused
from padkit_sdk.ports import (
    Check,
    DeviceIdentity,
    DocumentField,
    DocumentReading,
    DocumentSide,
    FaceMatch,
    FacePlan,
    FaceVerdict,
    FieldState,
    FrameView,
    LayerResult,
    LayerState,
    ModelUse,
    SelfTest,
)
from padkit_sdk.secrets import HiddenBytes, HiddenText

MODEL = ModelUse("toy", "ab" * 32, "toy 1")


class ToyEyes:
    def __init__(self, link, settings):
        self.link = link
        self.gate = settings["gate"]
        self.last = {}
        self.frames = 0

    async def identify(self, *, timeout_s):
        return DeviceIdentity("toy", "", "1")

    async def self_test(self, *, timeout_s):
        return SelfTest((Check("toy.there", True, "yes"),))

    async def close(self):
        await self.link.close()

    async def read(self, picture, *, expected=None, timeout_s):
        told = json.loads(picture.data.data)
        if told.get("dies"):
            os._exit(9)
        if "fault" in told:
            raise DeviceFault(told["fault"])
        if "bug" in told:
            raise ZeroDivisionError(told["bug"])
        if "ask" in told and self.gate:
            raise AskAgain(told["ask"])
        fields = [
            DocumentField(name, HiddenText(text), 0.9, (), FieldState(state))
            for name, (text, state) in told["fields"].items()
        ]
        side = DocumentSide(told.get("side", "id_front"))
        return DocumentReading(side, tuple(fields), (), 0, "windows", {}, (MODEL,))

    async def begin(self, *, steps=(), timeout_s):
        self.frames = 0
        return FacePlan("one", tuple(steps), 10.0)

    async def frame(self, session, picture, *, timeout_s):
        told = json.loads(picture.data.data)
        if "refuse" in told:
            raise Refused(told["refuse"])
        self.last = told
        self.frames += 1
        return FrameView(0, "", ())

    async def finish(self, session, *, timeout_s):
        if "fault" in self.last:
            raise DeviceFault(self.last["fault"])
        layers = [
            LayerResult(name, LayerState(state), 0.5, 0.5, 0.0, (f"{name}.said",), (MODEL,))
            for name, state in self.last.get("layers", {}).items()
        ]
        score, live = self.last["score"], self.last.get("live", self.last["score"] >= 0.5)
        return FaceVerdict(live, score, 0.5, "toy 1", tuple(layers), HiddenBytes(b""), self.frames, True)

    async def compare(self, face, portrait_picture, *, portrait, timeout_s):
        told = json.loads(face.data.data)
        if "ask" in told:
            raise AskAgain(told["ask"])
        return FaceMatch(told["score"], 0.6, 1 - told["score"], portrait, (MODEL,))
