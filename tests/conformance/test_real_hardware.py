"""The same command on real hardware, over USB, PC/SC and Bluetooth LE, with a person at the terminal.

A kit in a process of its own stands for the hardware: the command has none of padkit's variables, only those by which libusb,
pcsclite and D-Bus find their devices.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from padkit_sdk.conformance.simulator import SimulatorHands, say_to

PADKIT_SIM = [sys.executable, "-c", "from padkit_sim.cli import main; main()"]
LIMIT_S = 110
ADDRESS = "C0:FF:EE:00:00:01"
KIT = f"""
[kit]
name = "hardware"
[[device]]
id = "pad"
type = "signature_pad"
[[device]]
id = "chip"
type = "card_reader"
cards = [{{ bin = "999900" }}]
[[device]]
id = "clip"
type = "identity_reader"
wire = {{ kind = "ble", address = "{ADDRESS}" }}
"""


@pytest.fixture
async def hardware(tmp_path):
    """What stands for the hardware: the variables of a program beside it, its control socket, a recording of its pad."""
    (tmp_path / "hardware.toml").write_text(KIT, encoding="utf-8")
    pcap = ["--pcap", "-", "--usb", "056a:00a8", "--out", str(tmp_path / "real.jsonl")]
    heard, usbmon = os.pipe()
    recorder = await asyncio.create_subprocess_exec(*PADKIT_SIM, "record", "signature_pad", *pcap, stdin=heard)
    kit = await asyncio.create_subprocess_exec(
        *(*PADKIT_SIM, "serve", str(tmp_path / "hardware.toml"), "--speed", "20", "--pcap", f"/dev/fd/{usbmon}"),
        stdout=asyncio.subprocess.PIPE,
        pass_fds=[usbmon],
    )
    os.close(heard)
    os.close(usbmon)
    assert kit.stdout
    try:
        found = json.loads(await kit.stdout.readline())["env"]
        async with asyncio.timeout(LIMIT_S):
            while not (tmp_path / "real.jsonl").exists():  # noqa: ASYNC110 - the recorder has come up by then
                await asyncio.sleep(0.02)
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PADKIT_", "PYTEST_"))}
        beside = {key: value for key, value in found.items() if not key.startswith("PADKIT_")}
        yield {**clean, **beside}, Path(found["PADKIT_SIM_CONTROL"])
    finally:
        kit.terminate()
        await kit.wait()
        await recorder.wait()


async def conformance(tmp_path, environment, *options, terminal=None):
    """One run of the command; what it reported and printed."""

    def own_terminal():
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--pyargs", "padkit_sdk.conformance"]
    child = await asyncio.create_subprocess_exec(
        *command, "--padkit-json", "report.json", *options,
        cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=own_terminal if terminal is not None else None,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LIMIT_S):
            said, _ = await child.communicate()
    finally:
        if terminal is not None:
            os.close(terminal)  # who waits for words of it hears its end
    assert child.returncode == 0, said.decode()
    return json.loads((tmp_path / "report.json").read_text())


async def test_a_person_signs_and_the_trace_grows_beside(tmp_path, hardware):
    environment, control = hardware
    ours, theirs = os.openpty()

    def person():
        hands = SimulatorHands(say_to(control), "STU-0001", time.sleep)
        for words, act in (
            (b"sign in the middle", hands.write_signature),
            (b"touch 'confirm'", lambda: hands.touch_pad("confirm")),
        ):
            heard = b""
            while words not in heard:
                heard += os.read(ours, 1024)
            act()
            os.write(ours, b"\n")

    acting = asyncio.create_task(asyncio.to_thread(person))
    pad = ("--padkit-plugin", "signature_pad", "--padkit-hands", "person", "--padkit-trace", "real.jsonl")
    report = await conformance(tmp_path, environment, *pad, "-k", "is_whole", terminal=theirs)
    await acting
    os.close(ours)
    assert report["evidence"]["hardware"] is True
    assert report["evidence"]["trace_frames"] > 0
    assert report["subject"]["hands"] == "a person"


@pytest.mark.parametrize(
    "options",
    [
        ("--padkit-model", "PCSC", "--padkit-port", "hw_sim Card reader (CR-0001) 00 00"),
        ("--padkit-model", "SAM_V", "--padkit-port", ADDRESS),
    ],
    ids=["a reader by its name", "a clip by its address"],
)
async def test_what_moves_nothing_is_asked_over_pcsc_and_bluetooth(tmp_path, hardware, options):
    environment, _ = hardware
    report = await conformance(
        tmp_path,
        environment,
        "--padkit-plugin",
        "back_clip",
        *options,
        "--padkit-hands",
        "nobody",
        "-k",
        "same_words",
    )
    assert report["evidence"]["hardware"] is True
