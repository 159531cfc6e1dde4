"""A channel carries whole messages, and ends when the other end does."""

from __future__ import annotations

import socket

import pytest

from padkit_agent.plugins.channel import open_channel
from padkit_agent.plugins.frames import core_side, worker_side
from padkit_agent.plugins.messages import Ping, Pong
from padkit_sdk import BadFrame


@pytest.fixture
async def ends():
    core, worker = socket.socketpair()
    pair = await open_channel(core, core_side()), await open_channel(worker, worker_side())
    yield pair
    for end in pair:
        await end.close()


async def test_messages_arrive_whole_and_in_order(ends):
    core, worker = ends
    for number in range(3):
        core.send(Ping(number))
    await core.close()
    assert [message async for message in worker.receive()] == [Ping(0), Ping(1), Ping(2)]


async def test_a_dead_end_is_the_end_of_the_messages(ends):
    core, worker = ends
    await worker.close()
    assert [message async for message in core.receive()] == []
    core.send(Ping(1))
    await core.close()


async def test_the_size_of_each_portion_is_told_before_it_is_decoded(ends):
    core, worker = ends

    def refuse(count):
        raise BadFrame(f"{count} bytes")

    worker.send(Pong(1))
    with pytest.raises(BadFrame, match="bytes"):
        await anext(core.receive(refuse))
