"""JPEG files (ITU-T T.81, annex B): segments, the frame header, and how many scans there are. No pixel is made.

Baseline, extended and progressive Huffman coding of 8 bits are known; cameras and phones make nothing else.
"""

from __future__ import annotations

import re
import struct

from padkit_vision.headers import exif
from padkit_vision.headers.outline import Broken, Outline, Strange

MAGIC = b"\xff\xd8\xff"
SOI, EOI, SOS, SOF, DNL = 0xD8, 0xD9, 0xDA, range(0xC0, 0xD0), 0xDC
NO_FRAME = {0xC4, 0xC8, 0xCC}  # in the range of frame headers: tables, and one that is reserved
OUR_FRAMES = {0xC0, 0xC1, 0xC2}
TABLES = {0xC4, 0xDB, 0xDD}  # Huffman, quantisation, restart interval
APP0, APP1, APP14 = 0xE0, 0xE1, 0xEE
COLOURS = ((APP0, b"JFIF\0", 14), (APP14, b"Adobe", 12))  # the two that say what the components mean, and their length
COMPONENTS = {1, 3, 4}
MAX_SEGMENTS = 4096

_MARKER = re.compile(rb"\xff+([^\x00\xff])")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # stuffed bytes, restart marks and fill belong to the scan


def outline(data: bytes) -> Outline:
    """Read from the start of the image to its end; what follows is another's. Raises `Unfit`."""
    size, orientation, scans, at = None, None, 0, 2
    kept = [data[:2]]
    for _ in range(MAX_SEGMENTS):
        found = _MARKER.match(data, at)
        if not found:
            raise Broken(f"JPEG: no marker at byte {at} of {len(data)}")
        marker = found[1][0]
        if marker == EOI:
            break
        body = _body(data, found.end(), marker)
        at = found.end() + 2 + len(body)
        if marker in SOF and marker not in NO_FRAME:
            if size:
                raise Broken(f"JPEG: a second frame at byte {found.start()}")
            size = _frame(marker, body)
        elif marker == APP1 and body.startswith(exif.PREFIX):
            orientation = orientation or exif.orientation_of(body)
        elif marker == SOS:
            scans += 1
            ended = _AFTER_SCAN.search(data, at)
            if not ended:
                raise Broken(f"JPEG: scan {scans} has no end; {len(data)} bytes came")
            at = ended.start()
        if marker in TABLES or marker in SOF or marker == SOS or _tells_colours(marker, body):
            kept.append(data[found.end() - 2 : at])
    else:
        raise Strange(f"JPEG: more than {MAX_SEGMENTS} segments")
    if not size or not scans:
        raise Broken("JPEG: ends without a picture")
    return Outline(*size, orientation or exif.UPRIGHT, scans, b"".join([*kept, bytes([0xFF, EOI])]))


def _body(data: bytes, start: int, marker: int) -> bytes:
    """Return what a segment holds behind its length."""
    if start + 2 > len(data):
        raise Broken(f"JPEG: cut off at byte {len(data)}")
    (length,) = struct.unpack_from(">H", data, start)
    if marker in (SOI, DNL) or length < 2:
        raise Broken(f"JPEG: segment {marker:02X} of {length} bytes at byte {start - 2}")
    if start + length > len(data):
        raise Broken(f"JPEG: segment {marker:02X} is cut off at byte {len(data)}")
    return data[start + 2 : start + length]


def _frame(marker: int, body: bytes) -> tuple[int, int]:
    """Return width and height."""
    if marker not in OUR_FRAMES:
        raise Strange(f"JPEG: coded by process {marker:02X}; only baseline, extended and progressive are read")
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise Broken(f"JPEG: a frame header of {len(body)} bytes")
    bits, height, width, components = struct.unpack_from(">BHHB", body)
    if bits != 8 or components not in COMPONENTS:
        raise Strange(f"JPEG: {components} components of {bits} bits; 1, 3 or 4 of 8 are read")
    return width, height


def _tells_colours(marker: int, body: bytes) -> bool:
    return any(marker == known and body.startswith(name) and len(body) >= size for known, name, size in COLOURS)
