"""A format is told by the first bytes of the file, never by a name."""

from __future__ import annotations

from padkit_vision.headers import jpeg, png, webp
from padkit_vision.headers.outline import Outline, Strange

FIRST = 16


def outline_of(data: bytes) -> Outline:
    """Read the outline of a JPEG, PNG or WebP file. Raises `Unfit`."""
    if data.startswith(jpeg.MAGIC):
        return jpeg.outline(data)
    if data.startswith(png.MAGIC):
        return png.outline(data)
    if data[:4] == webp.RIFF and data[8:12] == webp.MAGIC:
        return webp.outline(data)
    raise Strange(f"begins with {data[:FIRST].hex(' ') or 'nothing'}, as no JPEG, PNG or WebP does")
