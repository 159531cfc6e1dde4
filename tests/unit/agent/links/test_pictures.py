"""Sources of pictures: a folder and a real HTTP server, also one that sends nonsense. Only what is named is asked."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from padkit_agent.links.pictures import NAMED, open_pictures
from padkit_sdk import BadFrame, LinkLost, Pictures, Refused
from padkit_sdk.ports import MAX_PICTURE_BYTES

JPEG = b"\xff\xd8\xff\xe0 a picture"
LONG_S = 20.0


def mjpeg(*pictures):
    return b"".join(b"--cut\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(it), it) for it in pictures)


class Server:
    """Answers each path with what stands in `answers`: a body, a status, or a coroutine that writes a stream."""

    def __init__(self) -> None:
        self.answers = {}
        self.asked = []
        self.cookies = []
        self.news = asyncio.Event()

    async def handle(self, request):
        self.asked.append(request.path)
        self.cookies.append(dict(request.cookies))
        if request.path == "/face.jpg":
            self.news.set()
        answer = self.answers.get(request.path, 404)
        if callable(answer):
            return await answer(request)
        if isinstance(answer, int):
            return web.Response(status=answer, headers={"Location": "/other"} if 300 <= answer < 400 else None)
        return web.Response(body=answer)

    @asynccontextmanager
    async def serving(self):
        app = web.Application()
        app.router.add_get("/{tail:.*}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        finally:
            await runner.cleanup()


def stream(*portions, then=None, kind="multipart/x-mixed-replace; boundary=cut"):
    async def answer(request):
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        for portion in portions:
            await response.write(portion)
        if then is not None:
            await then()
        return response

    return answer


@asynccontextmanager
async def source(monkeypatch, server):
    async with server.serving() as address:
        monkeypatch.setenv(NAMED, f"/elsewhere\n{address}")
        link = await open_pictures(Pictures(location=address), Path(address))
        try:
            yield link
        finally:
            await link.close()


@pytest.fixture
def server():
    return Server()


async def test_each_request_for_a_still_is_a_new_picture(monkeypatch, server):
    server.answers["/document.jpg"] = JPEG
    async with source(monkeypatch, server) as link:
        assert await link.next("document", timeout_s=LONG_S) == JPEG
        assert await link.next("document", timeout_s=LONG_S) == JPEG
    with pytest.raises(LinkLost):
        await link.next("document", timeout_s=LONG_S)
    await link.close()


async def test_nothing_now_is_waited_for_and_is_none_in_the_end(monkeypatch, server):
    async with source(monkeypatch, server) as link:
        assert await link.next("document", timeout_s=0.01) is None
        waiting = asyncio.create_task(link.next("face", timeout_s=LONG_S))
        await server.news.wait()
        server.answers["/face.jpg"] = JPEG
        assert await waiting == JPEG


async def test_of_a_stream_the_newest_picture_is_given(monkeypatch, server):
    monkeypatch.setattr("padkit_agent.links.pictures.STALE_S", LONG_S)  # a busy machine does not make it old
    over = asyncio.Event()
    server.answers["/face.mjpeg"] = stream(mjpeg(JPEG + b"1", JPEG + b"2"), then=over.wait)
    async with source(monkeypatch, server) as link:
        assert await link.next("face", timeout_s=LONG_S) == JPEG + b"2"
        assert await link.next("face", timeout_s=0.01) is None
        over.set()
    assert server.asked == ["/face.mjpeg"]


async def test_a_stream_that_ends_is_opened_anew(monkeypatch, server):
    server.answers["/face.mjpeg"] = stream(mjpeg(JPEG))
    async with source(monkeypatch, server) as link:
        assert await link.next("face", timeout_s=LONG_S) == JPEG
        try:
            again = await link.next("face", timeout_s=LONG_S)
        except LinkLost:
            again = await link.next("face", timeout_s=LONG_S)
        assert again == JPEG


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (302, BadFrame),
        (418, BadFrame),
        (500, LinkLost),
        (b"<html>no picture</html>", BadFrame),
        (b"", BadFrame),
        (bytes(MAX_PICTURE_BYTES + 1), Refused),
    ],
    ids=["redirect", "status", "broken", "page", "empty", "huge"],
)
async def test_what_is_no_picture_is_refused_and_the_next_one_is_taken(monkeypatch, server, answer, error):
    server.answers["/document.jpg"] = answer
    async with source(monkeypatch, server) as link:
        with pytest.raises(error) as caught:
            await link.next("document", timeout_s=LONG_S)
        assert "no picture<" not in str(caught.value)
        server.answers["/document.jpg"] = JPEG
        assert await link.next("document", timeout_s=LONG_S) == JPEG
    assert "/other" not in server.asked


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (stream(b"noise" * 2000), BadFrame),
        (stream(mjpeg(JPEG), kind="text/html"), BadFrame),
        (stream(mjpeg(b"no picture")), BadFrame),
        (stream(b"--cut\r\nContent-Length: 9999999999\r\n\r\n"), Refused),
        (stream(), LinkLost),
    ],
    ids=["noise", "type", "part", "length", "empty"],
)
async def test_a_stream_of_nonsense_is_refused_and_the_next_one_is_taken(monkeypatch, server, answer, error):
    server.answers["/face.mjpeg"] = answer
    async with source(monkeypatch, server) as link:
        with pytest.raises(error):
            await link.next("face", timeout_s=LONG_S)
        server.answers["/face.mjpeg"] = stream(mjpeg(JPEG))
        assert await link.next("face", timeout_s=LONG_S) == JPEG


async def test_a_server_that_goes_away_is_a_lost_link(monkeypatch, server):
    async with server.serving() as address:
        monkeypatch.setenv(NAMED, address)
        link = await open_pictures(Pictures(location=address), Path(address))
    with pytest.raises(LinkLost):
        await link.next("document", timeout_s=LONG_S)
    await link.close()
    with pytest.raises(LinkLost):
        await open_pictures(Pictures(location=address), Path(address))


@pytest.mark.parametrize(
    "address",
    ["http://u:p@127.0.0.1:1", "http://127.0.0.1:1/?a=b", "http://:x", "https://127.0.0.1:1", "folder", "ftp://a"],
)
async def test_another_kind_of_address_is_refused(monkeypatch, address):
    monkeypatch.setenv(NAMED, address)
    with pytest.raises(Refused) as caught:
        await open_pictures(Pictures(location=address), Path(address))
    assert caught.value.reason == "camera.source"


async def test_only_what_is_named_is_asked(monkeypatch, tmp_path):
    monkeypatch.delenv(NAMED, raising=False)
    with pytest.raises(Refused) as caught:
        await open_pictures(Pictures(location=str(tmp_path)), tmp_path)
    assert caught.value.reason == "camera.source"


async def test_a_folder_gives_a_file_again_when_it_has_changed(monkeypatch, tmp_path):
    monkeypatch.setenv(NAMED, str(tmp_path))
    link = await open_pictures(Pictures(location=str(tmp_path)), tmp_path)
    assert await link.next("document", timeout_s=0.01) is None
    (tmp_path / "document.jpg").write_bytes(JPEG)
    assert await link.next("document", timeout_s=LONG_S) == JPEG
    assert await link.next("document", timeout_s=0.01) is None
    (tmp_path / "new").write_bytes(JPEG + b"2")
    (tmp_path / "new").replace(tmp_path / "document.jpg")
    assert await link.next("document", timeout_s=LONG_S) == JPEG + b"2"
    (tmp_path / "face.jpg").write_bytes(b"text")
    with pytest.raises(BadFrame):
        await link.next("face", timeout_s=LONG_S)
    (tmp_path / "face.jpg").write_bytes(bytes(MAX_PICTURE_BYTES + 1))
    with pytest.raises(Refused):
        await link.next("face", timeout_s=LONG_S)
    await link.close()
    with pytest.raises(LinkLost):
        await link.next("face", timeout_s=LONG_S)


async def test_a_pipe_in_the_folder_is_no_picture(monkeypatch, tmp_path):
    monkeypatch.setenv(NAMED, str(tmp_path))
    os.mkfifo(tmp_path / "face.jpg")
    link = await open_pictures(Pictures(location=str(tmp_path)), tmp_path)
    writer = os.open(tmp_path / "face.jpg", os.O_RDWR)  # somebody who holds it open and says nothing
    try:
        with pytest.raises(BadFrame, match="no file"):
            await link.next("face", timeout_s=LONG_S)
    finally:
        os.close(writer)


async def test_a_cookie_is_not_kept(monkeypatch, server):
    async def cookie(request):
        return web.Response(body=JPEG, headers={"Set-Cookie": "one=two"})

    server.answers["/document.jpg"] = cookie
    async with server.serving() as address:
        named = address.replace("127.0.0.1", "localhost")  # of a bare number aiohttp keeps none anyway
        monkeypatch.setenv(NAMED, named)
        link = await open_pictures(Pictures(location=named), Path(named))
        for _ in range(2):
            assert await link.next("document", timeout_s=LONG_S) == JPEG
        await link.close()
    assert server.cookies == [{}, {}]


async def test_a_folder_that_is_not_there_is_a_lost_link(monkeypatch, tmp_path):
    monkeypatch.setenv(NAMED, str(tmp_path / "no"))
    with pytest.raises(LinkLost):
        await open_pictures(Pictures(location=str(tmp_path / "no")), tmp_path / "no")
