"""PNG files (W3C PNG, third edition): chunks with their check sums, and the header. No pixel is made, nothing is inflated."""

from __future__ import annotations

import struct
import zlib

from padkit_vision.headers import exif
from padkit_vision.headers.outline import Broken, Outline, Strange

MAGIC = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 4096
PIXELS = (b"PLTE", b"tRNS", b"IDAT")
KINDS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}  # colour type: bit depths
INTERLACED_PASSES = 2  # Adam7 goes over each pixel once, and costs about twice


def outline(data: bytes) -> Outline:
    """Read from the signature to `IEND`; what follows is another's. Raises `Unfit`."""
    at, chunk_type, orientation = len(MAGIC), b"", exif.UPRIGHT
    header, kept = b"", [MAGIC]
    for number in range(MAX_CHUNKS):
        chunk_type, body, end = _chunk(data, at)
        if (chunk_type == b"IHDR") != (number == 0):
            raise Broken(f"PNG: {chunk_type!r} at byte {at}, where the header must be and nowhere else")
        if number == 0:
            header = body
        elif chunk_type == b"acTL":
            raise Strange("PNG: an animation; give one picture")
        elif chunk_type == b"eXIf":
            orientation = exif.orientation_of(body)
        elif chunk_type not in (*PIXELS, b"IEND") and not chunk_type[0] & 0x20:
            raise Strange(f"PNG: needs {chunk_type!r}, which nobody knows")
        if number == 0 or chunk_type in PIXELS or chunk_type == b"IEND":
            kept.append(data[at:end])
        at = end
        if chunk_type == b"IEND":
            width, height, interlaced = _header(header)
            return Outline(width, height, orientation, INTERLACED_PASSES if interlaced else 1, b"".join(kept))
    raise Strange(f"PNG: more than {MAX_CHUNKS} chunks")


def _chunk(data: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Return type, body, and where the next one begins."""
    if at + 12 > len(data):
        raise Broken(f"PNG: cut off at byte {len(data)}")
    length, chunk_type = struct.unpack_from(">I4s", data, at)
    end = at + 12 + length
    if end > len(data):
        raise Broken(f"PNG: {chunk_type!r} of {length} bytes is cut off at byte {len(data)}")
    (given,) = struct.unpack_from(">I", data, end - 4)
    if not chunk_type.isalpha() or zlib.crc32(memoryview(data)[at + 4 : end - 4]) != given:
        raise Broken(f"PNG: the check sum of {chunk_type!r} at byte {at} is wrong")
    return chunk_type, data[at + 8 : end - 4], end


def _header(body: bytes) -> tuple[int, int, int]:
    """Return width, height, and 1 if interlaced."""
    if len(body) != 13:
        raise Broken(f"PNG: a header of {len(body)} bytes")
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", body)
    if depth not in KINDS.get(colour, ()) or packing or filtering or interlaced > 1:
        raise Strange(f"PNG: colour type {colour} with {depth} bits, packing {packing}, {filtering}, {interlaced}")
    return width, height, interlaced
