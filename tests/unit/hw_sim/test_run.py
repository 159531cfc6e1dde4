"""A kit standing on ptys for a command: found, driven with raw reads and writes, and gone afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import termios
import time
import tty
from pathlib import Path

import pytest

from padkit_sim.control import ask
from padkit_sim.control import words as w
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.run import NOT_EXECUTABLE, NOT_FOUND, Options, run, serve, standing
from padkit_sim.stacks.preload import LD_PRELOAD, UMOCKDEV_DIR, have_preload

FAST = 200.0
INITIALIZE = bytes.fromhex("F2 00 00 03 43 30 37 03 B6")
STATUS = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")
MOVE_IC = bytes.fromhex("F2 00 00 03 43 32 31 03 B2")
MOVE_GATE = bytes.fromhex("F2 00 00 03 43 32 30 03 B3")
COLD_RESET = bytes.fromhex("F2 00 00 03 43 51 30 03 D0")
FIND = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
SELECT = bytes.fromhex("AA AA AA 96 69 00 03 20 02 21")
READ = bytes.fromhex("AA AA AA 96 69 00 03 30 01 32")


class Client:
    """A program with nothing but open, read and write."""

    def __init__(self, node, speed):
        self.fd = os.open(node, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        modes = termios.tcgetattr(self.fd)
        modes[4] = modes[5] = speed
        termios.tcsetattr(self.fd, termios.TCSANOW, modes)

    async def ask(self, data, count):
        """Write `data`, read `count` bytes."""
        os.write(self.fd, data)
        got = b""
        while len(got) < count:
            got += await asyncio.to_thread(os.read, self.fd, count - len(got))
        return got

    def close(self):
        os.close(self.fd)


@pytest.fixture
def demo():
    return load(find_kit_file("demo"))


@pytest.fixture
async def env(demo):
    async with standing(demo, Options(speed=FAST), time.monotonic) as environment:
        yield environment


def said(folder):
    """Python that tells its process id, once, to whoever waits in `heard`."""
    os.mkfifo(folder / "up")
    return f"import os,pathlib;pathlib.Path({str(folder / 'up')!r}).write_text(str(os.getpid()))"


async def heard(folder):
    return await asyncio.to_thread((folder / "up").read_text)


def command(env, request):
    return asyncio.to_thread(ask, Path(env["PADKIT_SIM_CONTROL"]), request)


async def test_a_kit_stands_in_the_same_machine_at_each_start_until_a_part_is_swapped():
    seen = []
    for swap in (False, True):
        async with standing(load(find_kit_file("demo")), Options(), time.monotonic) as env:
            sysfs = Path(env["PADKIT_SYSFS"])
            if swap:
                reply = await asyncio.to_thread(ask, Path(env["PADKIT_SIM_CONTROL"]), w.Hardware("disk", "SSD-NEW"))
                assert json.loads(reply) == {"ok": True}
            files = ("class/dmi/id/product_uuid", "class/net/eth0/address", "class/block/nvme0n1/device/serial")
            seen.append([(sysfs / file).read_text() for file in files])
    assert seen[0][:2] == seen[1][:2]
    assert seen[1][2] == "SSD-NEW\n" != seen[0][2]


async def test_a_card_goes_from_hopper_to_hand_over_the_pty(env):
    box = Client(Path(env["PADKIT_DEV"]) / "ttyUSB0", termios.B38400)
    assert (await box.ask(STATUS, 12))[-4:] == bytes.fromhex("42 30 03 C9")
    assert (await box.ask(b"\x06" + INITIALIZE, 25))[:1] == b"\x06"
    assert (await box.ask(b"\x06" + MOVE_IC, 13))[1:] == bytes.fromhex("F2 00 00 06 50 32 31 32 32 30 03 94")
    reset = await box.ask(b"\x06" + COLD_RESET, 29)
    assert bytes.fromhex("3B6D00000080318065B0893501F183") in reset
    assert (await box.ask(b"\x06" + MOVE_GATE, 13))[1:] == bytes.fromhex("F2 00 00 06 50 32 30 31 32 30 03 96")
    await command(env, w.Hand("box", "take_card"))
    assert (await box.ask(b"\x06" + STATUS, 13))[1:] == bytes.fromhex("F2 00 00 06 50 31 30 30 32 30 03 94")
    state = json.loads(await command(env, w.State()))
    assert state["devices"]["box"]["cards"][0]["place"] == "hand"
    box.close()


async def test_a_person_is_read_over_the_pty(env):
    reader = Client(Path(env["PADKIT_DEV"]) / "ttyUSB1", termios.B115200)
    await command(env, w.Hand("reader", "lay_card", person="test_a"))
    assert (await reader.ask(FIND, 15))[9] == 0x9F
    assert (await reader.ask(SELECT, 19))[9] == 0x90
    answer = await reader.ask(READ, 1295)
    assert answer[14:20].decode("utf-16-le") == "测试甲"
    reader.close()


async def test_a_power_cut_in_mid_motion_stops_the_card_where_it_is(env):
    box = Client(Path(env["PADKIT_DEV"]) / "ttyUSB0", termios.B38400)
    await box.ask(INITIALIZE, 25)
    await command(env, w.Speed(0.001))
    await box.ask(MOVE_IC, 1)
    await command(env, w.PowerCycle("box"))
    await command(env, w.Speed(FAST))
    assert (await box.ask(STATUS, 12))[-4:] == bytes.fromhex("42 30 03 C9")
    state = json.loads(await command(env, w.State()))["devices"]["box"]
    assert (state["cards"][0]["place"], state["initialised"], state["moving"]) == ("path", False, False)
    assert (await box.ask(INITIALIZE, 25))[8:9] == b"2"
    box.close()


async def test_a_swapped_reader_shows_another_serial_number(env):
    await command(env, w.Unplug("reader"))
    assert not (Path(env["PADKIT_DEV"]) / "ttyUSB1").exists()
    await command(env, w.Plug("reader", "CLIP-0002"))
    assert (Path(env["PADKIT_SYSFS"]) / "devices/usb1/1-4/serial").read_text() == "CLIP-0002\n"


async def test_the_root_is_gone_afterwards(demo):
    async with standing(demo, Options(), time.monotonic) as environment:
        root = Path(environment["PADKIT_SYSFS"]).parent
        assert root.is_dir()
    assert not root.exists()


async def test_two_kits_have_nothing_in_common(demo, env):
    async with standing(demo, Options(), time.monotonic) as other:
        own = {value for name, value in other.items() if name != LD_PRELOAD}  # a library of the machine
        assert own.isdisjoint(env.values())


async def test_options_replace_what_the_kit_file_says(demo, tmp_path):
    options = Options(speed=3.0, seed=99, journal=tmp_path / "bytes.jsonl", control=tmp_path / "control")
    async with standing(demo, options, time.monotonic) as environment:
        assert environment["PADKIT_SIM_CONTROL"] == str(tmp_path / "control")
        state = json.loads(await command(environment, w.State()))
    assert (state["seed"], state["speed"]) == (99, 3.0)
    assert json.loads((tmp_path / "bytes.jsonl").read_text().splitlines()[0])["note"] == "plugged as CDB-0001"


async def test_places_that_cannot_be_used_are_refused(demo, tmp_path):
    with pytest.raises(SimRefused, match="give a file that can be written"):
        async with standing(demo, Options(journal=tmp_path), time.monotonic):
            pass
    with pytest.raises(SimRefused, match="at most 107 bytes"):
        async with standing(demo, Options(control=tmp_path / ("x" * 120)), time.monotonic):
            pass


async def test_a_command_gets_the_environment_and_its_exit_code_comes_back(demo):
    script = "import os,sys;sys.exit(7 if os.path.exists(os.environ['PADKIT_DEV']+'/ttyUSB0') else 1)"
    assert await run(demo, Options(), time.monotonic, [sys.executable, "-c", script]) == 7


async def test_a_command_that_a_signal_ended_gives_128_and_its_number(demo):
    script = "import os,signal;os.kill(os.getpid(),signal.SIGKILL)"
    assert await run(demo, Options(), time.monotonic, [sys.executable, "-c", script]) == 128 + signal.SIGKILL


async def test_a_command_that_does_not_exist_gives_127(demo, capsys):
    assert await run(demo, Options(), time.monotonic, ["/no/such/command"]) == NOT_FOUND
    assert "command not found" in capsys.readouterr().err


async def test_a_command_that_cannot_be_executed_gives_126(demo, tmp_path, capsys):
    (tmp_path / "script").write_text("#!/bin/sh\n")
    assert await run(demo, Options(), time.monotonic, [str(tmp_path / "script")]) == NOT_EXECUTABLE
    assert f"{tmp_path}/script: Permission denied; give" in capsys.readouterr().err


async def test_a_signal_is_passed_on_to_the_command(demo, tmp_path):
    script = f"import signal,sys;signal.signal(signal.SIGTERM,lambda *a:sys.exit(5));{said(tmp_path)};signal.pause()"
    running = asyncio.create_task(run(demo, Options(), time.monotonic, [sys.executable, "-c", script]))
    await heard(tmp_path)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await running == 5


async def test_a_signal_that_comes_before_the_command_is_kept_for_it(demo):
    script = "import signal;signal.pause()"
    running = asyncio.create_task(run(demo, Options(), time.monotonic, [sys.executable, "-c", script]))
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
    assert await running == 128 + signal.SIGTERM


async def test_a_cancelled_run_leaves_no_child(demo, tmp_path):
    script = f"import signal;{said(tmp_path)};signal.pause()"
    running = asyncio.create_task(run(demo, Options(), time.monotonic, [sys.executable, "-c", script]))
    child = int(await heard(tmp_path))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


async def test_serve_stands_until_it_is_told_to_end(demo):
    told = []

    def ready(environment):
        told.append(dict(environment))
        os.kill(os.getpid(), signal.SIGTERM)

    await serve(demo, Options(), time.monotonic, ready)
    usb = {LD_PRELOAD, UMOCKDEV_DIR} if have_preload() else {"PADKIT_USBIP"}
    assert set(told[0]) == {"PADKIT_SYSFS", "PADKIT_DEV", "PADKIT_SIM_CONTROL", "PADKIT_CAMERAS", *usb}
    assert not Path(told[0]["PADKIT_SYSFS"]).exists()
