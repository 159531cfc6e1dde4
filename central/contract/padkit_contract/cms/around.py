"""How much of a message stands beside its one large part, told from the lengths alone, before anything is parsed.

A parser would make an object of each of the millions of elements that fit into an envelope, and take seconds and half a
gigabyte to find out that they do not belong there.
"""

from __future__ import annotations

CONSTRUCTED, LONG = 0x20, 0x80
MAX_LENGTH_OCTETS = 4


def check_around(raw: bytes, most: int) -> None:
    """Raise ValueError when more than `most` bytes stand beside the largest part, or the lengths do not fit.

    The way leads from the whole into the largest element of each level; no more than `most` bytes of others are looked at.
    """
    begin, end, beside = 0, len(raw), 0
    constructed = True
    while constructed and end - begin + beside > most:
        tag, first, last = _largest(raw, begin, end, most - beside)
        beside += end - begin - (last - first)
        begin, end, constructed = first, last, bool(tag & CONSTRUCTED)


def _largest(raw: bytes, begin: int, end: int, most: int) -> tuple[int, int, int]:
    """Return tag and content of the largest element. Raises ValueError as soon as the others exceed `most`."""
    found = (0, begin, begin)
    at = begin
    while at < end:
        tag, first, last = _element(raw, at, end)
        if last - first >= found[2] - found[1]:
            found = (tag, first, last)
        at = last
        if at - begin - (found[2] - found[1]) > most:
            raise ValueError("too much around the content")
    return found


def _element(raw: bytes, at: int, end: int) -> tuple[int, int, int]:
    head = raw[at : at + 2]
    if len(head) < 2:
        raise ValueError("cut off")
    tag, size = head
    first = at + 2
    if size >= LONG:
        octets = raw[first : first + size - LONG]
        if not 1 <= size - LONG <= MAX_LENGTH_OCTETS:
            raise ValueError("a length that cannot be")
        first, size = first + len(octets), int.from_bytes(octets, "big")
    if first + size > end:
        raise ValueError("an element that is longer than what holds it")
    return tag, first, first + size
