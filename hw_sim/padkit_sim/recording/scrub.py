"""What is personal in the frames of each type of device, and what stands there instead: as long, well formed, of nobody. No I/O.

A rule keeps what it knows to be harmless and replaces everything else, so a command that no rule knows leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Protocol

from padkit_sim.devices.identity_reader.record import (
    FLAG_AT,
    TEXT_BYTES,
    Document,
    Foreigner2017,
    Foreigner2023,
    Permit,
    Resident,
    text_record,
)
from padkit_sim.recording import apdu, cutting, finger_module

FILL = 0x00
NOBODY = "测试无名"
PLACE, OFFICE = "虚构省样例市无名路1号", "样例市公安局"
FROM, TO, BORN = "20200101", "20400101", "19900307"
DOCUMENTS: Mapping[str, Document] = {
    "J": Permit(NOBODY, "1", BORN, PLACE, "810000199003070016", OFFICE, FROM, TO, "H99999999", "01"),
    "I": Foreigner2017("SAMPLE, NOBODY", "1", "ZZZ999012345678", "ZZZ", NOBODY, FROM, TO, BORN, "01", "0000"),
    "Y": Foreigner2023(NOBODY, "1", "01", BORN, "SAMPLE, NOBODY", "911000199003070014", FROM, TO, "ZZZ"),
}
RESIDENT = Resident(NOBODY, "1", "01", BORN, PLACE, "999999199003071234", OFFICE, FROM, TO)


class Scrubber(Protocol):
    """One line's memory: an answer may need its question to be understood."""

    def to_device(self, frame: bytes) -> bytes:
        """A whole frame as it may be written down, of the same length."""
        ...

    def to_host(self, frame: bytes) -> bytes:
        """As `to_device`."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """How one type of device is recorded."""

    size: cutting.Size
    scrubber: Callable[[], Scrubber]


class IdentityReader:
    """SAM_V. Kept: reset, status, module number, baud. An identity record becomes nobody's; all other data is blank."""

    DATA_AT = 10  # preamble 5, length 2, SW 3
    KEPT = frozenset({0x10, 0x11, 0x12, 0x60, 0x61})
    READ = 0x30
    WITH_FINGERS = 0x10

    def __init__(self) -> None:
        self._asked = (0, 0)

    def to_device(self, frame: bytes) -> bytes:
        self._asked = (frame[7], frame[8]) if len(frame) > 9 else (0, 0)
        return (
            _sealed(frame[:9] + bytes(len(frame) - 10), 5) if len(frame) > 10 and frame[7] not in self.KEPT else frame
        )

    def to_host(self, frame: bytes) -> bytes:
        data = frame[self.DATA_AT : -1]
        if not data or self._asked[0] in self.KEPT:
            return frame
        return _sealed(frame[: self.DATA_AT] + self._instead(data), 5)

    def _instead(self, data: bytes) -> bytes:
        heads = 6 if self._asked == (self.READ, self.WITH_FINGERS) else 4
        sizes = [int.from_bytes(data[at : at + 2], "big") for at in range(0, heads, 2)]
        if self._asked[0] != self.READ or heads + sum(sizes) != len(data) or sizes[0] != TEXT_BYTES:
            return bytes([FILL]) * len(data)
        blocks = [_nobody(data[heads : heads + TEXT_BYTES]), *(_pattern(size) for size in sizes[1:])]
        return data[:heads] + b"".join(blocks)


class CardBox:
    """CRT-591. Kept: what the unit says of itself and of its path. Cards: see `apdu`; their chips' memory is blank."""

    CARDS = frozenset({(0x51, 0x33), (0x51, 0x34), (0x51, 0x39), (0x60, 0x34), (0x60, 0x35)})
    RESETS = frozenset({(0x51, 0x30), (0x51, 0x38), (0x52, 0x30), (0x52, 0x38)})  # type and ATR: of the kind of card
    KEPT_GROUPS = frozenset({0x30, 0x31, 0x32, 0x33, 0x50, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6})
    KEPT = RESETS | {(0x51, 0x31), (0x51, 0x32), (0x52, 0x31), (0x52, 0x32), (0x52, 0x40), (0x60, 0x31), (0x60, 0x32)}
    TEXT_AT = 4
    STATUS = 3  # st0 st1 st2, or nothing more than e1 e0

    def __init__(self) -> None:
        self._card = apdu.Card()

    def to_device(self, frame: bytes) -> bytes:
        return self._scrubbed(frame, self.TEXT_AT + 3, self._card.command)

    def to_host(self, frame: bytes) -> bytes:
        at = self.TEXT_AT + 3 + self.STATUS
        if len(frame) > self.TEXT_AT and frame[self.TEXT_AT : self.TEXT_AT + 1] == b"N":
            return frame  # e1 e0
        return self._scrubbed(frame, at, self._card.answer)

    def _scrubbed(self, frame: bytes, data_at: int, of_card: Callable[[bytes], bytes]) -> bytes:
        data = frame[data_at:-2]
        if len(frame) < self.TEXT_AT + 5 or not data:
            return frame
        asked = (frame[self.TEXT_AT + 1], frame[self.TEXT_AT + 2])
        if asked[0] in self.KEPT_GROUPS or asked in self.KEPT:
            return frame
        instead = of_card(data) if asked in self.CARDS else bytes([FILL]) * len(data)
        body = frame[:data_at] + instead + frame[-2:-1]
        return body + bytes([reduce(xor, body)])


RULES: Mapping[str, Rules] = {
    "card_dispenser": Rules(cutting.card_box, CardBox),
    "fingerprint_r30x": Rules(finger_module.size, finger_module.FingerModule),
    "identity_reader": Rules(cutting.identity_reader, IdentityReader),
}


def _nobody(text: bytes) -> bytes:
    """A record of nobody in the layout of `text`."""
    flag = text[FLAG_AT : FLAG_AT + 2].decode("utf-16-le", "replace")
    return text_record(DOCUMENTS.get(flag, RESIDENT))


def _pattern(size: int) -> bytes:
    """So many bytes of no picture and no finger."""
    return bytes((place * 7 + 3) % 256 for place in range(size))


def _sealed(body: bytes, start: int) -> bytes:
    return body + bytes([reduce(xor, body[start:])])
