"""The private socket: takes its name when it listens, leaves another's alone."""

from __future__ import annotations

import stat
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from padkit_central.api import private_socket


async def served(name: str) -> web.AppRunner:
    async def say(_: web.Request) -> web.Response:
        return web.Response(text=name)

    app = web.Application()
    app.router.add_get("/", say)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    return runner


async def said(path: Path) -> str:
    connector = aiohttp.UnixConnector(str(path))
    async with aiohttp.ClientSession(connector=connector) as session, session.get("http://x/") as response:
        return await response.text()


async def test_only_its_owner_may_open_it_and_it_goes_with_the_service(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    runner = await served("one")
    async with private_socket(runner, path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert await said(path) == "one"
    await runner.cleanup()
    assert list(tmp_path.iterdir()) == []


async def test_what_a_killed_service_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    path.touch()
    path.with_name("admin.sock.new").touch()
    runner = await served("two")
    async with private_socket(runner, path):
        assert await said(path) == "two"
    await runner.cleanup()


async def test_a_newer_service_keeps_the_name_when_the_older_ends(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    old, new = await served("old"), await served("new")
    older = private_socket(old, path)
    await older.__aenter__()
    async with private_socket(new, path):
        await older.__aexit__(None, None, None)
        assert await said(path) == "new"
    for runner in (old, new):
        await runner.cleanup()


async def test_a_place_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    runner = await served("one")
    long = tmp_path / ("x" * 120)
    with pytest.raises(OSError, match="name a shorter or writable place"):
        async with private_socket(runner, long):
            pass
    await runner.cleanup()
