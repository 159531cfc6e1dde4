"""Device events as udev would send them, to every process under umockdev's preload library that listens for some."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from itertools import count
from pathlib import Path

MAGIC = 0xFEEDCAFE  # libudev's own header, udev/monitor
HEADER_SIZE = 40
MIX, MIX_SHIFT = 0x5BD1E995, 24  # MurmurHash2
WORD = 0xFFFFFFFF


class Uevents:
    """Sends from the root that is `UMOCKDEV_DIR` for its clients; each listener there is a datagram socket ``event<fd>``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers = count(1)

    def send(self, action: str, devpath: str, subsystem: str, devtype: str = "", **more: str | int) -> None:
        """Tell that the device at `devpath` (below /sys) was added or removed."""
        properties: Mapping[str, str | int] = {
            "ACTION": action,
            "DEVPATH": devpath,
            "SUBSYSTEM": subsystem,
            **({"DEVTYPE": devtype} if devtype else {}),
            **more,
            "SEQNUM": next(self._numbers),
        }
        packet = _packet(properties, subsystem, devtype)
        for path in self._root.glob("event*"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)  # noqa: FBT003 - as the standard library has it
                try:
                    sock.connect(str(path))
                    sock.send(packet)
                except ConnectionRefusedError:  # that process has gone
                    path.unlink(missing_ok=True)
                except OSError:  # it does not read: its loss, as with the kernel
                    continue


def _packet(properties: Mapping[str, str | int], subsystem: str, devtype: str) -> bytes:
    body = b"".join(f"{key}={value}".encode() + b"\0" for key, value in properties.items())
    head = b"libudev\0" + struct.pack(">I", MAGIC) + struct.pack("=III", HEADER_SIZE, HEADER_SIZE, len(body))
    filters = struct.pack(">IIII", udev_hash(subsystem), udev_hash(devtype) if devtype else 0, 0, 0)
    return head + filters + body


def udev_hash(text: str) -> int:
    """MurmurHash2 with seed 0: libudev's clients filter on it without reading on."""
    data = text.encode()
    value, whole = len(data), len(data) & ~3
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        word = word * MIX & WORD
        word = (word ^ word >> MIX_SHIFT) * MIX & WORD
        value = (value * MIX & WORD) ^ word
    if rest := data[whole:]:
        value = (value ^ int.from_bytes(rest, "little")) * MIX & WORD
    value = (value ^ value >> 13) * MIX & WORD
    return value ^ value >> 15
