"""A USB/IP server: the same USB devices over TCP, for Linux's vhci_hcd (`usbip attach`) and for clients without libusb.

Format: Documentation/usb/usbip_protocol.rst of Linux, version 1.1.1, all numbers in network order. A device is lent to one client
at a time. There is no proof of who asks: listen on loopback, or on a network that is yours.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import errno
import socket
import struct
from functools import partial
from itertools import count

from padkit_sim.devices.usb import HIGH_SPEED, Setup
from padkit_sim.errors import SimRefused
from padkit_sim.wires.usb_slot import TO_HOST, Asked, Ended, Ending, UsbSlot
from padkit_sim.wires.usb_tree import UsbDeviceTree, UsbPlace

VERSION = 0x0111
OPERATION = struct.Struct(">HHI")  # version, code, status
BUS_ID = 32
DEVICE = struct.Struct(">256s32sIIIHHHBBBBBB")
BASIC = struct.Struct(">IIIII")  # command, sequence, device, direction, endpoint
SUBMIT = struct.Struct(">IiIII8s")  # flags, length, start frame, packets, interval, setup
RETURNED = struct.Struct(">IIIIIiIIII8x")
UNLINKED = struct.Struct(">IIIIIi24x")
SETUP = struct.Struct("<BBHHH")
MAX_PENDING = 256  # transfers that one client may have under way
MAX_CLIENTS = 32  # connections at once; the next one is closed
FIRST_S = 10.0  # how long a client may take to say what it wants
MAX_TRANSFER = 16 * 1024 * 1024
FULL_CODE, HIGH_CODE = 2, 3  # enum usb_device_speed
STATUS = {Ending.DONE: 0, Ending.STALLED: -errno.EPIPE, Ending.GONE: -errno.ESHUTDOWN}


class Op(enum.IntEnum):
    """Codes before a device is lent."""

    LIST, LISTED = 0x8005, 0x0005
    IMPORT, IMPORTED = 0x8003, 0x0003


class Urb(enum.IntEnum):
    """Commands to a device that is lent."""

    SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4


class UsbipFace:
    """Shows slots to USB/IP clients. `tree` shows them below a root as well, for programs that look for devices there."""

    def __init__(
        self, tree: UsbDeviceTree | None = None, *, most_clients: int = MAX_CLIENTS, first_s: float = FIRST_S
    ) -> None:
        self._most_clients = most_clients
        self._first_s = first_s
        self._tree = tree
        self._numbers = count(2)
        self._shown: dict[str, tuple[UsbSlot, UsbPlace]] = {}
        self._lent: dict[str, asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen, and give the address as ``host:port``; port 0 is any. Raises `SimRefused`."""
        try:
            self._server = await asyncio.start_server(self._accept, host, port)
        except OSError as exc:
            raise SimRefused(f"USB/IP at {host}:{port}: {exc.strerror}; give a free address of this machine") from exc
        return f"{host}:{self._server.sockets[0].getsockname()[1]}"

    async def end(self) -> None:
        """Stop listening; take all devices back."""
        if self._server is not None:
            self._server.close()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def shown(self, slot: UsbSlot) -> None:
        """See `Face.shown`."""
        place = UsbPlace(slot.identity, slot.side.descriptors, next(self._numbers))
        self._shown[slot.identity.location] = (slot, place)
        if self._tree is not None:
            self._tree.node(place).touch()
            self._tree.add(place)

    def hidden(self, slot: UsbSlot) -> None:
        """See `Face.hidden`."""
        _, place = self._shown.pop(slot.identity.location)
        if writer := self._lent.pop(slot.identity.location, None):
            writer.close()
        if self._tree is not None:
            self._tree.remove(place)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._talks) >= self._most_clients:
            writer.close()
            return
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, TimeoutError, asyncio.CancelledError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(self._first_s):
            _, code, _ = OPERATION.unpack(await reader.readexactly(OPERATION.size))
            wanted = await reader.readexactly(BUS_ID) if code == Op.IMPORT else b""
        if code == Op.LIST:
            writer.write(OPERATION.pack(VERSION, Op.LISTED, 0) + struct.pack(">I", len(self._shown)))
            for slot, place in self._shown.values():
                kinds = (bytes((it.class_, it.subclass, it.protocol, 0)) for it in place.descriptors.interfaces)
                writer.write(_record(slot, place) + b"".join(kinds))
            await writer.drain()
        elif code == Op.IMPORT:
            await self._lend(wanted.rstrip(b"\0").decode("ascii", "replace"), reader, writer)

    async def _lend(self, bus_id: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if bus_id in self._lent or bus_id not in self._shown:
            writer.write(OPERATION.pack(VERSION, Op.IMPORTED, 1))
            return
        slot, place = self._shown[bus_id]
        self._lent[bus_id] = writer
        writer.write(OPERATION.pack(VERSION, Op.IMPORTED, 0) + _record(slot, place))
        borrowed = _Borrowed(slot, writer)
        try:
            while True:
                await borrowed.serve(reader)
        finally:
            borrowed.give_back()
            if self._lent.get(bus_id) is writer:
                del self._lent[bus_id]


class _Borrowed:
    """One device at one client."""

    def __init__(self, slot: UsbSlot, writer: asyncio.StreamWriter) -> None:
        self._slot = slot
        self._writer = writer
        self._pending: dict[int, Asked] = {}

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Carry one command."""
        command, sequence, _, direction, endpoint = BASIC.unpack(await reader.readexactly(BASIC.size))
        rest = await reader.readexactly(SUBMIT.size)
        if command == Urb.UNLINK:
            (which,) = struct.unpack_from(">I", rest)
            asked = self._pending.pop(which, None)
            taken_back = asked is not None and self._slot.cancel(asked)
            self._writer.write(UNLINKED.pack(Urb.UNLINKED, sequence, 0, 0, 0, -errno.ECONNRESET if taken_back else 0))
            return
        _, length, _, _, _, setup = SUBMIT.unpack(rest)
        if command != Urb.SUBMIT or not 0 <= length <= MAX_TRANSFER:
            raise ConnectionError
        data = b"" if direction else await reader.readexactly(length)
        done = partial(self._end, sequence)
        if endpoint:
            asked = Asked(endpoint | (TO_HOST if direction else 0), length, data, done)
        else:
            asked = Asked(0, length, data, done, Setup(*SETUP.unpack(setup)))
        if sequence in self._pending or len(self._pending) >= MAX_PENDING:
            raise ConnectionError
        self._pending[sequence] = asked
        self._slot.submit(asked)
        await self._writer.drain()  # who does not read is not served

    def give_back(self) -> None:
        """The client is gone."""
        for asked in list(self._pending.values()):
            self._slot.cancel(asked)

    def _end(self, sequence: int, ended: Ended) -> None:
        self._pending.pop(sequence, None)
        if ended.ending is not Ending.CANCELLED and not self._writer.is_closing():
            head = (Urb.SUBMITTED, sequence, 0, 0, 0, STATUS[ended.ending], ended.count, 0, 0xFFFFFFFF, 0)
            self._writer.write(RETURNED.pack(*head) + ended.data)


def _record(slot: UsbSlot, place: UsbPlace) -> bytes:
    who, shown = place.identity, place.descriptors
    return DEVICE.pack(
        f"/sys{place.devpath}".encode(),
        who.location.encode(),
        *(place.bus, place.number, HIGH_CODE if shown.speed == HIGH_SPEED else FULL_CODE),
        *(who.vid, who.pid, shown.release, shown.device_class, 0, 0),
        *(slot.configured, 1, len(shown.interfaces)),
    )
