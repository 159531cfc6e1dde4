"""The Bluetooth radio as one process uses it: who was heard, who is connected, and one thing at a time, looking or connecting.

bleak is imported when it is needed, so that a worker without Bluetooth does not pay for it. Every error of it, of the bus and
of the service behind becomes a `LinkLost` here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from padkit_sdk.errors import LinkLost

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice

MAX_HEARD = 64  # peripherals with one of our services; what is heard beyond is not remembered
MAX_WHY = 160  # characters of a library's own words
LOST = "connection lost; it is made again when the peripheral is heard"
NOT_HERE = "not in range; bring it nearer and switch it on"
SILENT = "no answer in time; bring it nearer and switch it on"
SAID: Mapping[str, str] = {  # what a library says, and what that means
    "Service Discovery has not been performed yet": LOST,
    "Not connected": LOST,
    "device disconnected": LOST,
    "No powered Bluetooth adapters": "Bluetooth is switched off; switch it on",
    "No Bluetooth adapters": "this machine has no Bluetooth adapter; plug one in",
    "was not found": NOT_HERE,
    "DBus.Error.UnknownObject": NOT_HERE,
    "DBus.Error.UnknownMethod": NOT_HERE,
    "le-connection-refused": "it refuses connections; see that nobody else is connected to it",
    "le-connection-timeout": SILENT,
    "TimeoutError": SILENT,
    "ServiceUnknown": "the Bluetooth service is not running; start bluetoothd",
}


class OutOfRange(LinkLost):
    """The peripheral is not here, or not any more."""


@dataclass(slots=True)
class Heard:
    """A peripheral of ours: how bleak knows it, what it called itself when it was first heard, and when it was heard last."""

    device: BLEDevice
    name: str
    services: tuple[str, ...]
    at_s: float


class Radio:
    """Shared by the sight and the links of one event loop."""

    def __init__(self) -> None:
        self.heard: dict[str, Heard] = {}  # by address, upper case
        self.connected: set[str] = set()
        self.losses: Counter[str] = Counter()
        self.changed = asyncio.Event()
        self.wanted = 0  # how many wait to connect
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Have the radio for looking around; give it up soon when it is `wanted`."""
        async with self._turn:
            yield

    @asynccontextmanager
    async def connecting(self) -> AsyncIterator[None]:
        """Have the radio for one connection: many adapters refuse one while they look around."""
        self.wanted += 1
        self.changed.set()
        try:
            await self._turn.acquire()
        finally:
            self.wanted -= 1
        try:
            yield
        finally:
            self._turn.release()

    def hear(self, device: BLEDevice, services: tuple[str, ...]) -> None:
        """Remember a peripheral that advertises some of `services`, or is connected already."""
        now_s, known = asyncio.get_running_loop().time(), self.heard.get(device.address.upper())
        if known is not None:
            known.device, known.at_s = device, now_s
        elif len(self.heard) < MAX_HEARD:
            address = device.address.upper()
            self.heard[address] = Heard(device, _shown(device.name) or address, services, now_s)
            self.changed.set()

    def on_connected(self, address: str) -> None:
        """A link stands."""
        self.connected.add(address)
        self.changed.set()

    def on_closed(self, address: str, *, lost: bool) -> None:
        """A link has ended; the peripheral was there until now. `lost`: by itself, it counts as plugged anew."""
        if lost:
            self.losses[address] += 1
        if address in self.connected and address in self.heard:
            self.heard[address].at_s = asyncio.get_running_loop().time()
        self.connected.discard(address)
        self.changed.set()

    def forget(self, address: str) -> None:
        """It is not in range until it is heard again."""
        if self.heard.pop(address, None) is not None:
            self.changed.set()

    async def wait(self, timeout_s: float) -> None:
        """Wait until something has changed, at most so long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self.changed.wait()
        except TimeoutError:
            return
        self.changed.clear()


_RADIOS: WeakKeyDictionary[asyncio.AbstractEventLoop, Radio] = WeakKeyDictionary()


def radio_here() -> Radio:
    """The radio of the running loop."""
    return _RADIOS.setdefault(asyncio.get_running_loop(), Radio())


async def connected_devices(services: Sequence[str]) -> list[BLEDevice]:
    """Peripherals with one of `services` that are connected, by us or by a process that died; they do not advertise."""
    from bleak import BleakAdapter

    return await (await BleakAdapter.get()).get_connected_devices(list(services))


@contextmanager
def lost_when_it_fails(where: str) -> Iterator[None]:
    """Turn what a Bluetooth library raises into `LinkLost` about `where`; a cancel that it swallowed stays a cancel."""
    from bleak.exc import BleakError

    # AssertionError, KeyError, ValueError: bleak, when bus or peripheral vanish under it in the middle of a call
    errors = (BleakError, OSError, EOFError, TimeoutError, AssertionError, KeyError, ValueError)
    try:
        yield
    except errors as exc:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from exc
        why = why_lost(exc)
        raise (OutOfRange if why in (NOT_HERE, SILENT) else LinkLost)(f"{where}: {why}") from exc


def why_lost(exc: Exception) -> str:
    """What `exc` means and what next."""
    said = f"{type(exc).__name__}: {exc}"
    known = next((meaning for words, meaning in SAID.items() if words in said), "")
    return known or f"{said[:MAX_WHY]}; is bluetoothd running?"


def _shown(name: str | None) -> str:
    return "".join(filter(str.isprintable, name or ""))[:MAX_HEARD]
