"""The host inside this process, behind the same door as a worker."""

from __future__ import annotations

import asyncio

from padkit_agent.devices import InlineLauncher
from padkit_agent.links.serial import open_serial
from padkit_agent.plugins import find_plugins
from padkit_agent.plugins.channel import open_channel
from padkit_agent.plugins.frames import core_side
from padkit_agent.plugins.messages import PROTOCOL, Hello, Ready


async def test_an_inline_worker_answers_and_ends_with_its_block(kit, bundle):
    toy = find_plugins([bundle]).found["toy"]
    async with InlineLauncher({"usb_serial": open_serial}, lambda: 0.0).launch(toy, print) as worker:
        channel = await open_channel(worker.sock, core_side())
        channel.send(Hello(PROTOCOL, toy.manifest, toy.paths))
        assert isinstance(await anext(channel.receive()), Ready)
        assert not worker.exited.done()
        await channel.close()
    assert await worker.exited == "ended"


async def test_a_killed_inline_worker_ends(kit, bundle):
    toy = find_plugins([bundle]).found["toy"]
    async with InlineLauncher({}, lambda: 0.0).launch(toy, print) as worker:
        channel = await open_channel(worker.sock, core_side())
        await asyncio.sleep(0)
        worker.kill()
        assert await worker.exited == "ended"
        await channel.close()
