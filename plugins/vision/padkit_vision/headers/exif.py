"""The orientation in an EXIF block (EXIF 2.3, chapter 4.6; TIFF 6.0). What makes no sense says nothing."""

from __future__ import annotations

import struct

PREFIX = b"Exif\0\0"
ORIENTATION = 0x0112
SHORT = 3
MAX_ENTRIES = 512
UPRIGHT = 1
KNOWN = range(1, 9)


def orientation_of(block: bytes) -> int:
    """Return 1..8; 1 when the block does not say, or is none."""
    tiff = block.removeprefix(PREFIX)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for entry in range(min(count, MAX_ENTRIES)):
            tag, kind, values, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * entry)
            if (tag, kind, values) == (ORIENTATION, SHORT, 1):
                return value if value in KNOWN else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT
