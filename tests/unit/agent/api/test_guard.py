"""What is believed of a request: pure, and over plain sockets, where a client can say what no browser would."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import CIMultiDict

from padkit_agent.api import guard
from padkit_sdk.errors import Refused

from .browser import Browser, answer_of, plain
from .conftest import Served

HERE = "127.0.0.1:8470"
OURS = f"http://{HERE}"
GET, POST, SOCKET, FILE = {"is_get": True}, {"has_body": True}, {"is_get": True, "is_socket": True}, {"is_file": True}


def judged(headers: list[tuple[str, str]], **told: Any) -> str:
    """Return the refusal's name, empty for none."""
    rest = {
        "is_get": False,
        "is_socket": False,
        "is_file": False,
        "has_body": False,
        "content_type": "application/json",
    }
    try:
        guard.check(guard.Asked(CIMultiDict(headers), **{**rest, **told}), HERE)
    except Refused as exc:
        return exc.reason
    return ""


HOST, ORIGIN = ("Host", HERE), ("Origin", OURS)


@pytest.mark.parametrize(
    ("headers", "told", "refusal"),
    [
        ([HOST], GET, ""),
        ([("host", HERE.upper())], GET, ""),
        ([("Host", "localhost:8470")], GET, ""),
        ([("Host", "localhost:8470"), ("Origin", "http://localhost:8470")], POST, ""),
        ([HOST, ORIGIN], POST, ""),
        ([HOST, ORIGIN], SOCKET, ""),
        ([HOST, ("Sec-Fetch-Site", "same-origin")], GET, ""),
        ([HOST, ("Sec-Fetch-Site", "none")], GET | FILE, ""),
        ([], GET, "page.host"),
        ([("Host", "evil.example")], GET, "page.host"),
        ([("Host", "evil.example:8470")], GET, "page.host"),
        ([("Host", "127.0.0.1")], GET, "page.host"),
        ([("Host", "127.0.0.1:8471")], GET, "page.host"),
        ([("Host", "127.0.0.1:8470.evil.example")], GET, "page.host"),
        ([HOST, HOST], GET, "page.host"),
        ([HOST, ("Host", "evil.example")], GET, "page.host"),
        ([HOST], POST, "page.origin"),
        ([HOST], SOCKET, "page.origin"),
        ([HOST, ("Origin", "null")], POST, "page.origin"),
        ([HOST, ("Origin", "http://evil.example")], GET, "page.origin"),
        ([HOST, ("Origin", "http://127.0.0.1:9999")], POST, "page.origin"),
        ([HOST, ("Origin", f"https://{HERE}")], POST, "page.origin"),
        ([HOST, ("Origin", "http://localhost:8470")], POST, "page.origin"),
        ([HOST, ORIGIN, ("Origin", "http://evil.example")], POST, "page.origin"),
        ([HOST, ORIGIN, ("Sec-Fetch-Site", "cross-site")], POST, "page.site"),
        ([HOST, ("Sec-Fetch-Site", "same-site")], GET, "page.site"),
        ([HOST, ("Sec-Fetch-Site", "cross-site")], GET | FILE, "page.site"),
        ([HOST, ("Sec-Fetch-Site", "none")], GET, "page.site"),
        ([HOST, ORIGIN], POST | {"content_type": "text/plain"}, "page.type"),
        ([HOST, ORIGIN], POST | {"content_type": "application/x-www-form-urlencoded"}, "page.type"),
    ],
)
def test_only_our_own_page_is_believed(headers: list[tuple[str, str]], told: dict[str, Any], refusal: str) -> None:
    assert judged(headers, **told) == refusal


def test_a_refusal_shows_what_was_wrong_and_not_without_end() -> None:
    with pytest.raises(Refused) as caught:
        guard.check(
            guard.Asked(
                *(CIMultiDict({"Host": "x" * 5000}),),
                is_get=True, is_socket=False, is_file=False, has_body=False, content_type="",
            ),
            HERE,
        )  # fmt: skip
    assert OURS in str(caught.value)
    assert len(str(caught.value)) < 300


async def ask(served: Served, head: str, **headers: str) -> tuple[int, str]:
    rest = "".join(f"{name}: {value}\r\n" for name, value in {**headers, "Connection": "close"}.items())
    status, answer = answer_of(await plain(served, f"{head} HTTP/1.1\r\n{rest}\r\n"))
    return status, answer.get("error", {}).get("code", "")


async def test_a_name_that_was_bound_to_this_machine_opens_nothing(paged: Served) -> None:
    port = paged.page.address.rpartition(":")[2]
    assert await ask(paged, "GET /v1/alive", Host=f"rebound.example:{port}") == (421, "page.host")
    assert await ask(paged, "GET /index.html", Host=f"rebound.example:{port}") == (421, "page.host")
    assert await ask(paged, "GET /v1/alive") in [(421, "page.host"), (400, "page.head")]
    assert await ask(paged, "GET /v1/alive", Host=paged.page.address) == (200, "")


async def test_a_whole_address_in_the_first_line_does_not_stand_for_the_host(paged: Served) -> None:
    assert (await ask(paged, "GET http://evil.example/v1/alive", Host="evil.example"))[0] == 421


async def test_another_site_s_request_is_refused_before_its_cookie_is_looked_at(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        status, answer = await browser.post("/v1/day-end", Origin="http://evil.example")
        assert (status, answer["error"]["code"]) == (403, "page.origin")
        status, answer = await browser.get("/v1/flows", **{"Sec-Fetch-Site": "cross-site"})
        assert (status, answer["error"]["code"]) == (403, "page.site")


async def test_a_form_can_send_nothing(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        told = {"Origin": browser.origin}
        async with browser.session.post(f"{browser.origin}/v1/day-end", data={"a": "b"}, headers=told) as response:
            assert response.status == 415
