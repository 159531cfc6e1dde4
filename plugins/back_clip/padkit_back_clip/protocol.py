"""Frames, commands and status words of the SAM_V host interface. No I/O here, and nothing about the kind of wire.

To the reader ``AA AA AA 96 69 | LENH LENL | CMD PARA | CHK``, and back the same with three status bytes and data in place
of CMD PARA. LEN counts the bytes after itself; CHK is the XOR of all bytes from LENH to the one before it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

from padkit_sdk import BadFrame

PREAMBLE = bytes.fromhex("AA AA AA 96 69")
HEAD = len(PREAMBLE) + 2  # preamble and length
MIN_LEN, MAX_LEN = 4, 2321  # manual 2: sane values of LEN in a reply
STATUS_BYTES = 3
SHOWN_REPLY = HEAD + STATUS_BYTES  # of a long reply errors show no more: a person's record follows
SHORT_REPLY = 27  # the longest reply without personal data (module number)


class Status(enum.Enum):
    """The third status byte (manual 3.1); the first two are zero. What is not listed is UNKNOWN, see `Reply.sw`."""

    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    NO_PERMISSION = 0x23
    NOT_RECOGNISED = 0x24
    CARD_REFUSES_MODULE = 0x31
    MODULE_REFUSES_CARD = 0x32
    CHECK_FAILED = 0x33
    CARD_TYPE = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST = 0x60
    NOT_AUTHORISED = 0x66
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    DONE = 0x90
    NO_ITEM = 0x91
    FOUND = 0x9F
    UNKNOWN = -1

    @classmethod
    def of(cls, sw: bytes) -> Status:
        """The status that the three bytes `sw` mean."""
        return _BY_BYTES.get(sw, cls.UNKNOWN)


_BY_BYTES = {bytes([0, 0, status.value]): status for status in Status if status is not Status.UNKNOWN}
GOOD = frozenset({Status.DONE, Status.FOUND})


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `sw` is the raw status, `data` may hold a person's record and is therefore never shown."""

    status: Status
    sw: bytes
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Command:
    """One request; `limit_s` is how long its answer may take, `good` and `sizes` say what a good answer looks like."""

    name: str
    code: int
    para: int
    limit_s: float
    good: Status = Status.DONE
    sizes: range = range(1)  # of the data, in bytes

    def fits(self, reply: Reply) -> bool:
        """Whether `reply` can answer this command; a late answer to an earlier command does not fit.

        Answers do not name their command, so a good one is told by its status and size. Any refusal fits.
        """
        return reply.status not in GOOD or (reply.status is self.good and len(reply.data) in self.sizes)


ADDRESS_BYTES = 70
SHORT_S = 1.0  # manual 4: 0.5, and two to three times that over Bluetooth LE
# Limits: manual 4, column "suggested limit", for the answer to begin; sizes: manual 3 and 3.3.
RESET = Command("reset", 0x10, 0xFF, limit_s=2.0)
MODULE_STATUS = Command("module status", 0x11, 0xFF, limit_s=SHORT_S)
MODULE_NUMBER = Command("module number", 0x12, 0xFF, limit_s=SHORT_S, sizes=range(16, 17))
FIND = Command("find card", 0x20, 0x01, limit_s=SHORT_S, good=Status.FOUND, sizes=range(4, 5))
SELECT = Command("select card", 0x20, 0x02, limit_s=SHORT_S, sizes=range(8, 9))
READ_TEXT = Command("read text and photo", 0x30, 0x01, limit_s=3.0, sizes=range(4, MAX_LEN))
READ_ALL = Command("read text, photo and fingerprint", 0x30, 0x10, limit_s=4.0, sizes=range(6, MAX_LEN))
READ_ADDRESS = Command(
    "read appended address", 0x30, 0x03, limit_s=2.0, sizes=range(ADDRESS_BYTES, MAX_LEN, ADDRESS_BYTES)
)


def encode(command: Command) -> bytes:
    """The frame that asks for `command`."""
    body = bytes([0, 3, command.code, command.para])
    return PREAMBLE + body + bytes([_check(body)])


class Decoder:
    """Turns bytes, in whatever portions, into replies; hunts the preamble through noise.

    After a `BadFrame` the rest stays: the next `feed`, also of nothing, hunts on behind the refused preamble.
    """

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def inside_frame(self) -> bool:
        """Whether a frame, or its preamble, has begun and is not complete."""
        return bool(self._held)

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Take `data`; yield every reply that is complete. Raises `BadFrame` ``length`` or ``checksum``."""
        self._held += data
        return self._replies()

    def give_up(self) -> Iterator[Reply]:
        """Drop the begun frame (its bytes stopped coming) and hunt in what it had swallowed."""
        del self._held[:1]
        return self._replies()

    def _replies(self) -> Iterator[Reply]:
        while frame := self._next_frame():
            sw = frame[HEAD:SHOWN_REPLY]
            yield Reply(Status.of(sw), sw, frame[SHOWN_REPLY:-1])

    def _next_frame(self) -> bytes:
        self._hunt()
        if len(self._held) < HEAD:
            return b""
        length = int.from_bytes(self._held[len(PREAMBLE) : HEAD])
        if not MIN_LEN <= length <= MAX_LEN:
            self._refuse("length", bytes(self._held[:HEAD]))
        if len(self._held) < HEAD + length:
            return b""
        frame = bytes(self._held[: HEAD + length])
        if _check(frame[len(PREAMBLE) :]):
            self._refuse("checksum", frame if len(frame) <= SHORT_REPLY else frame[:SHOWN_REPLY])
        del self._held[: HEAD + length]
        return frame

    def _refuse(self, reason: str, shown: bytes) -> None:
        del self._held[:1]
        raise BadFrame(reason, shown)

    def _hunt(self) -> None:
        at = self._held.find(PREAMBLE)
        if at < 0:
            at = len(self._held) - _begun(self._held)
        del self._held[:at]


def _begun(held: bytearray) -> int:
    """How many bytes at the end of `held` may be the beginning of a preamble."""
    return next((n for n in range(len(PREAMBLE) - 1, 0, -1) if held.endswith(PREAMBLE[:n])), 0)


def _check(body: bytes) -> int:
    return reduce(xor, body, 0)
