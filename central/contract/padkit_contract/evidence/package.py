"""The file of an evidence package: a head, then the sealed manifest and the sealed items as sections. No cryptography here.

8  "padkitEV"
2  version, 1
2  number of items
4  length of the section that follows, then so many bytes; the manifest first, then each item
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from padkit_contract.errors import Invalid
from padkit_contract.evidence.manifest import MAX_ITEMS, MAX_MANIFEST

MAGIC = b"padkitEV"
VERSION = 1
HEAD = struct.Struct(">8sHH")
LENGTH = struct.Struct(">I")
MAX_SEAL = 64 << 10  # what sealing may add to a section
MAX_SECTION = 8 << 20
MAX_PACKAGE = 72 << 20


@dataclass(frozen=True, slots=True)
class Parts:
    """The sections of one file, nothing opened yet."""

    manifest: bytes = field(repr=False)
    items: tuple[bytes, ...] = field(repr=False)


def head(items: int) -> bytes:
    """Return the head of a file with so many items."""
    return HEAD.pack(MAGIC, VERSION, items)


def section(content: bytes) -> bytes:
    """Return one section. Raises `Invalid` ``package.size``."""
    if not 0 < len(content) <= MAX_SECTION:
        raise Invalid("package.size", f"a section of {len(content)} bytes, 1 to {MAX_SECTION} are possible")
    return LENGTH.pack(len(content)) + content


def read(raw: bytes) -> Parts:
    """Take a file apart. Raises `Invalid` ``package.size`` or ``package.form`` for anything that was not written so."""
    if len(raw) > MAX_PACKAGE:
        raise Invalid("package.size", f"{len(raw)} bytes, at most {MAX_PACKAGE}")
    if len(raw) < HEAD.size:
        raise Invalid("package.form", f"{len(raw)} bytes are no head")
    magic, version, count = HEAD.unpack_from(raw)
    if magic != MAGIC or version != VERSION:
        raise Invalid(
            "package.form", f"begins with {raw[: HEAD.size].hex(' ')}: no evidence package of version {VERSION}"
        )
    if count > MAX_ITEMS:
        raise Invalid("package.form", f"{count} items, at most {MAX_ITEMS}")
    at, sections = HEAD.size, []
    for number in range(count + 1):
        most = MAX_SECTION if number else MAX_MANIFEST + MAX_SEAL
        content, at = _section(raw, at, number, most)
        sections.append(content)
    if at != len(raw):
        raise Invalid("package.form", f"{len(raw) - at} bytes behind the last section")
    return Parts(sections[0], tuple(sections[1:]))


def _section(raw: bytes, at: int, number: int, most: int) -> tuple[bytes, int]:
    begin = at + LENGTH.size
    if begin > len(raw):
        raise Invalid("package.form", f"cut off before section {number}")
    (size,) = LENGTH.unpack_from(raw, at)
    if not 0 < size <= most:
        raise Invalid("package.form", f"section {number} of {size} bytes, 1 to {most} are possible")
    if begin + size > len(raw):
        raise Invalid("package.form", f"cut off in section {number}, at byte {len(raw)}")
    return raw[begin : begin + size], begin + size
