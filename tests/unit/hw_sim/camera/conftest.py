"""A camera with folders of small pictures of its own; faces are prepared ones, so that nothing is drawn."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

import pytest

from padkit_sim.camera import FAULTS, NAME, Camera, CameraSettings
from padkit_sim.faults import FaultBook, FaultRequest


def jpeg(mark: str) -> bytes:
    """What begins like a JPEG; nobody decodes it here."""
    return b"\xff\xd8\xff\xe0" + mark.encode() * 50


@dataclass
class Bench:
    """The camera, and what is done to it."""

    camera: Camera
    book: FaultBook

    def arm(self, name: str, nth: int = 1, **args: str) -> None:
        self.book.arm(FaultRequest(name, args, nth))


@pytest.fixture
def folders(tmp_path):
    """`documents` with a front and its swapped twin, `faces` with two sittings of three frames."""
    (tmp_path / "documents").mkdir()
    for name in ("front.jpg", "front-swapped.jpg", "back.jpg"):
        (tmp_path / "documents" / name).write_bytes(jpeg(name))
    for sitting in ("calm", "print"):
        folder = tmp_path / "faces" / sitting
        folder.mkdir(parents=True)
        frames = [{"file": f"{number}.jpg", "at_s": number * 10.0, "step": 0} for number in range(3)]
        for frame in frames:
            (folder / frame["file"]).write_bytes(jpeg(f"{sitting}{frame['file']}"))
        (folder / "session.json").write_text(json.dumps({"attack": None, "frames": frames}))
    return tmp_path


@pytest.fixture
async def bench(folders):
    settings = CameraSettings(documents=folders / "documents", faces=folders / "faces")
    book = FaultBook({spec.name: spec for spec in FAULTS}, {NAME: frozenset(spec.name for spec in FAULTS)}, seed=1)
    camera = Camera(settings, book.dial(NAME), 1, asyncio.get_running_loop().time)
    yield Bench(camera, book)
    camera.close()
