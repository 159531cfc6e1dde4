"""The camera over real HTTP on loopback: stills, streams, and every fault of the way."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from padkit_sim.camera.door import BOUNDARY, OVERSIZE, CameraDoor

LIMIT_S = 60


@pytest.fixture
async def base(bench):
    door = CameraDoor(bench.camera)
    yield await door.open()
    await door.close()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=LIMIT_S)) as session:
        yield session


@pytest.fixture
def get(base, session):
    """Status, headers and body of a path."""

    async def asked(path: str) -> tuple[int, dict[str, str], bytes]:
        async with session.get(f"{base}{path}") as answer:
            return answer.status, dict(answer.headers), await answer.read()

    return asked


async def parts(answer, count: int) -> list[tuple[bytes, bytes]]:
    """Head and body of so many parts of a stream."""
    found = []
    async with asyncio.timeout(LIMIT_S):
        while len(found) < count:
            head = await answer.content.readuntil(b"\r\n\r\n")
            length = next(int(line.split(b":")[1]) for line in head.splitlines() if line.startswith(b"Content-Length"))
            found.append((head, await answer.content.readexactly(length)))
            assert await answer.content.readexactly(2) == b"\r\n"
    return found


@pytest.mark.parametrize("view", ["document", "face"])
async def test_where_nothing_is_a_still_is_the_empty_scene_and_says_its_type(get, view):
    status, headers, body = await get(f"/{view}.jpg")
    assert (status, headers["Content-Type"], body[:4]) == (200, "image/png", b"\x89PNG")


async def test_a_still_is_the_picture_with_its_moment(get, bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    status, headers, body = await get("/document.jpg")
    assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert float(headers["X-Timestamp"]) > 0
    assert b"front.jpg" in body


async def test_other_paths_are_not_found(get):
    assert (await get("/"))[0] == 404


async def test_a_file_that_goes_away_is_said(get, bench, folders):
    bench.camera.hand("lay_document", "back.jpg", "")
    (folders / "documents" / "back.jpg").unlink()
    status, _, body = await get("/document.jpg")
    assert (status, b"cannot be read" in body) == (503, True)


async def test_a_stream_of_a_face_has_rising_moments(base, session, bench):
    bench.camera.hand("sit", "calm", "")
    async with session.get(f"{base}/face.mjpeg") as answer:
        assert answer.headers["Content-Type"] == f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        found = await parts(answer, 3)
    assert all(b"calm" in body for _, body in found)
    moments = [float(head.split(b"X-Timestamp: ")[1].split(b"\r\n")[0]) for head, _ in found]
    assert moments == sorted(set(moments))


async def test_a_stream_goes_from_the_empty_scene_to_what_is_laid_there(base, session, bench):
    async with session.get(f"{base}/document.mjpeg") as answer:
        ((head, _),) = await parts(answer, 1)
        assert b"image/png" in head
        bench.camera.hand("lay_document", "front.jpg", "")
        assert any(b"front.jpg" in body for _, body in await parts(answer, 5))


async def test_a_dropped_connection_ends_in_the_middle_of_a_still(get, bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    bench.arm("camera.dropped")
    with pytest.raises(aiohttp.ClientError):
        await get("/document.jpg")
    assert (await get("/document.jpg"))[0] == 200


async def test_a_dropped_connection_ends_a_stream_in_the_middle_of_a_part(base, session, bench):
    bench.camera.hand("sit", "calm", "")
    bench.arm("camera.dropped", view="face")
    with pytest.raises((aiohttp.ClientError, asyncio.IncompleteReadError)):
        async with session.get(f"{base}/face.mjpeg") as answer:
            await parts(answer, 1)


async def test_a_stream_ends_when_the_file_goes_away(base, session, bench, folders):
    bench.camera.hand("lay_document", "back.jpg", "")
    async with session.get(f"{base}/document.mjpeg") as answer:
        await parts(answer, 1)
        (folders / "documents" / "back.jpg").unlink()
        async with asyncio.timeout(LIMIT_S):
            await answer.read()


async def test_a_truncated_picture_comes_whole_as_an_answer(get, bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    whole = (await get("/document.jpg"))[2]
    bench.arm("camera.truncated")
    assert len((await get("/document.jpg"))[2]) == len(whole) // 2


async def test_an_oversize_picture_is_larger_than_four_megabytes(get, bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    bench.arm("camera.oversize")
    assert len((await get("/document.jpg"))[2]) > OVERSIZE


async def test_text_calls_itself_a_picture(get, bench):
    bench.camera.hand("sit", "calm", "")
    bench.arm("camera.text", view="face")
    _, headers, body = await get("/face.jpg")
    assert (headers["Content-Type"], body[:10]) == ("image/jpeg", b"the camera")


async def test_a_fault_of_the_other_view_does_not_strike(get, bench):
    bench.camera.hand("lay_document", "front.jpg", "")
    bench.arm("camera.text", view="face")
    assert b"front.jpg" in (await get("/document.jpg"))[2]
