"""The USB stack: real libusb where the preload library is, USB/IP where it is not, and besides where it is asked for."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_usb import IDENTITY, Tiny, book_for

from padkit_agent.devices.discovery import WireScan
from padkit_agent.links.usb import open_usb
from padkit_sdk.links import Usb
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.errors import SimRefused
from padkit_sim.journal import Journal
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.stacks import Ground, usb
from padkit_sim.stacks.preload import LIBRARY, preloaded
from padkit_sim.wires import UsbTree

ENTRY = SimpleNamespace(identity=IDENTITY)


def ground(tmp_path, **more):
    return Ground(tmp_path, load(find_kit_file("demo")), UsbTree(tmp_path), **more)


def plugged(stack):
    clock = time.monotonic
    port = stack.wire_for(ENTRY)
    tiny = AttachedUsb("tiny", Tiny(), port, book_for().dial("tiny"), MechanicalTime(clock, 1.0), Journal(clock))
    tiny.plug()
    return tiny


async def version(tmp_path):
    (wire,) = WireScan(tmp_path / "sys", tmp_path / "dev")()
    link = await open_usb(Usb(0x1209, 1), Path(wire.path))
    try:
        return await link.control(0xC0, 0x10, 0, 0, 4, timeout_s=10)
    finally:
        await link.close()


async def test_programs_get_the_preload_library_and_the_root(tmp_path, libumockdev):
    async with usb.standing_usb(ground(tmp_path)) as stack:
        assert stack.environment["UMOCKDEV_DIR"] == str(tmp_path)
        assert LIBRARY in stack.environment["LD_PRELOAD"]


def test_what_a_program_preloads_already_stays():
    assert preloaded(Path("/k"), {"LD_PRELOAD": "libasan.so"})["LD_PRELOAD"] == f"libasan.so {LIBRARY}"
    assert preloaded(Path("/k"), {"LD_PRELOAD": LIBRARY})["LD_PRELOAD"] == LIBRARY


async def test_without_the_library_usb_goes_over_usbip(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(usb, "have_preload", lambda: False)
    async with usb.standing_usb(ground(tmp_path)) as stack:
        assert set(stack.environment) == {"PADKIT_USBIP"}
        monkeypatch.setenv("PADKIT_USBIP", stack.environment["PADKIT_USBIP"])
        tiny = plugged(stack)
        assert await version(tmp_path) == b"TINY"
        tiny.close()
    assert "install umockdev" in capsys.readouterr().err


async def test_devices_are_lent_over_usbip_besides(tmp_path, monkeypatch, capsys, libumockdev):
    async with usb.standing_usb(ground(tmp_path, usbip="127.0.0.1:0")) as stack:
        address = capsys.readouterr().err.split()[-1]
        monkeypatch.setenv("PADKIT_USBIP", address)
        tiny = plugged(stack)
        assert await version(tmp_path) == b"TINY"
        tiny.close()


async def test_an_address_that_is_not_ours_is_refused(tmp_path):
    with pytest.raises(SimRefused, match="give a free address"):
        async with usb.standing_usb(ground(tmp_path, usbip="192.0.2.1:3240")):
            pass
