"""A Bluetooth of one test's own: private bus, simulated BlueZ, peripherals, and ways to wait for what a link gives."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock

from padkit_sdk.links import Ble
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook, FaultRequest
from padkit_sim.stacks.bluez import BluezStack
from padkit_sim.wires import FAULTS_ON, BleIdentity
from padkit_sim.wires.bluez_wire import BleWire

ADDRESS, OTHER_ADDRESS = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
CLIP = BleIdentity(ADDRESS, "CLIP-0001")
NORDIC = Ble(CLIP.service, CLIP.write, CLIP.notify)
SOON_S = 10.0  # nothing here takes a tenth of it


class Peripheral:
    """A clip that keeps what it hears and answers when `answer` says so; its faults by `arm` and `clear`."""

    def __init__(self, bluetooth: Bluetooth, identity: BleIdentity) -> None:
        self.wire = BleWire(bluetooth.stack.bluez, identity)
        self.book = FaultBook({spec.name: spec for spec in FAULTS_ON["ble"]}, {"clip": FAULT_NAMES}, seed=0)
        self.wire.obey(self.book.dial("clip"))
        self.heard = bytearray()
        self.answer: Callable[[bytes], bytes] = lambda data: b""

    def plug(self, serial: str = "") -> None:
        self.wire.plug(self._hear, serial=serial)

    def arm(self, fault: str, nth: int = 1, times: int = 1, **args: str | int | float) -> None:
        self.book.arm(FaultRequest(fault, args, nth=nth, times=times))

    def clear(self, fault: str) -> None:
        self.book.clear(fault)

    def _hear(self, data: bytes) -> None:
        self.heard += data
        if said := self.answer(data):
            self.wire.write(said)


class Bluetooth:
    """The bus and what is on it."""

    def __init__(self, stack: BluezStack) -> None:
        self.stack = stack
        self.peripherals: list[Peripheral] = []

    def clip(self, identity: BleIdentity = CLIP, *, plugged: bool = True) -> Peripheral:
        """A peripheral, in range."""
        made = Peripheral(self, identity)
        self.peripherals.append(made)
        if plugged:
            made.plug()
        return made


FAULT_NAMES = frozenset(spec.name for spec in FAULTS_ON["ble"])


@asynccontextmanager
async def standing_bluetooth() -> AsyncIterator[Bluetooth]:
    """A Bluetooth that this process finds, and nobody else."""
    root = Path(tempfile.mkdtemp(prefix="ble"))
    stack = BluezStack(root)
    try:
        await stack.start()
    except SimRefused as exc:
        raise AssertionError(f"{exc}; or run `make setup-system` (root)") from exc
    bluetooth = Bluetooth(stack)
    try:
        with mock.patch.dict(os.environ, stack.environment):
            yield bluetooth
    finally:
        for peripheral in bluetooth.peripherals:
            peripheral.wire.unplug()
        await stack.stop()
        shutil.rmtree(root, ignore_errors=True)


async def until(condition: Callable[[], object]) -> None:
    """Wait until `condition` holds."""
    async with asyncio.timeout(SOON_S):
        while not condition():  # noqa: ASYNC110 - the other side tells nobody
            await asyncio.sleep(0.005)
