"""Changes DER where it means something: elements are dropped, doubled, moved, retyped, refilled, and the lengths put right."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

CONSTRUCTED = 0x20
OCTET_STRING, BIT_STRING, SEQUENCE = 0x04, 0x03, 0x30
MAX_DEPTH = 32
TAGS = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x18, 0x30, 0x31, 0x80, 0xA0, 0xA1, 0xA3)
FILLINGS = (b"", b"\0", b"\x7f", b"\x80", b"\xff" * 8, b"\0" * 32, b"\xff" * 33, b"261122080000Z", b"\x30\x80")


@dataclass
class Element:
    """One TLV. `inside` is taken for granted when there is any; `before` is a BIT STRING's count of unused bits."""

    tag: int
    content: bytes = b""
    inside: list[Element] | None = None
    before: bytes = b""

    def write(self) -> bytes:
        content = self.content if self.inside is None else self.before + b"".join(map(Element.write, self.inside))
        size = len(content)
        if size < 0x80:
            return bytes([self.tag, size]) + content
        octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
        return bytes([self.tag, 0x80 | len(octets)]) + octets + content


def read(raw: bytes, depth: int = 0) -> list[Element]:
    """Return the elements that fill `raw`. Raises ValueError when it is no DER."""
    elements, at = [], 0
    while at < len(raw):
        tag, begin, end = _head(raw, at)
        elements.append(_element(tag, raw[begin:end], depth))
        at = end
    return elements


def mutate(raw: bytes, chance: random.Random) -> bytes:
    """Return `raw` with one element changed; what is no DER comes back as it is."""
    try:
        top = Element(SEQUENCE, inside=read(raw))
    except ValueError:
        return raw
    lists = [element.inside for element in _walk(top) if element.inside]
    if not lists:
        return raw
    row = chance.choice(lists)
    _change(row, chance.randrange(len(row)), lists, chance)
    return b"".join(map(Element.write, top.inside or []))


def _change(row: list[Element], at: int, lists: list[list[Element]], chance: random.Random) -> None:
    element = row[at]
    match chance.randrange(6):
        case 0:
            del row[at]
        case 1:
            row.insert(at, element)
        case 2:
            chance.shuffle(row)
        case 3:
            row[at] = Element(chance.choice(TAGS), element.content, element.inside, element.before)
        case 4:
            row[at] = Element(element.tag, _refilled(element, chance))
        case _:
            taken = chance.choice(chance.choice(lists))
            row[at] = read(taken.write())[0]  # a copy, so that nothing comes to stand inside itself


def _refilled(element: Element, chance: random.Random) -> bytes:
    content = bytearray(element.content)
    if not content or chance.randrange(3) == 0:
        return chance.choice(FILLINGS)
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element.inside or ():
        yield from _walk(child)


def _head(raw: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, begin and end of the content."""
    if at + 2 > len(raw):
        raise ValueError("cut off")
    size, begin = raw[at + 1], at + 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(raw[at + 2 : begin], "big")
    if raw[at + 1] == 0x80 or begin + size > len(raw):
        raise ValueError("no length")
    return raw[at], begin, begin + size


def _element(tag: int, content: bytes, depth: int) -> Element:
    before = content[:1] if tag == BIT_STRING else b""
    inner = content[len(before) :]
    if depth < MAX_DEPTH and (tag & CONSTRUCTED or (tag in (OCTET_STRING, BIT_STRING) and inner[:1] == b"\x30")):
        try:
            return Element(tag, content, read(inner, depth + 1), before)
        except ValueError:
            pass
    return Element(tag, content)
