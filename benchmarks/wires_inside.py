"""The inside of `benchmarks.wires`: runs below a simulated kit's environment and prints one JSON object of times in seconds."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from padkit_agent.devices import WireScan
from padkit_agent.links.ble import open_peripheral
from padkit_agent.links.pcsc import open_reader
from padkit_agent.links.serial import open_serial
from padkit_agent.links.usb import open_usb
from padkit_sdk import Ble, DriverContext, Pcsc, Usb, UsbSerial
from padkit_signature_pad.driver import open_pad
from padkit_sim.control import ask
from padkit_sim.control import words as w

TURNS, COUNT, WARM_UP = 4, 250, 20
STATUS = (0xA1, 0x01, 0x0303, 0)
SELECT = bytes.fromhex("00A404000E") + b"2PAY.SYS.DDF01" + b"\x00"
HANDSHAKE = bytes.fromhex("EF01FFFFFFFF010003530057")
ANSWER = 12
ADDRESS = "C0:FF:EE:00:00:01"
NORDIC = Ble(*(f"6e40000{n}-b5a3-f393-e0a9-e50e24dcca9e" for n in (1, 2, 3)))
MODULE_STATUS = bytes.fromhex("AAAAAA9669000311FFED")
WAIT_S = 5.0
STROKES = 6
Round = Callable[[], Awaitable[object]]


async def main() -> None:
    """Measure each wire, then the pen."""
    found = {wire.pid: wire for wire in WireScan.from_environment(os.environ)()}
    told: dict[str, Any] = {
        "usb": await turns(lambda: our_usb(found[0xA8]), lambda: bare_usb(found[0xA8])),
        "serial": await turns(lambda: our_serial(found[0xF3A0]), lambda: bare_serial(found[0xF3A0])),
        "pcsc": await turns(our_chip, bare_chip),
        "ble": await turns(our_air, bare_air),
        "pen": await pen(found[0xA8]),
    }
    sys.stdout.write(json.dumps(told) + "\n")


async def turns(
    ours: Callable[[], Any], bare: Callable[[], Any], *, count: int = COUNT, warm_up: int = WARM_UP
) -> dict[str, list[float]]:
    """Let both have the device in turn."""
    told: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(2 * TURNS):
        name, opened = ("bare", bare) if turn % 2 else ("ours", ours)
        async with opened() as once:
            for number in range(warm_up + count):
                begun_s = time.perf_counter()
                await once()
                if number >= warm_up:
                    told[name].append(time.perf_counter() - begun_s)
    return told


@asynccontextmanager
async def our_usb(wire: Any) -> AsyncIterator[Round]:
    link = await open_usb(Usb(wire.vid, wire.pid), Path(wire.path))
    yield lambda: link.control(*STATUS, 5, timeout_s=WAIT_S)
    await link.close()


@asynccontextmanager
async def bare_usb(wire: Any) -> AsyncIterator[Round]:
    import usb.core
    import usb.util

    device = usb.core.find(idVendor=wire.vid, idProduct=wire.pid)
    usb.util.claim_interface(device, 0)

    async def once() -> object:
        return device.ctrl_transfer(*STATUS, 5, timeout=5000)

    yield once
    usb.util.release_interface(device, 0)
    usb.util.dispose_resources(device)


@asynccontextmanager
async def our_serial(wire: Any) -> AsyncIterator[Round]:
    link = await open_serial(UsbSerial(wire.vid, wire.pid, 57_600), Path(wire.path))

    async def once() -> None:
        await link.write(HANDSHAKE)
        left = ANSWER
        while left:
            left -= len(await link.read(timeout_s=WAIT_S))

    yield once
    await link.close()


@asynccontextmanager
async def bare_serial(wire: Any) -> AsyncIterator[Round]:
    import serial

    port = serial.Serial(wire.path, 57_600, timeout=WAIT_S, exclusive=True)

    async def once() -> None:
        port.write(HANDSHAKE)
        port.read(ANSWER)

    yield once
    port.close()


@asynccontextmanager
async def our_chip() -> AsyncIterator[Round]:
    link = await open_reader(Pcsc(""), Path(await reader_name()))
    await link.connect(timeout_s=WAIT_S)
    yield lambda: link.transmit(SELECT, timeout_s=WAIT_S)
    await link.close()


@asynccontextmanager
async def bare_chip() -> AsyncIterator[Round]:
    from smartcard import scard

    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    name, protocols = await reader_name(), scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    async with asyncio.timeout(WAIT_S):
        while True:
            code, card, protocol = scard.SCardConnect(context, name, scard.SCARD_SHARE_EXCLUSIVE, protocols)
            if code == 0:
                break
            await asyncio.sleep(0.05)  # whoever had it before is letting go
    pci = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
    words = list(SELECT)

    async def once() -> object:
        return scard.SCardTransmit(card, pci, words)

    yield once
    scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)
    scard.SCardReleaseContext(context)


async def reader_name() -> str:
    """Wait until pcscd knows the reader."""
    from smartcard import scard

    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    try:
        async with asyncio.timeout(WAIT_S):
            while True:
                _, names = scard.SCardListReaders(context, [])
                if names:
                    return str(names[0])
                await asyncio.sleep(0.05)
    finally:
        scard.SCardReleaseContext(context)


@asynccontextmanager
async def our_air() -> AsyncIterator[Round]:
    link = await open_peripheral(NORDIC, Path(ADDRESS))

    async def once() -> None:
        await link.write(MODULE_STATUS)
        await link.read(timeout_s=WAIT_S)

    yield once
    await link.close()


@asynccontextmanager
async def bare_air() -> AsyncIterator[Round]:
    from bleak import BleakClient, BleakScanner

    device = await BleakScanner.find_device_by_address(ADDRESS)
    assert device is not None
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with BleakClient(device) as client:
        await client.start_notify(NORDIC.notify, lambda _, data: heard.put_nowait(bytes(data)))
        write = client.services.get_characteristic(NORDIC.write)
        assert write is not None

        async def once() -> None:
            await client.write_gatt_char(write, MODULE_STATUS, response=False)
            await heard.get()

        yield once


class Stamped:
    """A link that notes when each timed pen report is taken, and the time that the pad put into it."""

    def __init__(self, link: Any) -> None:
        self._link = link
        self.taken: list[tuple[float, int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)

    @asynccontextmanager
    async def listen(self, endpoint: int, size: int) -> AsyncIterator[Any]:
        async with self._link.listen(endpoint, size) as reports:
            self._reports = reports
            yield self

    async def next(self, *, timeout_s: float) -> bytes | None:
        report: bytes | None = await self._reports.next(timeout_s=timeout_s)
        if report and report[0] == 0x34:
            self.taken.append((time.monotonic(), int.from_bytes(report[7:9])))
        return report


async def pen(wire: Any) -> dict[str, Any]:
    """Have the simulated hand sign; how late each report was behind the earliest, and how many were lost."""
    control = Path(os.environ["PADKIT_SIM_CONTROL"])
    await asyncio.to_thread(ask, control, w.Speed(1.0))
    link = Stamped(await open_usb(Usb(wire.vid, wire.pid), Path(wire.path)))
    driver = await open_pad(link, DriverContext("pad", time.monotonic, lambda _: None, {}))
    signing = asyncio.create_task(driver.sign(bytes(32), timeout_s=120))
    for number in range(STROKES):
        await until(control, lambda seen: seen["capturing"] and not seen["moving"])
        await asyncio.to_thread(ask, control, w.Hand("pad", "sign", item=f"generated:{number}"))
    await until(control, lambda seen: not seen["moving"])
    await asyncio.to_thread(ask, control, w.Hand("pad", "press", item="confirm"))
    signature = await signing
    await driver.close()
    first_s = min(taken_s - at_ms / 1000 for taken_s, at_ms in link.taken)
    late_s = [taken_s - at_ms / 1000 - first_s for taken_s, at_ms in link.taken]
    return {"lost": signature.lost, "late_s": late_s}


async def until(control: Path, holds: Callable[[dict[str, Any]], bool]) -> None:
    """Look at the simulated pad twice a second, seldom enough not to disturb it."""
    while not holds(json.loads(await asyncio.to_thread(ask, control, w.State()))["devices"]["pad"]):  # noqa: ASYNC110
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(main())
