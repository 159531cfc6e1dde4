"""The control page's door: who gets in, what is pushed, what a request does."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest

from padkit_sim.kit import Kit
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.page import PageAddress, PageDoor
from padkit_sim.page.door import files
from padkit_sim.page.feed import MOST_RECORDS
from padkit_sim.wires import MemoryWire, UsbSlot

DEADLINE_S = 20.0
STATUS = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")


class Stand:
    """A demo kit with its page, and a browser without a window."""

    def __init__(self, kit, door, links, browser):
        self.kit, self.door, self.links, self.browser = kit, door, links, browser

    @property
    def origin(self):
        return self.links[0].partition("/?")[0]

    def live(self, origin=None, **headers):
        return self.browser.ws_connect(f"{self.origin}/live", headers={"Origin": origin or self.origin, **headers})


@pytest.fixture
async def stand():
    file = load(find_kit_file("demo"))
    kit = Kit(file, lambda e: MemoryWire(e.identity.serial), asyncio.get_running_loop().time)
    kit.start()
    links = []
    door = PageDoor(kit, file, links.append, slow_s=0.2, pace_s=0.001)
    await door.open(PageAddress())
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:  # an address has no domain
        yield Stand(kit, door, links, browser)
    await door.close()
    kit.close()


@pytest.fixture
async def inside(stand):
    async with stand.browser.get(stand.links[0]) as page:
        assert page.status == 200
    return stand


async def until(live, wanted):
    """Messages up to the first that `wanted` likes, which comes back."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            message = await live.receive_json()
            if wanted(message):
                return message


async def ask(live, **request):
    await live.send_json({"id": 7, "ask": request})
    return (await until(live, lambda m: m["is"] == "answer"))["reply"]


# -- who gets in


async def test_a_link_lets_one_browser_in_once_and_the_next_is_said(stand):
    async with stand.browser.get(stand.links[0], allow_redirects=False) as first:
        assert first.status == 303
        cookie = first.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
    assert len(stand.links) == 2
    async with aiohttp.ClientSession() as other:
        assert (await other.get(stand.links[0])).status == 403
        assert (await other.get(stand.links[1], allow_redirects=False)).status == 303
    assert (await stand.browser.get(stand.links[0])).status == 200  # the browser that is inside stays inside


async def test_a_cookie_that_is_no_text_is_refused_like_any_other(stand):
    port = int(stand.origin.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nCookie: padkit_sim_{port}="
    writer.write(head.encode() + b"\xff\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 403")
    writer.close()
    await writer.wait_closed()


async def test_a_request_that_is_no_text_is_refused_and_the_next_one_answered(inside):
    async with inside.live() as live:
        await live.send_bytes(b'{"id":1,"ask":{"do":"\xff"}}')
        refused = await until(live, lambda m: m["is"] == "answer")
        assert refused["reply"]["ok"] is False
        assert (await ask(live, do="state"))["ok"]


@pytest.mark.parametrize("path", ["/", "/live", "/page.css", "/?token=guessed", "/?token="])
async def test_without_a_session_there_is_nothing_to_see(stand, path):
    async with stand.browser.get(stand.origin + path) as refused:
        assert refused.status == 403
        assert "<html" not in await refused.text()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])
async def test_another_host_is_refused(inside, host):
    async with inside.browser.get(inside.origin, headers={"Host": host}) as refused:
        assert refused.status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
async def test_another_origin_is_refused(inside, origin):
    async with inside.browser.get(inside.origin, headers={"Origin": origin}) as refused:
        assert refused.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await inside.live(origin)
    assert caught.value.status == 403


async def test_a_websocket_without_origin_is_refused(inside):
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await inside.browser.ws_connect(f"{inside.origin}/live")
    assert caught.value.status == 403


async def test_every_file_is_served_and_may_load_nothing_from_elsewhere(inside):
    for name in files():
        async with inside.browser.get(f"{inside.origin}/{name}") as got:
            assert got.status == 200
            assert "default-src 'self'" in got.headers["Content-Security-Policy"]
            assert got.headers["X-Content-Type-Options"] == "nosniff"
            assert "://" not in (await got.text()).replace("http://www.w3.org/2000/svg", "").replace("://${", "")
    for missing in ("/nothing.js", "/..%2fdoor.py", "/static/../door.py"):
        assert (await inside.browser.get(inside.origin + missing)).status == 404


# -- what is pushed


async def test_the_kit_is_told_first_then_its_state(inside):
    async with inside.live() as live:
        kit = await live.receive_json()
        assert (kit["is"], kit["name"], [d["id"] for d in kit["devices"]]) == (
            "kit",
            "demo",
            ["box", "reader", "pin", "pad"],
        )
        box, reader, *_ = kit["devices"]
        assert "take_card" in [hand["action"] for hand in box["hands"]]
        assert reader["hands"][0]["fields"][0]["choices_in"] == "people"
        assert kit["faults"]["box.jam"]["args"]["at"]["choices"] == ["stage", "present", "capture"]
        assert set(box["faults"]) <= set(kit["faults"])
        news = await live.receive_json()
        assert news["devices"]["box"]["hopper"] == 40
        assert news["faults"] == {"armed": [], "fired": [], "fired_count": 0}


async def test_a_record_and_a_changed_state_are_pushed_and_nothing_else(inside):
    async with inside.live() as live:
        await until(live, lambda m: m["is"] == "news")
        inside.kit.device("box").wire.hear(STATUS)
        news = await until(live, lambda m: m.get("records"))
        assert news["records"][0]["dir"] == "in"
        assert "devices" not in news
        inside.kit.device("reader").unplug()
        news = await until(live, lambda m: m.get("devices"))
        assert list(news["devices"]) == ["reader"]
        assert news["devices"]["reader"]["plugged"] is False


# -- what a request does


async def test_a_request_does_what_the_control_socket_does(inside):
    async with inside.live() as live:
        assert await ask(live, do="hand", device="reader", action="lay_card", person="test_a") == {"ok": True}
        news = await until(live, lambda m: "reader" in m.get("devices", {}))
        assert news["devices"]["reader"]["person"] == "test_a"
        refused = await ask(live, do="hand", device="reader", action="lay_card", person="nobody")
        assert refused["ok"] is False
        assert "'nobody' is unknown" in refused["error"]
        assert (await ask(live, do="fault", name="box.jam"))["ok"]
        news = await until(live, lambda m: "faults" in m and m["faults"]["armed"])
        assert news["faults"]["armed"][0]["name"] == "box.jam"


@pytest.mark.parametrize(
    "bad", ["", "{", "[]", '{"id":1}', '{"id":"x","ask":{}}', '{"id":1,"ask":{},"and":2}', "[" * 9000]
)
async def test_what_is_no_request_is_refused_and_the_conversation_goes_on(inside, bad):
    async with inside.live() as live:
        await live.send_str(bad)
        answer = await until(live, lambda m: m["is"] == "answer")
        assert answer["reply"]["ok"] is False
        assert (await ask(live, do="state"))["ok"]
        assert (await ask(live, do="fly"))["ok"] is False


async def test_a_browser_that_reads_nothing_is_sent_away_and_costs_no_memory(inside):
    cookie = "; ".join(f"{c.key}={c.value}" for c in inside.browser.cookie_jar)
    host, port = inside.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(
            f"GET /live HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {inside.origin}\r\nCookie: {cookie}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        async with asyncio.timeout(DEADLINE_S):
            while not inside.door.visitors:  # noqa: ASYNC110 - a socket of its own tells no event
                await asyncio.sleep(0)
            while inside.door.visitors:
                for _ in range(MOST_RECORDS):
                    inside.kit.journal.heard("box", bytes(512))
                await asyncio.sleep(0)


async def test_a_taken_port_is_an_error_and_leaves_nothing_open(stand):
    port = int(stand.origin.rpartition(":")[2])
    other = PageDoor(stand.kit, load(find_kit_file("demo")), stand.links.append)
    with pytest.raises(OSError, match="in use"):
        await other.open(PageAddress("127.0.0.1", port))


async def test_closing_says_goodbye_to_whoever_looks(inside):
    async with inside.live() as live:
        await live.receive_json()
        closing = asyncio.create_task(inside.door.close())
        async with asyncio.timeout(DEADLINE_S):
            while not live.closed:
                await live.receive()
        assert live.close_code == aiohttp.WSCloseCode.GOING_AWAY
        await closing


# -- the signature pad's screen


def wire_of(entry):
    return UsbSlot(entry.identity) if entry.wire == "usb" else MemoryWire()


@pytest.fixture
async def pad_inside():
    file = load(find_kit_file("full"))
    kit = Kit(file, wire_of, asyncio.get_running_loop().time)
    kit.start()
    links = []
    door = PageDoor(kit, file, links.append, pace_s=0.001)
    await door.open(PageAddress())
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        stand = Stand(kit, door, links, browser)
        async with browser.get(links[0]) as page:
            assert page.status == 200
        yield stand
    await door.close()
    kit.close()


async def test_a_drawn_stroke_becomes_ink_that_the_page_sees(pad_inside):
    async def seen():
        async with pad_inside.browser.get(f"{pad_inside.origin}/screen/pad") as got:
            assert (got.status, got.content_type) == (200, "image/png")
            return await got.read()

    before = await seen()
    async with pad_inside.live() as live:
        assert (await ask(live, do="hand", device="pad", action="draw", item="0,0.2,0.5,0.5 80,0.8,0.5,0.5"))["ok"]
        await until(live, lambda m: "pad" in m.get("devices", {}) and not m["devices"]["pad"]["blank"])
        assert await seen() != before
        refused = await ask(live, do="hand", device="pad", action="draw", item="0,9,0,0")
        assert "off the screen" in refused["error"]


@pytest.mark.parametrize("name", ["nobody", "reader", "pad/x"])
async def test_what_has_no_screen_shows_none(pad_inside, name):
    assert (await pad_inside.browser.get(f"{pad_inside.origin}/screen/{name}")).status == 404
