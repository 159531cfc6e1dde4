"""Picture files for tests: a picture whose corners differ, saved in each format, and the parts of files to break them by."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from padkit_sdk.ports import Picture
from padkit_sdk.secrets import HiddenBytes

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 200, 30), (30, 30, 200), (128, 128, 128)
FORMATS = ("JPEG", "PNG", "WEBP")


def picture(data: bytes) -> Picture:
    return Picture(HiddenBytes(data), "page", 0.0)


def corners(width: int = 96, height: int = 64) -> Image.Image:
    """Red at the top left, green at the top right, blue at the bottom left, grey at the bottom right."""
    image = Image.new("RGB", (width, height), GREY)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def oriented(orientation: int) -> bytes:
    """Return an EXIF block that says `orientation`."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a PNG chunk with its check sum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(data: bytes, *chunks: bytes) -> bytes:
    """Return the PNG file `data` with `chunks` behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def png_header(width: int, height: int, depth: int = 8, colour: int = 2, more: bytes = b"\0\0\0") -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBB", width, height, depth, colour) + more)
