"""What a host can have the pad do, and in which state the pad does it (section 6). A table; the doing is in `pad`."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Code(enum.IntEnum):
    """The pad's states."""

    AT_EASE = 0x00
    PICTURE = 0x01
    WRITING = 0x02
    MEMORY = 0x05


class Said(enum.IntEnum):
    """Last results, other than those of pictures."""

    FINE = 0x00
    NO_SUCH_REPORT = 0x01
    NOT_NOW = 0x02
    BAD_VALUE = 0x04


ALWAYS = frozenset(Code)
AT_EASE, PICTURE, WRITING = frozenset({Code.AT_EASE}), frozenset({Code.PICTURE}), frozenset({Code.WRITING})


@dataclass(frozen=True, slots=True)
class Order:
    """One report to the pad. `name` is what faults call it; `kept`: the body is kept and can be read back, nothing more."""

    name: str
    when: frozenset[Code]
    kept: bool = False


ORDERS: Mapping[int, Order] = {
    0x04: Order("reset", ALWAYS),
    0x15: Order("start_capture", AT_EASE),
    0x16: Order("end_capture", WRITING),
    0x20: Order("clear", AT_EASE),
    0x21: Order("inking", ALWAYS, kept=True),
    0x22: Order("threshold", AT_EASE, kept=True),
    0x23: Order("clear_area", AT_EASE),
    0x24: Order("start_image_area", AT_EASE),
    0x25: Order("start_image", AT_EASE),
    0x26: Order("block", PICTURE),
    0x27: Order("end_image", PICTURE),
    0x2A: Order("ink_area", ALWAYS, kept=True),
    0x2D: Order("ink_colour", ALWAYS, kept=True),
    0x32: Order("option_mode", ALWAYS, kept=True),
}
