"""What a card asks of the terminal before it opens its records (PDOL), and our answers for reading only.

No payment is made: amounts and verification results are zero, country and currency are China's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from padkit_sdk.errors import BadFrame
from padkit_sdk.pboc.tlv import read_tag

MAX_PDOL_DATA = 252  # what fits into one command
CHINA = bytes.fromhex("0156")  # ISO 3166-1 and ISO 4217 numeric code


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the terminal side brings: the day of the reading and four random bytes."""

    today: date
    random4: bytes


@dataclass(frozen=True, slots=True)
class _Value:
    data: bytes
    numeric: bool = False

    def fit(self, size: int) -> bytes:
        """`size` bytes: a number keeps its right end, anything else its left (EMV book 3, 5.4)."""
        if self.numeric:
            return self.data.rjust(size, b"\0")[-size:] if size else b""
        return self.data.ljust(size, b"\0")[:size]


def parse_dol(dol: bytes) -> tuple[tuple[int, int], ...]:
    """The (tag, size) pairs that a card asks for. Raises `BadFrame` when cut off or asking for too much."""
    pairs: list[tuple[int, int]] = []
    at = 0
    while at < len(dol):
        tag, at = read_tag(dol, at)
        if at >= len(dol):
            raise BadFrame(f"PDOL: tag {tag:X} has no size", dol)
        pairs.append((tag, dol[at]))
        at += 1
    total = sum(size for _, size in pairs)
    if total > MAX_PDOL_DATA:
        raise BadFrame(f"PDOL asks for {total} bytes, at most {MAX_PDOL_DATA}", dol)
    return tuple(pairs)


def build_pdol_data(dol: bytes, terminal: Terminal) -> bytes:
    """The answer to `dol`; tags we do not know are zeros. Raises like `parse_dol`."""
    values = _values(terminal)
    return b"".join(values.get(tag, _ZERO).fit(size) for tag, size in parse_dol(dol))


_ZERO = _Value(b"")


def _values(terminal: Terminal) -> Mapping[int, _Value]:
    """What is not zero; reference section 2, "contact-mode PDOL values that pass"."""
    return {
        0x9F1A: _Value(CHINA, numeric=True),
        0x5F2A: _Value(CHINA, numeric=True),
        0x9A: _Value(bytes.fromhex(terminal.today.strftime("%y%m%d")), numeric=True),
        0x9F37: _Value(terminal.random4),
    }
