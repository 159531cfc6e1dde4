"""A kit of toys: a bundle with the toy plugin, a device tree of ptys, and a clock that tests step."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
import pty
import random
import shutil
import sys
import tty
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog

from padkit_agent.core.gate import Gate
from padkit_agent.devices import (
    DeviceProfile,
    Ground,
    InlineLauncher,
    KitProfile,
    LoopClock,
    SpawnerLauncher,
    WireScan,
    open_room,
)
from padkit_agent.links.serial import open_serial
from padkit_agent.plugins import find_plugins
from padkit_contract.commands import Standing

TOYS = Path(__file__).parent / "toy"
METADATA = "Metadata-Version: 2.1\nName: padkit-{0}\nVersion: 1.0.0\n"


class StepClock:
    """A steady clock that stands still until it is stepped."""

    def __init__(self):
        self.now_s = 1000.0
        self._alarms = []
        self._numbers = itertools.count()

    def now_mono_s(self):
        return self.now_s

    def call_later(self, delay_s, callback):
        alarm = StepAlarm(callback)
        heapq.heappush(self._alarms, (self.now_s + delay_s, next(self._numbers), alarm))
        return alarm

    def step(self, seconds):
        """Let `seconds` pass; what is due is called in order."""
        until = self.now_s + seconds
        while self._alarms and self._alarms[0][0] <= until:
            self.now_s, _, alarm = heapq.heappop(self._alarms)
            alarm.ring()
        self.now_s = until


class StepAlarm:
    def __init__(self, callback):
        self._callback = callback

    def cancel(self):
        self._callback = None

    def ring(self):
        if self._callback is not None:
            self._callback()


class ToyDevice:
    """The far end of a toy's pty. Answers each line with itself, or as ordered; keeps what it heard."""

    def __init__(self, serial):
        self.serial = serial
        self.heard = []
        self.orders = {}
        self.hears = asyncio.Event()
        self._rest = b""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        asyncio.get_running_loop().add_reader(self._master, self._on_readable)

    def order(self, line, answer):
        """Answer the next `line` with `answer` instead; None for silence."""
        self.orders[line] = answer

    async def until_heard(self, line):
        while line not in self.heard:
            self.hears.clear()
            await self.hears.wait()

    def close(self):
        if self._master is not None:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self._slave)
            self._master = None

    def _on_readable(self):
        *lines, self._rest = (self._rest + os.read(self._master, 4096)).split(b"\n")
        for line in map(bytes.decode, lines):
            self.heard.append(line)
            self.hears.set()
            default = {"serial": self.serial, "bye": None, "waiting": None, "stopped": None}.get(line, line)
            answer = self.orders.pop(line, default)
            if answer is not None:
                os.write(self._master, answer.encode() + b"\n")


class ToyKit:
    """A sysfs and dev tree with toys in it, and a room of devices on it."""

    def __init__(self, root, bundles):
        self.root = root
        self.bundles = bundles
        self.scan = WireScan(root / "sys", root / "dev")
        self.devices = []
        self.clock = LoopClock()
        self.on_hint = lambda: None
        (root / "sys" / "class" / "tty").mkdir(parents=True)
        (root / "dev").mkdir()

    def plug(self, name="ttyUSB0", *, location="1-3", serial="T-1", device_serial="SN-1", pid="70e5"):
        """Plug a new toy in; returns its far end."""
        toy = ToyDevice(device_serial)
        self.devices.append(toy)
        usb = self.root / "sys" / "devices" / "usb1" / location
        port = usb / f"{location}:1.0" / name
        node = port / "tty" / name
        node.mkdir(parents=True)
        attributes = {"idVendor": "1209", "idProduct": pid, "serial": serial, "product": "Toy"}
        for key, value in attributes.items():
            (usb / key).write_text(value + "\n")
        (node / "device").symlink_to("../..")
        entry = self.root / "sys" / "class" / "tty" / name
        entry.symlink_to(os.path.relpath(node, entry.parent))
        (self.root / "dev" / name).symlink_to(toy.path)
        self.on_hint()
        return toy

    def unplug(self, toy, name="ttyUSB0", *, location="1-3"):
        toy.close()
        (self.root / "dev" / name).unlink()
        (self.root / "sys" / "class" / "tty" / name).unlink()
        shutil.rmtree(self.root / "sys" / "devices" / "usb1" / location)
        self.on_hint()

    @asynccontextmanager
    async def room(self, *profiles, inline=False, environ=None, gate=None):
        """The devices of `profiles`, a box by default; in workers, or inline."""
        devices = KitProfile(profiles or (DeviceProfile("box", "toy", "toy"),))
        if inline:
            launcher = InlineLauncher({"usb_serial": open_serial}, self.clock.now_mono_s)
        else:
            launcher = SpawnerLauncher(environ or dict(os.environ), self.clock)
        log = structlog.get_logger(room="devices")
        ground = Ground(launcher, self.scan, self._hints, self.clock, random.Random(7), log, gate or Gate(Standing()))
        try:
            async with open_room(devices, find_plugins(self.bundles).found, ground) as room:
                yield room
        finally:
            if not inline:
                await launcher.close()

    def _hints(self, on_hint):
        self.on_hint = on_hint
        return Unhinted(self)


class Unhinted:
    def __init__(self, kit):
        self._kit = kit

    def __enter__(self):
        return None

    def __exit__(self, *exc):
        self._kit.on_hint = lambda: None


def make_bundle(folder, name):
    """A bundle of the toy plugin under another name, as a build unpacks it."""
    package = f"padkit_{name}"
    shutil.copytree(TOYS / "padkit_toy", folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (folder / package).iterdir():
        file.write_text(file.read_text().replace("padkit_toy", package).replace('name = "toy"', f'name = "{name}"'))
    facts = folder / f"padkit_{name}-1.0.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(METADATA.format(name))
    (facts / "entry_points.txt").write_text(f"[padkit.plugins]\n{name} = {package}.plugin\n")
    return folder


@pytest.fixture
def bundle(tmp_path):
    return make_bundle(tmp_path / "bundle", "toy")


@pytest.fixture
def other_bundle(tmp_path):
    return make_bundle(tmp_path / "other", "other_toy")


@pytest.fixture
async def kit(tmp_path, bundle, other_bundle):
    kit = ToyKit(tmp_path / "kit", [bundle, other_bundle])
    search_path = sys.path[:]
    yield kit
    for toy in kit.devices:
        toy.close()
    sys.path[:] = search_path  # an inline host has imported the toy here
    for name in [name for name in sys.modules if name.startswith(("padkit_toy", "padkit_other_toy"))]:
        del sys.modules[name]


@pytest.fixture
def step_clock():
    return StepClock()


@pytest.fixture(autouse=True)
def quiet_log():
    with structlog.testing.capture_logs() as logs:
        yield logs
