"""A pcscd for one kit: seen by the programs of that kit alone, gone with it, refused with what to do."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.kitfile.load import parse
from padkit_sim.run import Options, standing
from padkit_sim.stacks import pcsc

LONG_S = 10.0
READERS = """
import time
from smartcard.System import readers
end = time.monotonic() + 5
while not readers() and time.monotonic() < end:
    time.sleep(0.01)
print(*readers(), sep="\\n", flush=True)
"""


def kit(serial):
    text = f'[kit]\nname = "k"\n[[device]]\nid = "chip"\ntype = "card_reader"\nwire = {{ serial = "{serial}" }}\n'
    return parse(text, "k.toml")


async def readers_of(environment):
    """What a program of that kit sees."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READERS), env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate()
    return said.decode().split("\n")[:-1]


async def test_kits_side_by_side_have_each_their_own_readers():
    async with AsyncExitStack() as stack:
        kits = [
            await stack.enter_async_context(standing(kit(serial), Options(), time.monotonic))
            for serial in ("A-1", "B-2")
        ]
        seen = await asyncio.gather(*map(readers_of, kits))
    assert seen == [["hw_sim Card reader (A-1) 00 00"], ["hw_sim Card reader (B-2) 00 00"]]


async def test_nothing_is_left_when_the_kit_is_gone():
    async with standing(kit("A-1"), Options(), time.monotonic) as environment:
        door = Path(environment["PCSCLITE_CSOCK_NAME"])
        assert door.is_socket()
    assert not door.parent.exists()


async def test_a_kit_without_a_card_reader_has_none():
    async with standing(parse('[kit]\nname = "k"\n', "k.toml"), Options(), time.monotonic) as environment:
        assert "PCSCLITE_CSOCK_NAME" not in environment


def test_a_simulator_that_is_killed_takes_its_daemon_with_it(tmp_path):
    (tmp_path / "k.toml").write_text(
        '[kit]\nname = "k"\n[[device]]\nid = "chip"\ntype = "card_reader"\n', encoding="utf-8"
    )
    program = Path(sys.executable).parent / "padkit-sim"
    command = [program, "run", tmp_path / "k.toml", "--", sys.executable, "-c", f"{READERS}\ninput()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as simulator:
        assert b"CR-0001" in simulator.stdout.readline()
        (daemon,) = [it for it in psutil.Process(simulator.pid).children(recursive=True) if it.name() == "pcscd"]
        root = Path(daemon.environ()["UMOCKDEV_DIR"])
        simulator.kill()
        gone, _ = psutil.wait_procs([daemon], timeout=LONG_S)
    shutil.rmtree(root, ignore_errors=True)  # another simulator that starts may have been faster
    assert gone == [daemon]


async def refused():
    """What a kit with a card reader is refused with."""
    with pytest.raises(SimRefused) as caught:
        async with standing(kit("A-1"), Options(), time.monotonic):
            pass
    return str(caught.value)


async def test_a_machine_without_pcscd_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(pcsc, "PCSCD", "no-such-pcscd")
    assert "install the Debian packages pcscd and libccid" in await refused()


async def test_a_machine_without_namespaces_is_told_what_to_do(monkeypatch, tmp_path):
    (tmp_path / "unshare").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    told = await refused()
    assert "mount namespaces" in told
    assert ("0x04E6" if os.geteuid() == 0 else "run as root") in told
