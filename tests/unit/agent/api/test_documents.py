"""The document that a flow shows, through the agent's doors: which one, its PDF, its pages, and no other for it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from padkit_contract.crypto import sm3

from ..flows.kit import pack
from .browser import Browser
from .conftest import Served

pytestmark = pytest.mark.usefixtures("document_fonts")
PNG = b"\x89PNG\r\n\x1a\n"


async def get(served: Served, route: str) -> tuple[int, str, bytes]:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(served.socket))) as session,
        session.get(f"http://agent{route}") as response,
    ):
        return response.status, response.content_type, await response.read()


async def refusal(served: Served, route: str) -> tuple[int, str]:
    status, _, body = await get(served, route)
    return status, str(json.loads(body)["error"]["code"])


async def reading(served: Served) -> str:
    """Begin a flow on a kit with a pad; return its id once it shows the consent."""
    kit = served.kit
    devices: Any = kit.devices
    devices.list = lambda: (SimpleNamespace(device="pad"),)
    kit.packs._current = pack(bank_name="示例银行")
    flow = await kit.begin()
    await kit.asked("document_read")
    return flow


async def test_the_document_is_named_and_given_as_the_pdf_that_is_signed(served: Served) -> None:
    flow = await reading(served)
    _, _, body = await get(served, f"/v1/flows/{flow}/document")
    told = json.loads(body)
    assert (told["document"], told["version"], told["language"]) == ("D-PI-CONSENT", 2, "zh-CN")
    assert told["title"]["en"] == "Consent to the processing of personal information"
    status, media, pdf = await get(served, f"/v1/flows/{flow}/documents/{told['digest']}")
    assert (status, media, sm3(pdf).hex()) == (200, "application/pdf", told["digest"])
    assert pdf.startswith(b"%PDF")
    for page in range(1, told["pages"] + 1):
        status, media, picture = await get(served, f"/v1/flows/{flow}/documents/{told['digest']}/pages/{page}")
        assert (status, media, picture[:8]) == (200, "image/png", PNG)


@pytest.mark.parametrize("page", ["0", "99", "01", "x", "-1"])
async def test_a_page_that_is_not_there_is_refused(served: Served, page: str) -> None:
    flow = await reading(served)
    digest = json.loads((await get(served, f"/v1/flows/{flow}/document"))[2])["digest"]
    assert await refusal(served, f"/v1/flows/{flow}/documents/{digest}/pages/{page}") == (409, "document.page")


async def test_another_document_is_never_given_for_the_one_that_was_asked_for(served: Served) -> None:
    flow = await reading(served)
    for tail in ("", "/pages/1"):
        assert await refusal(served, f"/v1/flows/{flow}/documents/{'ab' * 32}{tail}") == (409, "document.other")


async def test_a_flow_that_shows_nothing_refuses_and_so_does_one_that_is_not_there(served: Served) -> None:
    flow = await served.kit.begin()
    await served.kit.asked("pin")
    assert await refusal(served, f"/v1/flows/{flow}/document") == (409, "document.none")
    assert await refusal(served, f"/v1/flows/{flow}/documents/{'ab' * 32}") == (409, "document.other")
    assert await refusal(served, "/v1/flows/nobody/document") == (409, "flow.unknown")


async def test_a_page_of_the_browser_may_look_at_it_once_somebody_signed_in(paged: Served) -> None:
    flow = await reading(paged)
    async with Browser(paged) as browser:
        await browser.launch()
        assert (await browser.get(f"/v1/flows/{flow}/document"))[0] == 401
        await browser.sign_in()
        paged.kit.packs._current = pack(bank_name="示例银行")
        _, told = await browser.get(f"/v1/flows/{flow}/document")
        address = f"{browser.origin}/v1/flows/{flow}/documents/{told['digest']}/pages/1"
        async with browser.session.get(address) as response:
            assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
            assert (await response.read()).startswith(PNG)
