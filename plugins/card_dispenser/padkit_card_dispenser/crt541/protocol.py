"""Frames of the CRT-541: seven bytes each way, and acknowledgements of three. No I/O and no clock here.

``02 A A C C 03 BCC`` to the box, ``02 A A work stacker 03 BCC`` from it; A A is the address as two digits, BCC the XOR of the
six bytes before it. The box acknowledges with ``06 A A`` or refuses with ``15 A A``; the host's ``05 A A`` starts the work.
"Specification n" means section n of the maker's CRT-541 specification 1.0 (2010).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import xor

from padkit_sdk import BadFrame

STX, ETX, ENQ, ACK, NAK = 0x02, 0x03, 0x05, 0x06, 0x15
FRAME = 7
HEADER = 3  # STX, ACK or NAK, and the address
MAX_ADDRESS = 15  # specification 4.4.2


class Command(enum.Enum):
    """What the driver ever asks for (specification 4.4.3)."""

    DISPENSE = "DC"
    STATUS = "AP"
    RESET = "RS"
    NOT_AHEAD = "IE"  # bring no card near the mouth before it is asked for


class Work(enum.StrEnum):
    """What the box is doing (specification 4.4.4)."""

    READY = "0"
    BUSY = "1"
    DONE = "3"  # said once, after a card came out
    FAILED = "4"
    AHEAD = "5"
    CANNOT = "6"  # said once, after a dispense that was not carried out


@dataclass(frozen=True, slots=True)
class Report:
    """One answer to STATUS, character by character; unknown ones survive."""

    work: str
    stacker: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The box says that it understood a command, or not."""

    accepted: bool


Event = Report | Acknowledged


def encode(command: Command, address: int) -> bytes:
    """Return the frame of `command`."""
    body = b"\x02%02d%s\x03" % (address, command.value.encode("ascii"))
    return body + bytes([reduce(xor, body)])


def go_ahead(address: int) -> bytes:
    """Return what starts the work of an acknowledged command."""
    return b"\x05%02d" % address


class Decoder:
    """Cuts what the box at `address` says out of a byte stream; noise and other addresses are passed over.

    A damaged frame raises `BadFrame` once and is dropped; what came after it is kept for the next `feed`, which may be
    given ``b""``.
    """

    def __init__(self, address: int) -> None:
        self._address = b"%02d" % address
        self._buffer = b""

    def reset(self) -> None:
        """Forget what has begun."""
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[Event]:
        """Add `data` and yield what is complete. Raises `BadFrame` in its turn."""
        self._buffer += data
        while self._buffer:
            marker = self._buffer[0]
            if marker not in (STX, ACK, NAK) or not self._address.startswith(self._buffer[1:HEADER]):
                self._buffer = self._buffer[1:]
            elif len(self._buffer) < (FRAME if marker == STX else HEADER):
                return
            elif marker == STX:
                yield self._report()
            else:
                self._buffer = self._buffer[HEADER:]
                yield Acknowledged(marker == ACK)

    def _report(self) -> Report:
        frame = self._buffer[:FRAME]
        if frame[5] != ETX or reduce(xor, frame):
            self._buffer = self._buffer[1:]  # a frame may begin inside
            raise BadFrame("checksum" if frame[5] == ETX else "no 03 at its end", frame)
        self._buffer = self._buffer[FRAME:]
        said = frame[3:5].decode("latin-1")
        return Report(said[0], said[1])
