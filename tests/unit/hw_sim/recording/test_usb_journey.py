"""A session with a USB device is captured, recorded without what is personal, and played again to the same driver.

The simulated device stands for the real one, its kit's capture for that of usbmon.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from padkit_agent.devices.discovery import WireScan
from padkit_agent.links.usb import open_usb
from padkit_sdk import DriverContext, Usb
from padkit_sdk.conformance.simulator import SimulatorHands, say_to
from padkit_sdk.errors import PadkitError
from padkit_signature_pad.driver import open_pad
from padkit_sim.cli import main
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import load
from padkit_sim.run import Options, standing
from padkit_sim.stacks import usb

T = 30.0
WACOM, STU_540 = 0x056A, 0x00A8
DOCUMENT = bytes(32)
PAD = '[kit]\nname = "pad"\n[[device]]\nid = "pad"\ntype = "signature_pad"\n'
REPLAY = """
[kit]
name = "replay"
[[device]]
id = "pad"
type = "recording"
file = "pad.jsonl"
pauses = false
wire = { kind = "usb", vid = 0x056A, pid = 0x00A8 }
"""


@pytest.fixture
def over_usbip(monkeypatch):
    """The kit's USB without preload library, so that this process can be its host."""
    monkeypatch.setattr(usb, "have_preload", lambda: False)

    def host(environment):
        monkeypatch.setenv("PADKIT_USBIP", environment["PADKIT_USBIP"])

    return host


async def opened(environment):
    (wire,) = WireScan(Path(environment["PADKIT_SYSFS"]), Path(environment["PADKIT_DEV"]))()
    link = await open_usb(Usb(WACOM, STU_540), Path(wire.path))
    return await open_pad(link, DriverContext("pad", time.monotonic, lambda event: None, {}))


async def signed(environment, hand=None):
    pad = await opened(environment)
    try:
        who = await pad.identify(timeout_s=T)
        acting = asyncio.create_task(asyncio.to_thread(hand)) if hand else None
        signature = await pad.sign(DOCUMENT, timeout_s=T)
        if acting:
            await acting
        return who, await pad.capability(), signature
    finally:
        await pad.close()


@pytest.fixture
async def captured(tmp_path, over_usbip):
    """What the driver saw of a signature, and the capture of it."""
    (tmp_path / "pad.toml").write_text(PAD)
    capture = tmp_path / "usb.pcap"
    async with standing(load(tmp_path / "pad.toml"), Options(speed=20.0, pcap=capture), time.monotonic) as environment:
        over_usbip(environment)

        def sign():
            hands = SimulatorHands(say_to(Path(environment["PADKIT_SIM_CONTROL"])), "STU-0001", time.sleep)
            hands.write_signature()
            hands.touch_pad("confirm")

        seen = await signed(environment, sign)
    return seen, capture


def record(tmp_path, kind, capture, *options):
    words = ["record", kind, "--pcap", str(capture), "--usb", "056a:00a8", "--out", str(tmp_path / "pad.jsonl")]
    return CliRunner().invoke(main, [*words, *options])


def lines(tmp_path):
    return [json.loads(line) for line in (tmp_path / "pad.jsonl").read_text().splitlines()]


async def played(tmp_path, over_usbip, session):
    (tmp_path / "replay.toml").write_text(REPLAY)
    journal = tmp_path / "replay.jsonl"
    async with standing(load(tmp_path / "replay.toml"), Options(journal=journal), time.monotonic) as environment:
        over_usbip(environment)
        seen = await session(environment)
    return seen, journal.read_text()


async def test_a_signature_is_played_again_and_nobodys_hand_is_in_it(tmp_path, captured, over_usbip):
    (who, capability, signature), capture = captured
    result = record(tmp_path, "signature_pad", capture)
    assert result.exit_code == 0, result.output
    (first, *_) = lines(tmp_path)
    assert first["note"] == "recording of signature_pad: usb 056A:00A8; scrubbed"
    pen = {it["hex"][6:20] for it in lines(tmp_path) if it["note"] == "endpoint 81"}
    assert len(pen) < 30 < signature.points
    assert {it["hex"][9:] for it in lines(tmp_path) if it["hex"].startswith("26 ")} - {""}
    assert all(set(it["hex"][9:]) <= set(" 0") for it in lines(tmp_path) if it["hex"].startswith("26 "))
    (again, same, instead), journal = await played(tmp_path, over_usbip, signed)
    assert (again, same) == (who, capability)
    assert (instead.points, instead.lost) == (signature.points, 0)
    assert instead.series != signature.series
    assert "recording mismatch" not in journal


async def test_a_driver_that_does_otherwise_is_told(tmp_path, captured, over_usbip):
    assert record(tmp_path, "signature_pad", captured[1]).exit_code == 0

    async def other(environment):
        pad = await opened(environment)
        with pytest.raises(PadkitError):
            await pad.clear(timeout_s=2.0)
        await pad.close()

    _, journal = await played(tmp_path, over_usbip, other)
    assert "recording mismatch: at record " in journal


async def test_a_capture_without_the_device_is_refused(tmp_path, captured):
    words = ["record", "signature_pad", "--pcap", str(captured[1]), "--usb", "05ba:000a"]
    result = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "none.jsonl")])
    assert result.exit_code == 2
    assert "begin the capture, on one bus, before you plug the device in" in result.output


async def test_raw_keeps_every_point(tmp_path, captured):
    words = ["record", "signature_pad", "--pcap", str(captured[1]), "--usb", "056a:00a8", "--raw"]
    result = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "pad.jsonl")], input="write everything down\n")
    assert result.exit_code == 0, result.output
    pen = {it["hex"][6:20] for it in lines(tmp_path) if it["note"] == "endpoint 81"}
    assert len(pen) > 30
    assert "raw: may hold what is personal" in lines(tmp_path)[0]["note"]


async def test_a_recording_of_usb_is_played_on_usb_only(tmp_path, captured):
    assert record(tmp_path, "signature_pad", captured[1]).exit_code == 0
    (tmp_path / "wrong.toml").write_text(REPLAY.replace('kind = "usb", ', ""))
    with pytest.raises(SimRefused, match="it is played on USB only"):
        load(tmp_path / "wrong.toml")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--pcap", "x"], "give --device and --link for a serial port, --pcap and --usb for USB"),
        (["--pcap", "x", "--usb", "wacom"], "give vendor and product as lsusb prints them"),
        (["--pcap", "/no/such", "--usb", "056a:00a8"], "give a pcap file"),
    ],
)
def test_what_cannot_be_recorded_is_refused(tmp_path, options, why):
    result = CliRunner().invoke(main, ["record", "signature_pad", "--out", str(tmp_path / "out"), *options])
    assert result.exit_code == 2
    assert why in result.output
