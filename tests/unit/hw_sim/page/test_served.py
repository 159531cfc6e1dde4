"""The page of a standing kit, from the command line."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import aiohttp
from click.testing import CliRunner

from padkit_sim.cli import main

PADKIT_SIM = [sys.executable, "-c", "from padkit_sim.cli import main; main()"]


async def test_serve_says_a_link_and_after_its_use_the_next():
    child = await asyncio.create_subprocess_exec(*PADKIT_SIM, "serve", "demo", "--page", stdout=asyncio.subprocess.PIPE)
    ready = json.loads(await child.stdout.readline())
    assert ready["event"] == "ready"
    async with aiohttp.ClientSession() as browser, browser.get(ready["page"], allow_redirects=False) as got:
        assert got.status == 303
    following = json.loads(await child.stdout.readline())
    assert following["event"] == "page"
    assert following["page"] != ready["page"]
    child.send_signal(signal.SIGTERM)
    assert await child.wait() == 0


async def test_run_says_the_link_on_stderr_and_leaves_stdout_to_the_command():
    child = await asyncio.create_subprocess_exec(
        *PADKIT_SIM, "run", "demo", "--page", "127.0.0.1:0", "--", "echo", "mine",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await child.communicate()
    assert (child.returncode, out) == (0, b"mine\n")
    assert b"control page, for one browser: http://127.0.0.1:" in err


def test_an_address_that_others_could_reach_is_refused():
    refused = CliRunner().invoke(main, ["serve", "demo", "--page", "0.0.0.0:8080"])
    assert refused.exit_code == 2
    assert "is not loopback" in refused.output


async def test_a_taken_port_is_refused():
    holder = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = holder.sockets[0].getsockname()[1]
    child = await asyncio.create_subprocess_exec(
        *PADKIT_SIM, "serve", "demo", "--page", f"127.0.0.1:{port}", stderr=asyncio.subprocess.PIPE
    )
    _, err = await child.communicate()
    holder.close()
    await holder.wait_closed()
    assert child.returncode == 2
    assert b"give another port" in err
