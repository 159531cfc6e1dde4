"""A kit file with a camera: its table, its faults, its verb, and the address that a program is given."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from padkit_sim.control import Desk
from padkit_sim.errors import SimRefused
from padkit_sim.kit import Kit
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.kitfile.load import parse
from padkit_sim.run import Options, standing
from padkit_sim.wires import MemoryWire

KIT = """
[kit]
name = "seeing"
[camera]
documents = "documents"
faces = "faces"
laid = "front.jpg"
[[fault]]
on = { device = "camera", nth = 2 }
do = { fault = "camera.text", view = "document" }
"""


def kit_of(text, folder):
    return parse(text, str(folder / "seeing.toml"))


@pytest.fixture
async def desk(folders):
    kit = Kit(kit_of(KIT, folders), lambda e: MemoryWire(e.identity.serial), asyncio.get_running_loop().time)
    desk = Desk(kit)
    yield lambda **request: json.loads(desk.answer(json.dumps(request).encode()))
    kit.close()


async def test_a_standing_kit_gives_the_address_of_its_camera(folders):
    now = asyncio.get_running_loop().time
    async with standing(kit_of(KIT, folders), Options(), now) as environment:
        base = environment["PADKIT_CAMERAS"]
        assert base.startswith("http://127.0.0.1:")
        async with aiohttp.ClientSession() as session, session.get(f"{base}/document.jpg") as answer:
            assert b"front.jpg" in await answer.read()
        async with aiohttp.ClientSession() as session, session.get(f"{base}/document.jpg") as answer:
            assert b"warming up" in await answer.read()


async def test_a_kit_without_a_camera_gives_none_and_its_verb_is_refused():
    kit = Kit(load(find_kit_file("no_box")), lambda e: MemoryWire("x"), lambda: 0.0)
    assert not kit.has_camera
    assert b"[camera]" in Desk(kit).answer(b'{"do":"camera","action":"leave"}')


def test_hands_and_state_go_through_the_desk(desk):
    assert desk(do="camera", action="sit", item="calm") == {"ok": True}
    assert desk(do="state")["camera"] == {"document": "front.jpg", "sits": "calm", "person": ""}
    assert "lay_document" in desk(do="camera", action="dance")["error"]


def test_faults_of_the_camera_are_armed_and_cleared_like_others(desk):
    assert desk(do="fault", name="face.spoof_print")["ok"]
    assert [it["name"] for it in desk(do="faults")["armed"]] == ["camera.text", "face.spoof_print"]
    assert desk(do="clear") == {"ok": True, "cleared": 2}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (KIT.replace('laid = "front.jpg"', "colour = 1"), "unknown key"),
        (KIT.replace('documents = "documents"', 'documents = "elsewhere"'), "give a folder"),
        (KIT.replace("view =", "way ="), "unknown argument"),
        (KIT + '[[device]]\nid = "camera"\ntype = "pin_pad"\n', "camera is called so"),
    ],
)
def test_a_table_that_is_wrong_is_refused(folders, text, word):
    with pytest.raises(SimRefused, match=word):
        kit_of(text, folders)


async def test_a_document_that_is_not_there_at_the_start_is_refused(folders):
    file = kit_of(KIT.replace("front.jpg", "nothing.jpg"), folders)
    with pytest.raises(SimRefused, match="no file"):
        Kit(file, lambda e: MemoryWire("x"), lambda: 0.0)
