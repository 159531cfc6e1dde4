"""The private bus: one for each kit, gone with it, and refused in words when it cannot stand."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bleak import BleakScanner

from padkit_sim.errors import SimRefused
from padkit_sim.kitfile.load import parse
from padkit_sim.stacks import bluez
from padkit_sim.stacks.bluez import BluezStack, standing_bluez
from padkit_sim.stacks.stack import Ground
from padkit_sim.wires import UsbTree

ADDRESS = "C0:FF:EE:00:00:07"
KIT = """
[kit]
name = "air"
[[device]]
id = "clip"
type = "identity_reader"
wire = { kind = "ble", address = "C0:FF:EE:00:00:07", mtu = 64 }
"""


@pytest.fixture
def ground(tmp_path):
    return Ground(tmp_path, parse(KIT, "air.toml"), UsbTree(tmp_path))


async def test_two_kits_have_a_bus_each(ground, monkeypatch):
    (other := ground.root / "other").mkdir()
    (entry,) = ground.file.devices
    async with standing_bluez(ground) as ours, standing_bluez(Ground(other, ground.file, ground.tree)) as theirs:
        wire = ours.wire_for(entry)
        wire.plug(lambda data: None)
        for stack, patience_s, found in ((ours, 10.0, True), (theirs, 0.3, False)):
            monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", stack.environment["DBUS_SYSTEM_BUS_ADDRESS"])
            looking = BleakScanner.find_device_by_address(ADDRESS, timeout=patience_s)
            assert (await asyncio.to_thread(asyncio.run, looking) is not None) is found
        wire.unplug()
    assert not (ground.root / "dbus").exists()


async def test_a_stack_can_stand_up_again(tmp_path):
    stack = BluezStack(tmp_path)
    for _ in range(2):
        await stack.start()
        await stack.stop()
    await stack.stop()


async def test_a_missing_daemon_is_named_with_its_package(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SimRefused, match="install the Debian package dbus-daemon"):
        await BluezStack(tmp_path).start()


async def test_a_daemon_that_does_not_start_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(bluez, "CONFIG", "<busconfig>{socket}")
    with pytest.raises(SimRefused, match=r"dbus-daemon does not start on .*: .+"):
        await BluezStack(tmp_path).start()


async def test_a_daemon_that_says_nothing_is_ended(tmp_path, monkeypatch):
    silent = tmp_path / "dbus-daemon"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(bluez, "READY_S", 0.1)
    with pytest.raises(SimRefused, match="it says nothing"):
        await BluezStack(Path(tmp_path)).start()
