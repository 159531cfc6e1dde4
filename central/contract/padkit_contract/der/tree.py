"""ASN.1 of any shape as a tree, BER or DER, with caps: for messages of other makers. Our own are declared and strict.

Indefinite lengths, lengths longer than needed and strings in pieces are understood; `Node.encode` writes DER again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from padkit_contract.der.codec import decode
from padkit_contract.oids import ObjectIdentifier

MAX_DEPTH = 24
MAX_NODES = 10_000
CONSTRUCTED = 0x20
INTEGER, OCTET_STRING, OBJECT_IDENTIFIER, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x30, 0x31
INDEFINITE, END = 0x80, 0x00
HIGH_TAG = 0x1F
MAX_LENGTH_OCTETS = 4


def context(number: int) -> int:
    """Return the tag octet of a constructed context-specific element."""
    return 0xA0 | number


@dataclass(frozen=True, slots=True)
class Node:
    """One element: its tag octet, and what is in it. `content` is empty when it is constructed."""

    tag: int
    content: bytes = field(default=b"", repr=False)
    children: tuple[Node, ...] = ()

    @property
    def constructed(self) -> bool:
        """Tell whether it holds elements and no octets."""
        return bool(self.tag & CONSTRUCTED)

    def encode(self) -> bytes:
        """Return the element with definite, minimal lengths. Sets keep their order."""
        content = b"".join(child.encode() for child in self.children) if self.constructed else self.content
        return header(self.tag, len(content)) + content

    def octets(self) -> bytes:
        """Return the octets of a string, its pieces joined. Raises ValueError."""
        if not self.constructed:
            return self.content
        if any(child.tag not in {OCTET_STRING, OCTET_STRING | CONSTRUCTED} for child in self.children):
            raise ValueError("a string in pieces that are no strings")
        return b"".join(child.octets() for child in self.children)

    def identifier(self) -> ObjectIdentifier:
        """Return the object identifier. Raises ValueError."""
        return decode(ObjectIdentifier, self.expect(OBJECT_IDENTIFIER).encode())

    def integer(self) -> int:
        """Return the number. Raises ValueError."""
        content = self.expect(INTEGER).content
        if not content:
            raise ValueError("an INTEGER without content")
        return int.from_bytes(content, "big", signed=True)

    def expect(self, *tags: int) -> Node:
        """Return this node when its tag is one of `tags`. Raises ValueError."""
        if self.tag not in tags:
            raise ValueError(f"tag {self.tag:#04x} where {' or '.join(f'{tag:#04x}' for tag in tags)} was expected")
        return self


class Children:
    """The children of a node, taken in order; what may be left out is asked for by its tag."""

    def __init__(self, node: Node) -> None:
        self._left = list(node.children)

    def take(self, *tags: int) -> Node:
        """Return the next child, which must have one of `tags`. Raises ValueError."""
        if not self._left:
            raise ValueError("an element is missing")
        return self._left.pop(0).expect(*tags)

    def maybe(self, *tags: int) -> Node | None:
        """Return the next child if it has one of `tags`."""
        return self._left.pop(0) if self._left and self._left[0].tag in tags else None

    def done(self) -> None:
        """Raise ValueError when something is left."""
        if self._left:
            raise ValueError(f"{len(self._left)} elements too many, the first with tag {self._left[0].tag:#04x}")


def read(raw: bytes) -> Node:
    """Read one element that fills `raw`. Raises ValueError, also when it is too deep or has too many parts."""
    reader = _Reader(raw)
    node, end = reader.element(0, 0)
    if end != len(raw):
        raise ValueError(f"{len(raw) - end} bytes after the end")
    return node


def header(tag: int, size: int) -> bytes:
    """Return tag and length octets."""
    if size < 0x80:
        return bytes([tag, size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._nodes = 0

    def element(self, at: int, depth: int) -> tuple[Node, int]:
        """Return the element at `at` and where it ends."""
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise ValueError(f"more than {MAX_DEPTH} levels or {MAX_NODES} elements")
        tag, size, begin = self._head(at)
        if tag & HIGH_TAG == HIGH_TAG:
            raise ValueError("a tag number above 30")
        if size is None:
            children, end = self._children_until_end(begin, depth)
            return Node(tag, children=children), end
        end = begin + size
        if end > len(self._raw):
            raise ValueError(f"cut off: {end - len(self._raw)} bytes are missing")
        if tag & CONSTRUCTED:
            return Node(tag, children=tuple(self._children(begin, end, depth))), end
        return Node(tag, self._raw[begin:end]), end

    def _head(self, at: int) -> tuple[int, int | None, int]:
        """Return tag, size (None: indefinite) and where the content begins."""
        head = self._raw[at : at + 2]
        if len(head) < 2:
            raise ValueError("cut off")
        tag, first = head
        if first < INDEFINITE:
            return tag, first, at + 2
        if first == INDEFINITE:
            if not tag & CONSTRUCTED:
                raise ValueError("an indefinite length without elements")
            return tag, None, at + 2
        begin = at + 2 + first - INDEFINITE
        octets = self._raw[at + 2 : begin]
        if not len(octets) == first - INDEFINITE <= MAX_LENGTH_OCTETS:
            raise ValueError("a length that cannot be")
        return tag, int.from_bytes(octets, "big"), begin

    def _children(self, at: int, end: int, depth: int) -> Iterator[Node]:
        while at < end:
            node, at = self.element(at, depth + 1)
            if at > end:
                raise ValueError("an element that is longer than what holds it")
            yield node

    def _children_until_end(self, at: int, depth: int) -> tuple[tuple[Node, ...], int]:
        children: list[Node] = []
        while self._raw[at : at + 2] != bytes([END, END]):
            node, at = self.element(at, depth + 1)
            children.append(node)
        return tuple(children), at + 2
