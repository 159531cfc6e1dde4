"""EF01 packets of fingerprint modules. No I/O here.

``EF 01 | ADDRESS(4) | PID | LEN(2) | PAYLOAD | SUM(2)``; LEN counts payload and sum, SUM adds PID, LEN and payload. A
payload may be a person's template or picture, so errors show heads only.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from padkit_sdk import BadFrame

START = b"\xef\x01"
HEAD = 9
SUM = 2
MOST_PAYLOAD = 256


class Pid(enum.IntEnum):
    """What a packet is; others are refused."""

    COMMAND = 0x01
    DATA = 0x02
    ACK = 0x07
    LAST = 0x08


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet, checked."""

    address: bytes
    pid: Pid
    payload: bytes = field(repr=False)


def encode(address: bytes, pid: Pid, payload: bytes) -> bytes:
    """The bytes of one packet."""
    body = bytes([pid]) + (len(payload) + SUM).to_bytes(2) + payload
    return START + address + body + _sum(body)


def packets(address: bytes, data: bytes, size: int) -> Iterator[bytes]:
    """The data packets that carry `data`, at most `size` bytes in each; the last one says so."""
    for at in range(0, len(data), size):
        pid = Pid.LAST if at + size >= len(data) else Pid.DATA
        yield encode(address, pid, data[at : at + size])


class Decoder:
    """Turns bytes, in whatever portions, into packets; hunts for the next EF 01 through noise.

    After a `BadFrame` the rest stays: the next `feed`, also of nothing, hunts on behind the refused beginning.
    """

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def inside_packet(self) -> bool:
        """Whether a packet has begun and is not complete."""
        return bool(self._held)

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take `data`; yield every packet that is complete. Raises `BadFrame`."""
        self._held += data
        while (packet := self._next()) is not None:
            yield packet

    def give_up(self) -> None:
        """Drop what was held: its bytes stopped coming."""
        self._held.clear()

    def _next(self) -> Packet | None:
        at = self._held.find(START)
        if at < 0:
            at = len(self._held) - self._held.endswith(START[:1])
        del self._held[:at]
        if len(self._held) < HEAD:
            return None
        head = bytes(self._held[:HEAD])
        length = int.from_bytes(head[7:HEAD])
        if not SUM < length <= MOST_PAYLOAD + SUM or head[6] not in Pid.__members__.values():
            self._refuse("length or kind of packet", head)
        end = HEAD + length
        if len(self._held) < end:
            return None
        body = bytes(self._held[6:end])
        if _sum(body[:-SUM]) != body[-SUM:]:
            self._refuse("checksum", head)
        del self._held[:end]
        return Packet(head[2:6], Pid(head[6]), body[3:-SUM])

    def _refuse(self, reason: str, head: bytes) -> None:
        del self._held[: len(START)]
        raise BadFrame(reason, head)


def _sum(body: bytes) -> bytes:
    return (sum(body) & 0xFFFF).to_bytes(2)
