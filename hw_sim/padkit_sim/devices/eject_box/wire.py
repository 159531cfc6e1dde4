"""The unit's side of the seven-byte line protocol: what arrives becomes words, answers become bytes. No I/O.

What the host sends: seven bytes, ``02``, two address characters, two command characters, ``03``, XOR of the six; after the
unit's ``06``, ``05`` with the address starts the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

START, END, GO, TAKEN, DENIED = b"\x02", 0x03, b"\x05", b"\x06", b"\x15"
ORDER_BYTES = 7
GO_BYTES = 3


@dataclass(frozen=True, slots=True)
class Order:
    """A command whose end and check byte are right."""

    address: bytes
    code: str


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Seven bytes that began as a command and are none."""

    address: bytes


@dataclass(frozen=True, slots=True)
class Go:
    """Carry out what was acknowledged last."""

    address: bytes


Word = Order | Spoiled | Go


def taken(address: bytes) -> bytes:
    """The command was understood."""
    return TAKEN + address


def denied(address: bytes) -> bytes:
    """The command was not understood, or is none."""
    return DENIED + address


def status(address: bytes, work: str, stacker: str, *, spoiled: bool = False) -> bytes:
    """The answer to AP; `spoiled` makes its check byte wrong."""
    text = START + address + (work + stacker).encode("ascii") + bytes([END])
    return text + bytes([check(text) ^ (0x5A if spoiled else 0)])


def check(data: bytes) -> int:
    """XOR of all bytes."""
    result = 0
    for one in data:
        result ^= one
    return result


class Ear:
    """Cuts what the host sends into words, whatever the portions; bytes that belong to no word are dropped."""

    def __init__(self) -> None:
        self._heard = b""

    @property
    def midway(self) -> bool:
        """Whether the host stopped inside a word."""
        return bool(self._heard)

    def forget(self) -> None:
        """Drop a half-heard word."""
        self._heard = b""

    def hear(self, data: bytes) -> Iterator[Word]:
        """Words that are complete now."""
        self._heard += data
        while self._heard:
            first = self._heard[:1]
            size = {START: ORDER_BYTES, GO: GO_BYTES}.get(first, 1)
            if len(self._heard) < size:
                return
            word, self._heard = self._heard[:size], self._heard[size:]
            if first == GO:
                yield Go(word[1:])
            elif first == START:
                yield _order(word)


def _order(word: bytes) -> Order | Spoiled:
    if word[5] != END or check(word):
        return Spoiled(word[1:3])
    return Order(word[1:3], word[3:5].decode("latin-1"))
