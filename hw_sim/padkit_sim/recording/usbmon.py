"""Reads a USB capture as tcpdump and Wireshark write it (pcap, usbmon's headers), as far as it has come. No I/O.

Formats: pcap with link type 189 (headers of 48 bytes) or 220 (64 bytes); Documentation/usb/usbmon.rst of Linux. Not pcapng.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from padkit_sim.errors import SimRefused

FILE_HEAD_BYTES, RECORD_HEAD_BYTES = 24, 16
MAGIC = {b"\xd4\xc3\xb2\xa1": ("<", 1e-6), b"\xa1\xb2\xc3\xd4": (">", 1e-6)} | {
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}
PCAPNG = b"\x0a\x0d\x0d\x0a"
HEAD_BYTES = {189: 48, 220: 64}  # of usbmon's header, by link type
USBMON = "QcBBBHBBqiiII8s"
MOST = 4 << 20  # a record that claims to be longer is none
CONTROL = 2


@dataclass(frozen=True, slots=True)
class Urb:
    """One event of a transfer: `event` S (submitted), C (ended) or E (refused by the host). `t` is in seconds.

    `endpoint` has 0x80 set for IN; `setup` is empty but at the begin of a control transfer; `size` is what was asked for, or
    what passed; `data` may be shorter when the capture was cut.
    """

    id: int
    event: str
    kind: int
    endpoint: int
    device: tuple[int, int]
    status: int
    size: int
    setup: bytes
    data: bytes
    t: float


class Capture:
    """One capture file, fed in any portions."""

    def __init__(self) -> None:
        self._held = b""
        self._head: struct.Struct | None = None
        self._order, self._unit_s, self._skip = "=", 1e-6, 0

    def feed(self, data: bytes) -> Iterator[Urb]:
        """What is complete now. Raises `SimRefused` for what is no such capture."""
        self._held += data
        if self._head is None and not self._begin():
            return
        while (urb := self._next()) is not None:
            yield urb

    @property
    def rest(self) -> int:
        """Bytes of a record that was begun and has not ended."""
        return len(self._held)

    def _begin(self) -> bool:
        if self._held[:4] == PCAPNG:
            raise SimRefused("capture: is pcapng; write it with tcpdump, or turn it: editcap -F pcap NEW OLD")
        if len(self._held) < FILE_HEAD_BYTES:
            return False
        known = MAGIC.get(self._held[:4])
        if known is None:
            raise SimRefused(f"capture: begins with {self._held[:4].hex()}; give a pcap file of a usbmon interface")
        self._order, self._unit_s = known
        (link,) = struct.unpack_from(self._order + "I", self._held, 20)
        size = HEAD_BYTES.get(link & 0xFFFF)
        if size is None:
            raise SimRefused(f"capture: link type {link}; capture a usbmon interface (189 or 220)")
        self._head, self._skip = struct.Struct(self._order + USBMON), size
        self._held = self._held[FILE_HEAD_BYTES:]
        return True

    def _next(self) -> Urb | None:
        if len(self._held) < RECORD_HEAD_BYTES:
            return None
        seconds, parts, kept, _ = struct.unpack_from(self._order + "4I", self._held)
        if kept > MOST or kept < self._skip:
            raise SimRefused(f"capture: a record of {kept} bytes; the file is broken there")
        end = RECORD_HEAD_BYTES + kept
        if len(self._held) < end:
            return None
        body, self._held = self._held[RECORD_HEAD_BYTES:end], self._held[end:]
        return self._urb(body, seconds + parts * self._unit_s)

    def _urb(self, body: bytes, t: float) -> Urb:
        assert self._head is not None
        number, event, kind, endpoint, device, bus, no_setup, _, _, _, status, size, kept, setup = (
            self._head.unpack_from(body)
        )
        data = body[self._skip :][:kept]
        words = setup if not no_setup and kind == CONTROL and event == b"S" else b""
        return Urb(number, event.decode("latin-1"), kind, endpoint, (bus, device), status, size, words, data, t)
