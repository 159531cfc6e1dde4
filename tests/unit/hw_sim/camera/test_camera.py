"""What the camera sees after what hands and faults have done."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from padkit_sim.camera import Camera, CameraSettings
from padkit_sim.camera.empty import PNG
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial, FaultBook


@pytest.mark.parametrize("view", ["document", "face"])
async def test_where_nothing_is_the_empty_scene_is_seen_each_time_with_other_noise(bench, view):
    one, two = [Image.open(io.BytesIO((await bench.camera.seen(view)).data)) for _ in range(2)]
    assert {one.size, two.size} == {(640, 480)}
    assert one.tobytes() != two.tobytes()
    least, most = one.getextrema()
    assert 90 < least < most < 130


async def test_a_document_lies_there_until_it_is_taken(bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    assert b"front.jpg" in (await bench.camera.seen("document")).data
    bench.camera.hand("take_document", "", "")
    assert (await bench.camera.seen("document")).data.startswith(PNG)


async def test_no_two_shots_of_a_document_are_the_same_bytes(bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    one, two = [(await bench.camera.seen("document")).data for _ in range(2)]
    assert one != two
    assert one.startswith(b"\xff\xd8\xff\xfe")


async def test_a_document_may_lie_anywhere(bench, tmp_path):
    other = tmp_path / "other.jpg"
    other.write_bytes(b"another")
    bench.camera.hand("lay_document", str(other), "")
    assert (await bench.camera.seen("document")).data == b"another"


async def test_the_swapped_picture_is_shown_while_the_fault_stands(bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    bench.arm("ocr.digit_swap")
    assert b"front-swapped.jpg" in (await bench.camera.seen("document")).data
    bench.book.clear("ocr.digit_swap")
    assert b"front.jpg" in (await bench.camera.seen("document")).data


async def test_without_a_swapped_picture_the_fault_does_not_strike(bench):
    bench.camera.hand("lay_document", "back.jpg", "")
    bench.arm("ocr.digit_swap")
    assert b"back.jpg" in (await bench.camera.seen("document")).data
    assert bench.book.firings() == ()


async def test_a_prepared_sitting_begins_with_its_first_frame(bench):
    bench.camera.hand("sit", "calm", "")
    shot = await bench.camera.seen("face")
    assert b"calm0.jpg" in shot.data
    assert (await bench.camera.seen("face")).at_s > shot.at_s


async def test_a_spoof_takes_the_place_of_who_sits_there(bench):
    bench.camera.hand("sit", "calm", "")
    bench.arm("face.spoof_print", nth=2)
    assert b"calm" in (await bench.camera.seen("face")).data
    assert b"print" in (await bench.camera.seen("face")).data


async def test_a_spoof_needs_somebody_to_copy(bench):
    bench.arm("face.spoof_print")
    assert (await bench.camera.seen("face")).data.startswith(PNG)
    assert bench.book.firings() == ()


async def test_a_frozen_camera_gives_the_frame_before_though_another_sits_there(bench):
    bench.camera.hand("sit", "calm", "")
    before = await bench.camera.seen("face")
    bench.arm("camera.frozen")
    bench.camera.hand("sit", "print", "")
    assert (await bench.camera.seen("face")).data == before.data


async def test_its_state_says_what_is_there(bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    bench.camera.hand("sit", "calm", "")
    assert bench.camera.state() == {"document": "front.jpg", "sits": "calm", "person": ""}
    bench.camera.hand("leave", "", "")
    assert bench.camera.state()["sits"] == ""


@pytest.mark.parametrize(
    ("action", "item", "person", "word"),
    [
        ("dance", "", "", "lay_document"),
        ("lay_document", "", "", "no file"),
        ("lay_document", "nobody.jpg", "", "no file"),
        ("sit", "hologram", "", "wrong_challenge"),
        ("sit", "genuine", "nobody", "second"),
        ("step", "jump", "", "turn_left"),
        ("step", "flash:red", "", "#rrggbb"),
        ("step", "nod", "", "nobody sits there"),
    ],
)
async def test_what_cannot_be_done_is_refused_and_says_what_can(bench, action, item, person, word):
    with pytest.raises(SimRefused, match=word):
        bench.camera.hand(action, item, person)


async def test_a_sitting_without_frames_is_refused(bench, folders):
    (folders / "faces" / "calm" / "session.json").write_text('{"frames": []}')
    with pytest.raises(SimRefused, match="no frames"):
        bench.camera.hand("sit", "calm", "")


async def test_a_sitting_that_is_none_is_refused(bench, folders):
    (folders / "faces" / "calm" / "session.json").write_text("[]")
    with pytest.raises(SimRefused, match="padkit-sim pictures faces"):
        bench.camera.hand("sit", "calm", "")


async def test_a_picture_that_is_too_large_is_refused(bench, folders):
    with (folders / "documents" / "huge.jpg").open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    with pytest.raises(SimRefused, match="at most"):
        bench.camera.hand("lay_document", "huge.jpg", "")


async def test_a_file_that_goes_away_is_said(bench, folders):
    bench.camera.hand("lay_document", "back.jpg", "")
    (folders / "documents" / "back.jpg").unlink()
    with pytest.raises(SimRefused, match="cannot be read"):
        await bench.camera.seen("document")


async def test_what_is_there_at_the_start_comes_from_the_settings(folders):
    settings = CameraSettings(folders / "documents", folders / "faces", laid="back.jpg", sits="calm")
    camera = Camera(settings, Dial(FaultBook({}, {}, 0), "camera"), 1, lambda: 5.0)
    assert camera.state() == {"document": "back.jpg", "sits": "calm", "person": ""}
    camera.close()


async def test_a_person_who_is_drawn_does_what_is_asked(bench):
    bench.camera.hand("sit", "", "third")
    bench.camera.hand("step", "flash:#00ff00", "")
    assert bench.camera.state() == {"document": "", "sits": "genuine", "person": "third"}
    shot = await bench.camera.seen("face")
    assert shot.data.startswith(b"\xff\xd8\xff")
    assert shot.data.endswith(b"\xff\xd9")
