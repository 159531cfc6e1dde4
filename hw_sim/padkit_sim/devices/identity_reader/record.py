"""The text record of an identity document: 256 bytes of UTF-16LE in four layouts (section 5). Invented people only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TEXT_BYTES = 256
FLAG_AT = 248  # J, I or Y; a space means resident
LONG_TERM = "长期"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARS = "10X98765432"

Field = tuple[int, int, str]
"""Offset in bytes, room in bytes, text."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A citizen's card. Dates are YYYYMMDD; `valid_to` may be 长期."""

    name: str
    sex: str
    nation: str
    birth: str
    address: str
    number: str
    issuer: str
    valid_from: str
    valid_to: str

    def fields(self) -> tuple[Field, ...]:
        return (
            (0, 30, self.name),
            (30, 2, self.sex),
            (32, 4, self.nation),
            (36, 16, self.birth),
            (52, 70, self.address),
            (122, 36, self.number),
            (158, 30, self.issuer),
            (188, 16, self.valid_from),
            (204, 16, self.valid_to),
        )


@dataclass(frozen=True, slots=True)
class Permit:
    """A residence permit for people from Hong Kong, Macao and Taiwan, layout J."""

    name: str
    sex: str
    birth: str
    address: str
    number: str
    issuer: str
    valid_from: str
    valid_to: str
    pass_number: str
    issues: str

    def fields(self) -> tuple[Field, ...]:
        return (
            (0, 30, self.name),
            (30, 2, self.sex),
            (36, 16, self.birth),
            (52, 70, self.address),
            (122, 36, self.number),
            (158, 30, self.issuer),
            (188, 16, self.valid_from),
            (204, 16, self.valid_to),
            (220, 18, self.pass_number),
            (238, 4, self.issues),
            (FLAG_AT, 2, "J"),
        )


@dataclass(frozen=True, slots=True)
class Foreigner2017:
    """A foreigner's permanent residence card of 2017, layout I."""

    english_name: str
    sex: str
    number: str
    country: str
    name: str
    valid_from: str
    valid_to: str
    birth: str
    version: str
    authority: str

    def fields(self) -> tuple[Field, ...]:
        return (
            (0, 120, self.english_name),
            (120, 2, self.sex),
            (122, 30, self.number),
            (152, 6, self.country),
            (158, 30, self.name),
            (188, 16, self.valid_from),
            (204, 16, self.valid_to),
            (220, 16, self.birth),
            (236, 4, self.version),
            (240, 8, self.authority),
            (FLAG_AT, 2, "I"),
        )


@dataclass(frozen=True, slots=True)
class Foreigner2023:
    """A foreigner's permanent residence card of 2023, layout Y; a long English name runs on at offset 220."""

    name: str
    sex: str
    renewals: str
    birth: str
    english_name: str
    number: str
    valid_from: str
    valid_to: str
    country: str
    old_number_link: str = ""

    def fields(self) -> tuple[Field, ...]:
        return (
            (0, 30, self.name),
            (30, 2, self.sex),
            (32, 4, self.renewals),
            (36, 16, self.birth),
            (52, 70, self.english_name[:35]),
            (122, 36, self.number),
            (188, 16, self.valid_from),
            (204, 16, self.valid_to),
            (220, 22, self.english_name[35:]),
            (242, 6, self.country),
            (FLAG_AT, 2, "Y"),
            (250, 6, self.old_number_link),
        )


Document = Resident | Permit | Foreigner2017 | Foreigner2023


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person with a document. `fingers` 0 to 2 are stored on the chip; `new_address` "" means none was appended."""

    id: str
    document: Document
    fingers: int = 1
    new_address: str = ""


def too_long(fields: Iterable[Field]) -> str:
    """The first text that does not fit its room, in words; "" when all do."""
    for _, room, text in fields:
        if len(text.encode("utf-16-le")) > room:
            return f"{text!r} has more than {room // 2} characters"
    return ""


def text_record(document: Document) -> bytes:
    """The 256 bytes as the chip holds them."""
    record = bytearray(b"\x20\x00" * (TEXT_BYTES // 2))
    for offset, room, text in document.fields():
        raw = text.encode("utf-16-le")
        assert len(raw) <= room, f"{text!r} does not fit {room} bytes"
        record[offset : offset + len(raw)] = raw
    return bytes(record)


def check_char(first17: str) -> str:
    """The 18th character of an identity number (GB 11643, MOD 11-2)."""
    return CHECK_CHARS[sum(w * int(d) for w, d in zip(WEIGHTS, first17, strict=True)) % 11]
