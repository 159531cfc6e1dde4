"""BER-TLV as chips use it (ISO/IEC 7816-4, EMV book 3 annex B): parsed with caps on size, depth, tags and lengths.

A refusal names offsets and sizes, never bytes: a chip's records hold card numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from padkit_sdk.errors import BadFrame

MAX_SIZE = 4096
MAX_DEPTH = 6
MAX_TAG_BYTES = 3
MAX_LENGTH_BYTES = 2  # behind 81 or 82
CONSTRUCTED = 0x20


@dataclass(frozen=True, slots=True)
class Tlv:
    """One data object; `children` are filled for a constructed tag. Its value is never printed."""

    tag: int
    value: bytes = field(repr=False)
    children: tuple[Tlv, ...] = ()

    @property
    def constructed(self) -> bool:
        """Whether the tag says that the value is made of objects (bit 6 of its first byte)."""
        size = (self.tag.bit_length() + 7) // 8
        return bool(self.tag >> 8 * (size - 1) & CONSTRUCTED)


def parse_tlv(data: bytes) -> tuple[Tlv, ...]:
    """All data objects in `data`; zero bytes between them are skipped. Raises `BadFrame` ``tlv …``."""
    if len(data) > MAX_SIZE:
        raise BadFrame(f"tlv: {len(data)} bytes, at most {MAX_SIZE}")
    return tuple(_objects(data, depth=1))


def walk(nodes: tuple[Tlv, ...]) -> Iterator[Tlv]:
    """Every object, outer before inner."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def find(nodes: tuple[Tlv, ...], tag: int) -> Tlv | None:
    """The first object with `tag`, however deep."""
    return next((node for node in walk(nodes) if node.tag == tag), None)


def value_of(nodes: tuple[Tlv, ...], tag: int) -> bytes:
    """The value of the first object with `tag`, empty when there is none."""
    node = find(nodes, tag)
    return node.value if node else b""


def read_tag(data: bytes, at: int) -> tuple[int, int]:
    """The tag that begins at `at`, and where it ends. Raises `BadFrame` ``tlv …``."""
    end = at + 1
    if data[at] & 0x1F == 0x1F:
        while end < len(data) and data[end] & 0x80:
            end += 1
        end += 1
    if end > len(data) or end - at > MAX_TAG_BYTES:
        raise BadFrame(f"tlv: tag at byte {at} of {len(data)} is cut off or longer than {MAX_TAG_BYTES} bytes")
    return int.from_bytes(data[at:end]), end


def _objects(data: bytes, depth: int) -> Iterator[Tlv]:
    if depth > MAX_DEPTH:
        raise BadFrame(f"tlv: nested deeper than {MAX_DEPTH}")
    at = 0
    while at < len(data):
        if data[at] == 0:
            at += 1
            continue
        constructed = bool(data[at] & CONSTRUCTED)
        tag, at = read_tag(data, at)
        size, at = _read_length(data, at)
        value = data[at : at + size]
        if len(value) < size:
            raise BadFrame(f"tlv: tag {tag:X} wants {size} bytes at byte {at}, {len(value)} are left")
        at += size
        yield Tlv(tag, value, tuple(_objects(value, depth + 1)) if constructed else ())


def _read_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise BadFrame(f"tlv: length missing at byte {at}")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    count = first & 0x7F
    end = at + 1 + count
    if not 1 <= count <= MAX_LENGTH_BYTES or end > len(data):
        raise BadFrame(f"tlv: length byte {first:02X} at byte {at} is cut off or not supported")
    return int.from_bytes(data[at + 1 : end]), end
