"""The kernel's hints are optional: with or without them the block runs."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from pathlib import Path

import pytest
from usbfs_kit import usbfs_kit

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


async def test_plug_and_pull_of_a_simulated_device_are_hints_at_once(libumockdev):
    script = """
import asyncio, os
from padkit_agent.devices import WireScan, kernel_hints
async def main():
    scan, hinted = WireScan.from_environment(os.environ), asyncio.Event()
    with kernel_hints(hinted.set):
        seen = scan()
        print("up", flush=True)
        for _ in range(2):
            while (now := scan()) == seen:
                hinted.clear()
                await hinted.wait()
            seen = now
            print([(wire.kind, wire.name, wire.serial) for wire in seen], flush=True)
asyncio.run(main())
"""
    root = Path(tempfile.mkdtemp(prefix="kit"))
    try:
        async with usbfs_kit(root) as kit, kit.child(script) as child:
            assert await child.line() == "up"
            kit.tiny.unplug()
            assert await child.line() == "[]"
            kit.tiny.plug()
            assert await child.line() == "[('usb', '1-2', 'TINY-0001')]"
    finally:
        shutil.rmtree(root, ignore_errors=True)
