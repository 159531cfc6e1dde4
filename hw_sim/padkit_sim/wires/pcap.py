"""USB traffic as a capture file that Wireshark opens: pcap with usbmon's headers (link type 220, USB_LINUX_MMAPPED).

Every transfer gives two records, its begin and its end. Moments are those of the kit's steady clock, as in the journal.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable
from itertools import count
from typing import IO

from padkit_sim.devices.usb import Setup
from padkit_sim.wires.usb_line import CONTROL, kinds_of
from padkit_sim.wires.usb_slot import TO_HOST, Asked, Ended, Ending, UsbSlot
from padkit_sim.wires.usb_standard import Request

LINK_TYPE = 220
SNAP_LENGTH = 256 * 1024  # bytes kept of one transfer, header and all
FILE_HEAD = struct.Struct("=IHHiIII")
MAGIC, MAJOR, MINOR = 0xA1B2C3D4, 2, 4  # little or big endian as this machine, moments in microseconds
RECORD_HEAD = struct.Struct("=IIII")
USBMON = struct.Struct("=QcBBBHccqiiII8siiII")  # Documentation/usb/usbmon.rst, 64 bytes
KINDS = {"interrupt": 1, CONTROL: 2, "bulk": 3}
DEVICE, CONFIGURATION = 1, 2  # kinds of descriptors
SETUP = struct.Struct("<BBHHH")
IN_PROGRESS = -errno.EINPROGRESS
STATUS = {
    Ending.DONE: 0,
    Ending.STALLED: -errno.EPIPE,
    Ending.GONE: -errno.ESHUTDOWN,
    Ending.CANCELLED: -errno.ENOENT,
}


class Pcap:
    """Writes what it is told to `file`, as it happens; see `Tap`."""

    def __init__(self, file: IO[bytes], now_mono_s: Callable[[], float]) -> None:
        self._file = file
        self._now_mono_s = now_mono_s
        self._numbers = count(2)  # as the kernel counts: 1 is the hub
        self._ids = count(1)
        self._plugged: dict[UsbSlot, int] = {}
        self._under_way: dict[Asked, int] = {}
        file.write(FILE_HEAD.pack(MAGIC, MAJOR, MINOR, 0, 0, SNAP_LENGTH, LINK_TYPE))
        file.flush()

    def plugged(self, slot: UsbSlot) -> None:
        """See `Tap.plugged`. The kernel's questions stand first, so that a reader knows whose transfers these are."""
        self._plugged[slot] = next(self._numbers)
        shown, who = slot.descriptors, slot.identity
        for kind, data in ((DEVICE, shown.device(who.vid, who.pid)), (CONFIGURATION, shown.configuration())):
            setup = Setup(TO_HOST, Request.GET_DESCRIPTOR, kind << 8, 0, len(data))
            asked = Asked(0, len(data), b"", lambda ended: None, setup)
            self.begun(slot, asked)
            self.ended(slot, asked, Ended(Ending.DONE, data, len(data)))

    def begun(self, slot: UsbSlot, asked: Asked) -> None:
        """See `Tap.begun`."""
        self._under_way[asked] = next(self._ids)
        self._write(slot, asked, b"S", IN_PROGRESS, asked.size, asked.data, b"\0" if asked.data else b"<")

    def ended(self, slot: UsbSlot, asked: Asked, ended: Ended) -> None:
        """See `Tap.ended`."""
        status = STATUS[ended.ending]
        self._write(slot, asked, b"C", status, ended.count, ended.data, b"\0" if ended.data else b">")
        self._under_way.pop(asked, None)

    def _write(
        self, slot: UsbSlot, asked: Asked, event: bytes, status: int, length: int, data: bytes, data_flag: bytes
    ) -> None:
        kept = data[: SNAP_LENGTH - USBMON.size]
        moment_us = int(self._now_mono_s() * 1_000_000)
        seconds, micros = divmod(moment_us, 1_000_000)
        setup, direction = asked.setup, asked.endpoint & TO_HOST
        if setup is not None:
            direction = TO_HOST if setup.to_host else 0
        kind = CONTROL if setup is not None else kinds_of(slot.descriptors).get(asked.endpoint, "bulk")
        with_setup = setup is not None and event == b"S"
        words = (
            SETUP.pack(setup.request_type, setup.request, setup.value, setup.index, setup.length) if setup else bytes(8)
        )
        head = USBMON.pack(
            *(self._under_way.get(asked, 0), event, KINDS[kind], (asked.endpoint & 0x0F) | direction),
            *(self._plugged.get(slot, 0), slot.bus, b"\0" if with_setup else b"-", data_flag),
            *(seconds, micros, status, length, len(kept), words if with_setup else bytes(8)),
            *(0, 0, 0, 0),
        )
        self._file.write(RECORD_HEAD.pack(seconds, micros, len(head) + len(kept), len(head) + len(data)) + head + kept)
        self._file.flush()
