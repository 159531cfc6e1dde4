"""The kernel's hints are optional: with or without them the block runs."""

from __future__ import annotations

import asyncio
import socket

import pytest

from padkit_agent.devices import uevents
from padkit_agent.devices.uevents import kernel_hints, no_hints


async def test_a_burst_of_kernel_events_is_one_hint(monkeypatch):
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    monkeypatch.setattr(near.__class__, "bind", lambda self, address: None)
    monkeypatch.setattr(uevents.socket, "socket", lambda *kind: near)
    hints, hinted = [], asyncio.Event()

    def on_hint():
        hints.append(1)
        hinted.set()

    with kernel_hints(on_hint):
        for _ in range(3):
            far.send(b"add@/devices/usb1/1-3\0")
        await hinted.wait()
    far.close()
    assert hints == [1]


@pytest.mark.parametrize("failing", ["socket", "bind"])
async def test_where_the_kernel_gives_no_events_the_block_runs_without(monkeypatch, failing):
    def refuse(*args):
        raise PermissionError

    class Deaf(socket.socket):
        bind = refuse

    kinds = {"socket": refuse, "bind": lambda *kind: Deaf(socket.AF_UNIX, socket.SOCK_DGRAM)}
    monkeypatch.setattr(uevents.socket, "socket", kinds[failing])
    with kernel_hints(pytest.fail):
        pass


def test_no_hints_are_no_hints():
    with no_hints(pytest.fail):
        pass
