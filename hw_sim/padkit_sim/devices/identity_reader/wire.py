"""The module's side of the SAM_V line protocol (sections 2 and 3): requests cut from bytes, replies built. No I/O."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import xor

PREAMBLE = bytes.fromhex("AAAAAA9669")
LENGTH_BYTES = 2
LEAST, MOST = 3, 2321  # CMD, PARA, CHK at least


class Status(enum.IntEnum):
    """SW3 of the replies that the module gives by itself."""

    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    UNKNOWN_COMMAND = 0x21
    READ_FAILED = 0x41
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    DONE = 0x90
    NO_SUCH_ITEM = 0x91
    FOUND = 0x9F


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose check byte is right."""

    cmd: int
    para: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A request that the module answers with `status`."""

    status: Status


def reply(status: int, data: bytes = b"", *, length_off_by: int = 0) -> bytes:
    """One reply frame. `length_off_by` falsifies the length field, the check byte follows it."""
    length = len(data) + 4 + length_off_by
    body = length.to_bytes(LENGTH_BYTES, "big") + bytes([0, 0, status]) + data
    return PREAMBLE + body + bytes([reduce(xor, body)])


class Ear:
    """Hunts for the preamble and cuts requests, whatever the portions and the noise before them."""

    def __init__(self) -> None:
        self._heard = b""

    def hear(self, data: bytes) -> Iterator[Request | Rejected]:
        """Requests that are complete now."""
        self._heard += data
        while self._hunt():
            after = self._heard[len(PREAMBLE) :]
            length = int.from_bytes(after[:LENGTH_BYTES], "big")
            if len(after) < LENGTH_BYTES:
                return
            if not LEAST <= length <= MOST:
                self._heard = after[LENGTH_BYTES:]
                yield Rejected(Status.BAD_LENGTH)
                continue
            whole = after[: LENGTH_BYTES + length]
            if len(whole) < LENGTH_BYTES + length:
                return
            self._heard = after[len(whole) :]
            yield Request(whole[2], whole[3], whole[4:-1]) if reduce(xor, whole) == 0 else Rejected(Status.BAD_CHECKSUM)

    def forget(self) -> None:
        """Drop a half-heard request."""
        self._heard = b""

    @property
    def midway(self) -> bool:
        """Whether a request has begun and not ended."""
        return bool(self._heard)

    def _hunt(self) -> bool:
        """Drop what comes before a preamble; whether a whole one is there."""
        at = self._heard.find(PREAMBLE)
        if at >= 0:
            self._heard = self._heard[at:]
            return True
        kept = next((n for n in range(len(PREAMBLE) - 1, 0, -1) if self._heard.endswith(PREAMBLE[:n])), 0)
        self._heard = self._heard[len(self._heard) - kept :]
        return False
