"""The module's side of the EF01 packets (section 2): commands and data cut from bytes, answers built. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

MARK = b"\xef\x01"
ASK, MORE, ANSWER, FINAL = 0x01, 0x02, 0x07, 0x08
OVERHEAD = 11  # mark, address, kind, length, sum
BIGGEST = 256 + 2


class Heard(NamedTuple):
    """A packet; `sound` is False when its checksum is wrong."""

    address: bytes
    kind: int
    content: bytes
    sound: bool


def packet(address: bytes, kind: int, content: bytes, *, spoil: int = 0) -> bytes:
    """One packet. `spoil` is added to the checksum."""
    counted = (len(content) + 2).to_bytes(2, "big")
    total = kind + sum(counted) + sum(content) + spoil
    return b"".join((MARK, address, bytes([kind]), counted, content, (total % 65536).to_bytes(2, "big")))


def in_packets(address: bytes, content: bytes, size: int) -> list[bytes]:
    """Data packets of `size` bytes, the last one marked."""
    cuts = [content[i : i + size] for i in range(0, len(content), size)]
    return [packet(address, FINAL if cut is cuts[-1] else MORE, cut) for cut in cuts]


class Ear:
    """Cuts packets out of what comes, whatever the portions and the noise before them."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def midway(self) -> bool:
        """Whether a packet has begun and not ended."""
        return bool(self._rest)

    def forget(self) -> None:
        """Drop a half-heard packet."""
        self._rest = b""

    def hear(self, data: bytes) -> Iterator[Heard]:
        """Packets that are complete now."""
        self._rest += data
        while True:
            _, found, after = self._rest.partition(MARK)
            if not found:
                self._rest = MARK[:1] if self._rest.endswith(MARK[:1]) else b""
                return
            self._rest = found + after
            if len(after) < 7:
                return
            counted = int.from_bytes(after[5:7], "big")
            if not 3 <= counted <= BIGGEST:
                self._rest = after
                continue
            if len(after) < 7 + counted:
                return
            content, total = after[7 : 5 + counted], int.from_bytes(after[5 + counted : 7 + counted], "big")
            self._rest = after[7 + counted :]
            yield Heard(after[:4], after[4], content, total == sum(after[4 : 5 + counted]) % 65536)
