"""Pictures for the promises of the seeing ports, drawn here without a library; none of them shows anybody."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from functools import cache

from padkit_sdk.ports import MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS, Picture
from padkit_sdk.secrets import HiddenBytes

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WIDTH, HEIGHT = 640, 400
GREY, GROUND, CARD, INK = 128, 70, 225, 20
MARK = "NOBODY-MAY-READ-THIS"  # stands in the text that is no picture
SOURCE = "conformance"


def png(width: int, height: int, shade: Callable[[int, int], int]) -> bytes:
    """A grey picture (PNG, ISO/IEC 15948) whose pixel at x, y has `shade`, 0 to 255."""
    rows = b"".join(b"\0" + bytes(shade(x, y) for x in range(width)) for y in range(height))
    return SIGNATURE + _header(width, height) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


@cache
def plain() -> bytes:
    """All of one grey: no card, nobody."""
    return png(WIDTH, HEIGHT, lambda x, y: GREY)


@cache
def card() -> bytes:
    """A light card on dark ground with bars in place of text: looks like a document and is none."""

    def shade(x: int, y: int) -> int:
        if not (80 <= x < 560 and 50 <= y < 350):
            return GROUND
        in_bar = 110 <= x < 380 and (y - 80) % 45 < 18 and 80 <= y < 320 and (x // 9) % 3 != 2
        return INK if in_bar else CARD

    return png(WIDTH, HEIGHT, shade)


def _too_many_pixels() -> bytes:
    side = int(MAX_PICTURE_PIXELS**0.5) + 1
    return SIGNATURE + _header(side, side) + _chunk(b"IDAT", zlib.compress(bytes(1000))) + _chunk(b"IEND", b"")


WRONG: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "a text under a picture's name": (lambda: f"{MARK} ".encode() * 100, "picture.format"),
    "nothing": (bytes, "picture.format"),
    "a picture cut off": (lambda: card()[:400], "picture.broken"),
    "more pixels than are allowed": (_too_many_pixels, "picture.pixels"),
    "more bytes than are allowed": (lambda: SIGNATURE + bytes(MAX_PICTURE_BYTES), "picture.size"),
}  # what it is: who draws it, the reason of the refusal


def picture(data: bytes, at_s: float = 0.0) -> Picture:
    """`data` as the ports take it."""
    return Picture(HiddenBytes(data), SOURCE, at_s)


def _header(width: int, height: int) -> bytes:
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
