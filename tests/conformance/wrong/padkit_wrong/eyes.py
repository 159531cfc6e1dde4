"""A document reader and a face checker that decode with Pillow and see nothing; each does one thing wrong."""

from __future__ import annotations

import asyncio
import io
import itertools

from PIL import Image, UnidentifiedImageError

from padkit_sdk import AskAgain, Refused
from padkit_sdk.ports import (
    MAX_PICTURE_BYTES,
    MAX_PICTURE_PIXELS,
    Check,
    DeviceIdentity,
    DocumentField,
    DocumentReading,
    DocumentSide,
    FacePlan,
    FaceStep,
    FaceStepKind,
    FaceVerdict,
    FieldState,
    FrameView,
    LayerResult,
    LayerState,
    ModelUse,
    SelfTest,
)
from padkit_sdk.secrets import HiddenBytes, HiddenText

MODEL = ModelUse("none", "00" * 32, "none")
LOOK, TURN = FaceStep(FaceStepKind.LOOK), FaceStep(FaceStepKind.TURN_LEFT)


def shades(picture):
    data = picture.data.data
    if len(data) > MAX_PICTURE_BYTES:
        raise Refused("picture.size")
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PICTURE_PIXELS:
                raise Refused("picture.pixels")
            return len(set(image.convert("L").tobytes()))
    except UnidentifiedImageError as exc:
        raise Refused("picture.format") from exc
    except OSError as exc:
        raise Refused("picture.broken") from exc


class Eyes:
    def __init__(self, link, *, keeps=False, reads_anything=False, outlives=False):
        self.link, self.keeps, self.reads_anything, self.outlives = link, keeps, reads_anything, outlives
        self.kept, self.count, self.closed = [], itertools.count(), False
        self.sessions = {}

    async def identify(self, *, timeout_s):
        if self.closed:
            raise Refused("eyes.closed")
        return DeviceIdentity("eyes", "", "1")

    async def self_test(self, *, timeout_s):
        return SelfTest((Check("eyes.there", True, "yes"),))

    async def close(self):
        self.closed = True
        await self.link.close()

    async def sides(self):
        return frozenset({DocumentSide.BANK_CARD})

    async def read(self, picture, *, expected=None, timeout_s):
        seen = shades(picture)
        await asyncio.sleep(0)
        if self.keeps:
            self.kept.append(picture.data)
        if seen < 2 and not self.reads_anything:
            raise AskAgain("document.not_found")
        field = DocumentField("number", HiddenText(""), 0.0, (), FieldState.MISSING)
        return DocumentReading(DocumentSide.BANK_CARD, (field,), (), 0, "lines", {}, (MODEL,))

    async def begin(self, *, steps=(), timeout_s):
        if any(step.kind is FaceStepKind.FLASH and not step.colour for step in steps):
            raise Refused("face.steps")
        if not self.outlives:
            self.sessions.clear()
        name = f"s{next(self.count)}"
        self.sessions[name] = bool(steps), -1.0
        return FacePlan(name, steps or ((LOOK, TURN), (TURN, LOOK))[int(name[1:]) % 2], 10.0)

    async def frame(self, session, picture, *, timeout_s):
        if session not in self.sessions:
            raise Refused("face.session")
        replayed, last_s = self.sessions[session]
        if picture.at_s <= last_s:
            raise Refused("face.time")
        shades(picture)
        self.sessions[session] = replayed, picture.at_s
        await asyncio.sleep(0)
        if self.keeps:
            self.kept.append(picture.data)
        return FrameView(0, "face.none", ())

    async def finish(self, session, *, timeout_s):
        if session not in self.sessions:
            raise Refused("face.session")
        replayed, _ = self.sessions.pop(session)
        passive = LayerResult("passive", LayerState.NOT_AVAILABLE, 0.0, 0.5, 0.0)
        return FaceVerdict(False, 0.0, 0.5, "none 1", (passive,), HiddenBytes(b""), 0, replayed)

    async def compare(self, face, portrait_picture, *, portrait, timeout_s):
        shades(face)
        shades(portrait_picture)
        raise AskAgain("face.none")


async def keeps_pictures(link, context):
    return Eyes(link, keeps=True)


async def reads_anything(link, context):
    return Eyes(link, reads_anything=True)


async def forgets_no_sitting(link, context):
    return Eyes(link, outlives=True)
