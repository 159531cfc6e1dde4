"""The page's listener, as a browser uses it: launch, sign in, work, sign out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from padkit_agent.api import client
from padkit_agent.api.routes import ROUTES, Page, Route
from padkit_agent.api.sessions import LAUNCH_S, LIFE_S
from padkit_agent.config import PageTable
from padkit_agent.core import standing as rules
from padkit_agent.core.standing import Record
from padkit_sdk.errors import Refused

from ..flows.kit import FORM
from .browser import HOLDER, PASSCODE, PROOF, Browser
from .conftest import Served, serving

CALLED = [it for it in ROUTES if it.handler and it.name != "POST /v1/session"]


def code_of(served: Served) -> str:
    return served.page.launch().url.partition("#launch=")[2]


async def knock(browser: Browser, route: Route[Any, Any]) -> tuple[int, str]:
    """Call a route with a body that it will not take; return what it says about the caller, or about the body."""
    path = route.path.format(name="box", id="F1", digest="ab", page="1")
    if route.method == "GET":
        status, answer = await browser.get(path)
    else:
        status, answer = await browser.post(path, {"no_such_key": 1})
    return status, answer.get("error", {}).get("code", "")


@pytest.mark.parametrize("route", CALLED, ids=lambda it: it.name)
async def test_who_has_no_session_may_ask_whether_it_lives_and_nothing_else(
    paged: Served, route: Route[Any, Any]
) -> None:
    async with Browser(paged) as browser:
        expected = {Page.ANYBODY: (200, ""), Page.NEVER: (403, "page.never")}
        assert await knock(browser, route) == expected.get(route.page, (401, "page.session"))


@pytest.mark.parametrize("route", CALLED, ids=lambda it: it.name)
async def test_before_somebody_signs_in_only_launched_routes_answer(paged: Served, route: Route[Any, Any]) -> None:
    async with Browser(paged) as browser:
        status, code = await knock(await browser.launch(), route)
        match route.page:
            case Page.SIGNED_IN:
                assert (status, code) == (401, "page.signed_out")
            case Page.NEVER:
                assert (status, code) == (403, "page.never")
            case _:
                assert not code.startswith("page.")


async def test_the_page_tells_nobody_more_than_that_it_lives(paged: Served) -> None:
    async with Browser(paged) as browser:
        assert await browser.get("/v1/alive") == (200, {"alive": True})
        assert (await browser.get("/v1/events", Origin=browser.origin))[1]["error"]["code"] == "page.session"


async def test_a_person_launches_signs_in_works_and_signs_out(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        assert await browser.get("/v1/session") == (200, {"signed_in": True, "by": "Li", "idle_left_s": 600})
        status, begun = await browser.post("/v1/flows", {"business": "ACC-01", "inputs": FORM})
        assert status == 201
        await paged.kit.asked("pin")
        ((flow,),) = ((await browser.get("/v1/flows"))[1]["flows"],)
        assert (flow["id"], flow["asks"][0]) == (begun["flow"], "pin")
        assert (await browser.post("/v1/session/sign-out"))[1] == {"signed_in": False, "by": "", "idle_left_s": 0}
        assert (await browser.get("/v1/flows"))[1]["error"]["code"] == "page.signed_out"
        assert (await browser.get("/v1/status"))[1]["page"] == browser.origin + "/"


async def test_the_command_line_gets_the_address(paged: Served) -> None:
    told = await client.call(paged.socket, "POST", "/v1/page/launch")
    address, _, code = told["url"].partition("#launch=")
    assert (address, told["left_s"]) == (paged.page.url, 60)
    async with Browser(paged) as browser:
        assert (await browser.post("/v1/session", {"launch": code}))[0] == 200


async def test_a_session_is_not_for_the_command_line(paged: Served) -> None:
    with pytest.raises(client.ApiError, match="padkit-agent page") as caught:
        await client.call(paged.socket, "POST", "/v1/session", {"launch": code_of(paged)})
    assert caught.value.code == "page.only"


async def test_without_a_page_there_is_nothing_to_launch(served: Served) -> None:
    with pytest.raises(client.ApiError) as caught:
        await client.call(served.socket, "POST", "/v1/page/launch")
    assert caught.value.code == "page.none"


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(paged: Served) -> None:
    async with Browser(paged) as browser:
        told = {"Origin": browser.origin}
        async with browser.session.post(
            f"{browser.origin}/v1/session", json={"launch": code_of(paged)}, headers=told
        ) as response:
            cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Domain" not in cookie


async def test_a_code_is_good_once(paged: Served) -> None:
    code = code_of(paged)
    async with Browser(paged) as first, Browser(paged) as second:
        assert (await first.post("/v1/session", {"launch": code}))[0] == 200
        status, answer = await second.post("/v1/session", {"launch": code})
        assert (status, answer["error"]["code"]) == (403, "page.launch")


async def test_an_old_code_opens_nothing(paged: Served) -> None:
    code = code_of(paged)
    paged.kit.time.now_s += LAUNCH_S
    async with Browser(paged) as browser:
        status, answer = await browser.post("/v1/session", {"launch": code})
        assert (status, answer["error"]["code"]) == (403, "page.launch")


async def test_who_guesses_codes_waits_and_the_right_one_still_opens(paged: Served) -> None:
    async with Browser(paged) as browser:
        seen = [(await browser.post("/v1/session", {"launch": f"guess {it}"}))[0] for it in range(7)]
        assert seen == [403] * 5 + [429] * 2
        assert (await browser.post("/v1/session", {"launch": code_of(paged)}))[0] == 200


async def test_who_guesses_passcodes_is_locked_out_and_so_is_the_right_one(paged: Served) -> None:
    packs = paged.kit.packs
    packs._current = replace(packs.current, holder=HOLDER)
    async with Browser(paged) as browser:
        await browser.launch()
        codes = []
        while "holder.wait" not in codes and len(codes) < 20:
            _, answer = await browser.post("/v1/session/sign-in", {"by": "Li", "passcode": "wrong"})
            codes.append(answer["error"]["code"])
        assert set(codes[:-1]) == {"holder.passcode"}
        status, answer = await browser.post("/v1/session/sign-in", PROOF)
        assert (status, answer["error"]["code"]) == (409, "holder.wait")
        assert not (await browser.get("/v1/session"))[1]["signed_in"]


async def test_a_kit_without_a_holder_says_so(paged: Served) -> None:
    async with Browser(paged) as browser:
        status, answer = await (await browser.launch()).post("/v1/session/sign-in", PROOF)
        assert (status, answer["error"]["code"]) == (409, "holder.none")


async def test_nobody_stays_signed_in_who_touches_nothing(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        paged.kit.time.now_s += 599
        assert (await browser.post("/v1/session/touch"))[1]["idle_left_s"] == 600
        paged.kit.time.now_s += 599
        assert (await browser.get("/v1/flows"))[0] == 200  # a page that only looks touches nothing
        paged.kit.time.now_s += 1
        assert (await browser.get("/v1/flows"))[1]["error"]["code"] == "page.signed_out"


async def test_a_session_ends_whatever_is_done_in_it(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        paged.kit.time.now_s += LIFE_S
        assert (await browser.get("/v1/session"))[1]["error"]["code"] == "page.session"


async def test_one_browser_s_sign_in_is_not_another_s(paged: Served) -> None:
    async with Browser(paged) as one, Browser(paged) as other:
        await one.sign_in()
        await other.launch()
        assert (await other.get("/v1/flows"))[1]["error"]["code"] == "page.signed_out"


async def test_a_lock_signs_everybody_out_and_lets_nobody_in(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        await paged.people.change(lambda _, facts: rules.lock(Record(), "c-1", facts))
        assert (await browser.get("/v1/status"))[0] == 200
        assert (await browser.get("/v1/flows"))[1]["error"]["code"] == "page.signed_out"
        status, answer = await browser.post("/v1/session/sign-in", PROOF)
        assert (status, answer["error"]["code"]) == (423, "kit.locked")


async def test_while_flows_finish_the_holder_signs_in_again_to_answer(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.sign_in()
        await paged.people.change(lambda _, facts: rules.lock(Record(), "c-1", replace(facts, flows=("F1",))))
        assert (await browser.get("/v1/flows"))[1]["error"]["code"] == "page.signed_out"
        assert (await browser.post("/v1/session/sign-in", PROOF))[0] == 200
        assert (await browser.get("/v1/flows"))[0] == 200


async def test_no_secret_of_a_page_is_logged_or_repeated(paged: Served) -> None:
    code = code_of(paged)
    async with Browser(paged) as browser:
        await browser.post("/v1/session", {"launch": "guessed-code"})
        await browser.post("/v1/session", {"launch": code})
        _, refused = await browser.post("/v1/session/sign-in", {"by": "Li", "passcode": 4711})
        await browser.sign_in()
        (token,) = {it.value for it in browser.session.cookie_jar}
        logged = json.dumps([*paged.kit.captured.entries, refused], default=repr)
        assert not [it for it in (code, "guessed-code", "4711", PASSCODE, token) if it in logged]
    assert "page.refused" in [it["event"] for it in paged.kit.captured.entries]


async def test_answers_are_never_stored_and_let_only_the_page_itself_load(paged: Served) -> None:
    async with Browser(paged) as browser:
        for path in ("/v1/alive", "/v1/status", "/nothing", "/v1/nothing"):
            async with browser.session.get(browser.origin + path) as response:
                assert response.headers["Cache-Control"] == "no-store"
                assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Referrer-Policy"] == "no-referrer"
                assert "Access-Control-Allow-Origin" not in response.headers


async def test_a_port_that_is_taken_is_named(paged: Served, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(Refused, match="name another port") as caught:
        async with serving(tmp_path / "other", PageTable(paged.page.address)):
            pass
    assert caught.value.reason == "page.listen"


async def test_a_page_can_be_on_the_other_loopback(tmp_path: Path) -> None:
    async with serving(tmp_path, PageTable("[::1]:0")) as served, Browser(served) as browser:
        assert browser.origin.startswith("http://[::1]:")
        await browser.sign_in()
        assert (await browser.get("/v1/flows"))[0] == 200
