"""A practice kit that is not there, or does not come up, is a refusal; a practice page has a cookie of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import structlog
from multidict import CIMultiDict
from structlog.testing import LogCapture

from padkit_agent.api import guard
from padkit_agent.api.page import COOKIE, PageListener
from padkit_agent.api.practice import Practice
from padkit_sdk.errors import Refused

from .browser import Browser
from .conftest import Served

LOG: Any = structlog.wrap_logger(None, processors=[LogCapture()])
ENVIRONMENT = "environment"


def program(folder: Path, text: str) -> Path:
    made = folder / "padkit-sim"
    made.write_text(f"#!/bin/sh\n{text}\n")
    made.chmod(0o755)
    return made


async def refusal(practice: Practice) -> Refused:
    with pytest.raises(Refused) as caught:
        await practice.open()
    await practice.close()
    return caught.value


async def test_without_simulators_there_is_no_practice(tmp_path: Path) -> None:
    practice = Practice(LOG, tmp_path / "padkit-sim")
    assert not practice.there
    assert (await refusal(practice)).reason == "practice.none"


@pytest.mark.parametrize("says", ["exit 3", "echo no JSON", "echo '{}'", "head -c 70000 /dev/zero", "exec cat"])
async def test_a_program_that_does_not_come_up_is_refused_and_ended(
    tmp_path: Path, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("padkit_agent.api.practice.READY_S", 2.0)
    pid = tmp_path / "pid"
    assert (await refusal(Practice(LOG, program(tmp_path, f"echo $$ > {pid}\n{says}")))).reason == "practice.failed"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


async def test_nothing_of_the_kit_s_environment_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADKIT_KEY_PASSWORD_FILE", "secret")
    monkeypatch.setenv("LD_PRELOAD", "")
    seen = tmp_path / ENVIRONMENT
    await refusal(Practice(LOG, program(tmp_path, f"env > {seen}")))
    assert "PADKIT" not in seen.read_text()
    assert "LD_PRELOAD" not in seen.read_text()


async def test_a_page_refuses_what_is_not_there_in_the_one_shape(paged: Served) -> None:
    async with Browser(paged) as browser:
        await browser.launch()
        status, told = await browser.post("/v1/practice")
        assert (status, told["error"]["code"]) == (409, "practice.none")
        _, shown = await browser.get("/v1/status")
        assert (shown["practice"], shown["can_practise"]) == (False, False)


def test_a_practice_page_keeps_another_cookie_and_opens_from_a_page_of_this_machine(served: Served) -> None:
    served.page.practice = True
    assert PageListener(served.page, served.kit.feed)._cookie != COOKIE
    headers = CIMultiDict([("Host", "127.0.0.1:1"), ("Sec-Fetch-Site", "same-site")])
    asked = guard.Asked(headers, is_get=True, is_socket=False, is_file=True, has_body=False, content_type="")
    guard.check(asked, "127.0.0.1:1", practice=True)
    with pytest.raises(Refused, match="Sec-Fetch-Site"):
        guard.check(asked, "127.0.0.1:1")
