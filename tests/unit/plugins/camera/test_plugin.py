"""The index card and the driver: views as the settings say, pictures with source and time."""

from __future__ import annotations

from pathlib import Path

import pytest

from padkit_camera import plugin
from padkit_sdk import AskAgain, DriverContext, Pictures, Refused
from padkit_sdk.manifest import FILE_NAME, read_manifest
from padkit_sdk.ports import CameraView

BOTH = {"document": True, "face": True}


class Source:
    """Gives what it holds, one picture a call."""

    def __init__(self, *pictures: bytes) -> None:
        self.pictures = list(pictures)
        self.asked: list[str] = []
        self.closed = False

    async def next(self, view: str, *, timeout_s: float) -> bytes | None:
        self.asked.append(view)
        return self.pictures.pop(0) if self.pictures else None

    async def close(self) -> None:
        self.closed = True


async def opened(source, **settings):
    times = iter(range(100))
    context = DriverContext("lid", lambda: float(next(times)), lambda _: None, {**BOTH, **settings})
    return await plugin.open_camera(source, context)


def test_one_model_is_offered_for_every_named_source():
    (offer,) = plugin.padkit_drivers()
    assert (offer.model, offer.ports, offer.matches) == ("pictures", ("camera",), (Pictures(),))
    manifest = read_manifest(Path(plugin.__file__).with_name(FILE_NAME))
    assert (manifest.links, manifest.ports) == (("pictures",), ("camera",))


async def test_a_picture_has_its_source_and_a_rising_time():
    camera = await opened(Source(b"one", b"two"))
    first = await camera.take(CameraView.DOCUMENT, timeout_s=1)
    second = await camera.take(CameraView.FACE, timeout_s=1)
    assert (first.data.data, first.source, first.at_s) == (b"one", "camera.document", 0.0)
    assert (second.data.data, second.source, second.at_s) == (b"two", "camera.face", 1.0)


async def test_without_a_picture_the_person_is_asked_again():
    camera = await opened(Source())
    with pytest.raises(AskAgain) as caught:
        await camera.take(CameraView.FACE, timeout_s=1)
    assert caught.value.hint == "camera.no_picture"


async def test_it_looks_only_where_its_settings_let_it():
    source = Source(b"one")
    camera = await opened(source, face=False)
    assert await camera.views() == {CameraView.DOCUMENT}
    with pytest.raises(Refused) as caught:
        await camera.take(CameraView.FACE, timeout_s=1)
    assert caught.value.reason == "camera.view"
    assert source.asked == []


async def test_the_self_test_takes_one_picture_of_each_view():
    camera = await opened(Source(b"one"))
    tested = await camera.self_test(timeout_s=2)
    assert [(it.name, it.passed) for it in tested.checks] == [("camera.document", True), ("camera.face", False)]
    await camera.close()
