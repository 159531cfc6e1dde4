"""What a working camera gives when nothing is before it: even grey with a sensor's noise. It needs no extra."""

from __future__ import annotations

import random
import struct
import zlib

WIDTH, HEIGHT = 640, 480
GREY, NOISE = 110, 12  # of 255: a table in daylight, and how far a pixel may be from it
PNG = b"\x89PNG\r\n\x1a\n"
LEVELS = bytes(GREY + it % (2 * NOISE + 1) - NOISE for it in range(256))


def empty(rng: random.Random) -> bytes:
    """Return a PNG of 8-bit greys; no two have the same pixels, as of a sensor."""
    noise = rng.randbytes(WIDTH * HEIGHT).translate(LEVELS)
    rows = b"".join(b"\0" + noise[at : at + WIDTH] for at in range(0, len(noise), WIDTH))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return PNG + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 1)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
