"""A serial service of a Bluetooth LE peripheral as a `ByteLink`, over bleak; `see_peripherals` says which are in range.

Input is bounded: who does not read a flood loses the link, not the memory.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from padkit_agent.links.ble_radio import LOST, OutOfRange, Radio, connected_devices, lost_when_it_fails, radio_here
from padkit_agent.links.ble_sight import see_peripherals
from padkit_sdk.errors import LinkLost, Refused
from padkit_sdk.links import Ble, ByteLink

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.device import BLEDevice

__all__ = ["BleLink", "open_peripheral", "see_peripherals"]

OPEN_S = 6.0  # to find, connect, learn the services and subscribe; what a person at the counter waits
FIND_S = 4.0  # of that, to hear a peripheral that was not heard yet
WRITE_S = 3.0  # for one piece; BlueZ answers when it is queued
CLOSE_S = 1.5  # a peripheral that went away does not hold up a close
MAX_INPUT = 65_536  # bytes that may wait unread; a frame of the largest device is below 4 KiB


async def open_peripheral(match: Ble, path: Path) -> ByteLink:
    """Connect to the peripheral with the address `path` and subscribe to `match.notify`.

    Raises `LinkLost` when it is not in range, refuses, lacks the service of `match`, or Bluetooth is away.
    """
    radio, address = radio_here(), str(path).upper()
    link = BleLink(address, radio)
    try:
        with lost_when_it_fails(str(link)):
            async with asyncio.timeout(OPEN_S), radio.connecting():
                await link.connect(match, await _find(match, address, radio))
    except BaseException as exc:
        await link.close()
        if isinstance(exc, OutOfRange):
            radio.forget(address)
        raise
    return link


async def _find(match: Ble, address: str, radio: Radio) -> BLEDevice:
    """The peripheral as bleak knows it: heard before, still connected by a process that died, or heard now."""
    from bleak import BleakScanner
    from bleak.exc import BleakDeviceNotFoundError

    if known := radio.heard.get(address):
        return known.device
    for device in await connected_devices((match.service,)):
        if device.address.upper() == address:
            return device
    found = await BleakScanner.find_device_by_address(address, timeout=FIND_S)
    if found is None:
        raise BleakDeviceNotFoundError(address, f"{address} was not found")
    return found


class BleLink(ByteLink):
    """One connection. One reader at a time; writes go out in the order they were asked for."""

    def __init__(self, address: str, radio: Radio) -> None:
        self._address = address
        self._radio = radio
        self._client: BleakClient | None = None
        self._write_to: BleakGATTCharacteristic | None = None
        self._input = bytearray()
        self._lost: LinkLost | None = None
        self._closing = self._has_spoken = False
        self._arrival: asyncio.Future[None] | None = None
        self._writing = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Bluetooth LE {self._address}"

    async def connect(self, match: Ble, device: BLEDevice) -> None:
        """Make the connection. Raises what bleak raises, and `LinkLost` when the peripheral is of another kind."""
        from bleak import BleakClient

        client = self._client = BleakClient(device, disconnected_callback=self._on_disconnected, timeout=OPEN_S)
        await client.connect()
        self._radio.on_connected(self._address)
        service = client.services.get_service(match.service)
        write_to, notify = ((service and service.get_characteristic(uuid)) for uuid in (match.write, match.notify))
        if not write_to or not notify:
            raise LinkLost(f"{self}: has no service {match.service} with what we need; it is another kind of device")
        self._write_to = write_to
        # Through a socket of our own when BlueZ offers one: values in signals can be read by every program on the bus.
        await client.start_notify(notify, self._on_notified, bluez={"use_start_notify": False})

    async def write(self, data: bytes) -> None:
        """See `ByteLink.write`; in pieces that fit the MTU. A cancel may leave `data` sent in part."""
        async with self._writing:
            self._check()
            assert self._client is not None
            assert self._write_to is not None
            size = self._write_to.max_write_without_response_size
            answered = "write-without-response" not in self._write_to.properties
            for at in range(0, len(data), size):
                self._check()
                try:
                    with lost_when_it_fails(str(self)):
                        async with asyncio.timeout(WRITE_S):
                            await self._client.write_gatt_char(self._write_to, data[at : at + size], response=answered)
                except LinkLost as lost:
                    self._fail(lost)
                    raise

    async def read(self, *, timeout_s: float) -> bytes:
        """See `ByteLink.read`. Raises `Refused` ``link.busy`` while another read waits."""
        if self._arrival is not None:
            raise Refused("link.busy", f"{self}: a read waits already; one reader at a time")
        if not self._input:
            self._check()
            await self._wait_arrival(timeout_s)
        data = bytes(self._input)
        self._input.clear()
        if not data:
            self._check()
        return data

    def discard_input(self) -> None:
        """See `ByteLink.discard_input`."""
        self._input.clear()

    def set_baud(self, baud: int) -> None:
        """A radio has no line rate: nothing."""

    async def close(self) -> None:
        """See `ByteLink.close`; never waits long for a peripheral that went away."""
        self._closing = True
        self._fail(LinkLost(f"{self}: closed by its driver; open it again"))
        client, self._client = self._client, None
        if client is not None:
            try:
                with contextlib.suppress(LinkLost), lost_when_it_fails(str(self)):
                    async with asyncio.timeout(CLOSE_S):
                        await client.disconnect()
            finally:
                self._radio.on_closed(self._address, lost=False)

    def _on_notified(self, source: BleakGATTCharacteristic, data: bytearray) -> None:
        if self._lost is not None:
            return
        self._has_spoken = True
        self._input += data
        if len(self._input) > MAX_INPUT:
            self._fail(LinkLost(f"{self}: flood, more than {MAX_INPUT} bytes unread; the agent opens it again"))
        self._wake()

    def _on_disconnected(self, client: BleakClient) -> None:
        if not self._closing:
            # One that breaks before it has carried anything is a failed opening: the back-off for these goes on.
            self._radio.on_closed(self._address, lost=self._has_spoken)
            self._fail(LinkLost(f"{self}: {LOST}"))

    async def _wait_arrival(self, timeout_s: float) -> None:
        self._arrival = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                await self._arrival
        except TimeoutError:
            pass
        finally:
            self._arrival = None

    def _check(self) -> None:
        if self._lost is not None:
            raise LinkLost(str(self._lost)) from self._lost

    def _fail(self, lost: LinkLost) -> None:
        if self._lost is None:
            self._lost = lost
        self._wake()

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)
