"""WebP files (RFC 9649): RIFF chunks and the header of the frame. No pixel is made."""

from __future__ import annotations

import struct

from padkit_vision.headers import exif
from padkit_vision.headers.outline import Broken, Outline, Strange

RIFF, MAGIC = b"RIFF", b"WEBP"
MAX_CHUNKS = 64
ANIMATED, ALPHA = 0x02, 0x10  # flags of VP8X
LOSSY_START = b"\x9d\x01\x2a"
LOSSLESS_START = 0x2F
LOSSLESS_PASSES = 2  # about twice what a lossy pixel costs


def outline(data: bytes) -> Outline:
    """Read the chunks within the length that the file names; what follows is another's. Raises `Unfit`."""
    (length,) = struct.unpack_from("<I", data, 4)
    end, at, orientation, chunks = 8 + length, 12, exif.UPRIGHT, dict[bytes, bytes]()
    if end > len(data):
        raise Broken(f"WebP: {end} bytes are named, {len(data)} came")
    while at < end:
        name, body, at = _chunk(data, at, end)
        if name in (b"ANIM", b"ANMF"):
            raise Strange("WebP: an animation; give one picture")
        if len(chunks) == MAX_CHUNKS or chunks.setdefault(name, body) is not body:
            raise Broken(f"WebP: {name!r} at byte {at} is one too many")
    if b"EXIF" in chunks:
        orientation = exif.orientation_of(chunks[b"EXIF"])
    if b"VP8L" in chunks:
        width, height = _lossless(chunks[b"VP8L"])
        return Outline(width, height, orientation, LOSSLESS_PASSES, _file({b"VP8L": chunks[b"VP8L"]}))
    if b"VP8 " not in chunks:
        raise Broken("WebP: ends without a picture")
    width, height = _lossy(chunks[b"VP8 "])
    needed = {b"VP8 ": chunks[b"VP8 "]}
    if b"ALPH" in chunks:
        extent = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        needed = {b"VP8X": bytes([ALPHA, 0, 0, 0]) + extent, b"ALPH": chunks[b"ALPH"], **needed}
    return Outline(width, height, orientation, LOSSLESS_PASSES if b"ALPH" in chunks else 1, _file(needed))


def _chunk(data: bytes, at: int, end: int) -> tuple[bytes, bytes, int]:
    """Return name, body, and where the next one begins."""
    if at + 8 > end:
        raise Broken(f"WebP: cut off at byte {end}")
    name, length = struct.unpack_from("<4sI", data, at)
    if at + 8 + length > end:
        raise Broken(f"WebP: {name!r} of {length} bytes is cut off at byte {end}")
    return name, data[at + 8 : at + 8 + length], at + 8 + length + length % 2


def _lossy(body: bytes) -> tuple[int, int]:
    """Return width and height of a VP8 key frame (RFC 6386, 9.1)."""
    if len(body) < 10 or body[0] & 1 or body[3:6] != LOSSY_START:
        raise Broken(f"WebP: no key frame, but {body[:10].hex(' ')}")
    width, height = struct.unpack_from("<HH", body, 6)
    if not width & 0x3FFF or not height & 0x3FFF:
        raise Broken("WebP: a frame without pixels")
    return width & 0x3FFF, height & 0x3FFF


def _lossless(body: bytes) -> tuple[int, int]:
    """Return width and height of a VP8L frame (RFC 9649, 3.4)."""
    if len(body) < 5 or body[0] != LOSSLESS_START:
        raise Broken(f"WebP: no lossless frame, but {body[:5].hex(' ')}")
    (bits,) = struct.unpack_from("<I", body, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _file(chunks: dict[bytes, bytes]) -> bytes:
    parts = (name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for name, body in chunks.items())
    inside = MAGIC + b"".join(parts)
    return RIFF + struct.pack("<I", len(inside)) + inside
