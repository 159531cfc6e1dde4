"""The Debian fonts that documents are printed in, and whether a font really has a glyph (its `cmap`, formats 4 and 12)."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont

from padkit_sim.errors import SimRefused

ROOT = Path("/usr/share/fonts")
FREETYPE = ImageFont.Layout.BASIC  # one character at a time: nothing to shape


@dataclass(frozen=True, slots=True)
class Face:
    """One face in a font file, and the Debian package that brings it."""

    package: str
    file: str
    index: int = 0

    @property
    def path(self) -> Path:
        """Where Debian puts it."""
        return ROOT / self.file


ZENHEI = Face("fonts-wqy-zenhei", "truetype/wqy/wqy-zenhei.ttc")
MICROHEI = Face("fonts-wqy-microhei", "truetype/wqy/wqy-microhei.ttc")
NOTO = Face("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc", 2)
NOTO_BOLD = Face("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Bold.ttc", 2)
OCR_B = Face("fonts-ocr-b", "opentype/ocr-b/OCRB.otf")
TEXT = (ZENHEI, MICROHEI, NOTO)
ALL = (*TEXT, NOTO_BOLD, OCR_B)


def needs_fonts() -> None:
    """Raises `SimRefused` that names the Debian packages that are missing."""
    missing = sorted({face.package for face in ALL if not face.path.is_file()})
    if missing:
        raise SimRefused(f"pictures: the Debian packages {', '.join(missing)} are missing; install them (apt install)")


def text_face(rng: random.Random) -> Face:
    """One of the faces that texts of documents are set in."""
    return rng.choice(TEXT)


def face_for(character: str, wanted: Face) -> Face:
    """`wanted` when it has the character, else another face that has it. Raises `SimRefused` when none has."""
    for face in (wanted, *TEXT):
        if ord(character) in characters(face):
            return face
    raise SimRefused(f"pictures: no font here has U+{ord(character):04X}")


@cache
def sized(face: Face, size_px: int) -> ImageFont.FreeTypeFont:
    """The face with an em of `size_px`."""
    return ImageFont.truetype(str(face.path), size_px, index=face.index, layout_engine=FREETYPE)


@cache
def characters(face: Face) -> frozenset[int]:
    """The code points that the face has a glyph for."""
    data = face.path.read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * face.index)[0] if data[:4] == b"ttcf" else 0
    cmap = next(
        offset
        for tag, _, offset, _ in (
            struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
            for number in range(struct.unpack_from(">H", data, start + 4)[0])
        )
        if tag == b"cmap"
    )
    tables = {
        struct.unpack_from(">I", data, cmap + 8 + 8 * number)[0] + cmap
        for number in range(struct.unpack_from(">H", data, cmap + 2)[0])
    }
    found: set[int] = set()
    for table in tables:
        form = struct.unpack_from(">H", data, table)[0]
        if form == 12:
            found |= _groups(data, table)
        elif form == 4:
            found |= _segments(data, table)
    return frozenset(found)


def _groups(data: bytes, table: int) -> set[int]:
    count = struct.unpack_from(">I", data, table + 12)[0]
    found: set[int] = set()
    for number in range(count):
        first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * number)
        found.update(range(first, last + 1))
    return found


def _segments(data: bytes, table: int) -> set[int]:
    twice = struct.unpack_from(">H", data, table + 6)[0]
    half = twice // 2
    last = struct.unpack_from(f">{half}H", data, table + 14)
    first = struct.unpack_from(f">{half}H", data, table + 16 + twice)
    delta = struct.unpack_from(f">{half}H", data, table + 16 + 2 * twice)
    offsets_at = table + 16 + 3 * twice
    offsets = struct.unpack_from(f">{half}H", data, offsets_at)
    found: set[int] = set()
    for number in range(half):
        for code in range(first[number], min(last[number], 0xFFFE) + 1):
            glyph = code
            if offsets[number]:
                glyph = struct.unpack_from(
                    ">H", data, offsets_at + 2 * number + offsets[number] + 2 * (code - first[number])
                )[0]
                if not glyph:
                    continue
            if (glyph + delta[number]) & 0xFFFF:
                found.add(code)
    return found
