"""Draws the words of the pad's screen into small pictures, once, when a word changes: padkit_signature_pad/words/.

The font is WenQuanYi Micro Hei (Apache-2.0, or GPL-3 with font exception), Debian package fonts-wqy-microhei; libfreetype.so.6
draws it. Neither is needed to run the plugin.
Usage: python draw_words.py wqy-microhei.ttc
"""

from __future__ import annotations

import ctypes
import struct
import sys
import zlib
from pathlib import Path

OUT = Path(__file__).parent / "padkit_signature_pad" / "words"
SIZES = {"large": 34, "small": 16}  # height of the letters in pixels
WORDS = {
    "zh-CN": {"title": "请在下方签名", "document": "文件", "cancel": "取消", "redo": "重签", "confirm": "确认"},
    "en": {
        "title": "Please sign below",
        "document": "Document",
        "cancel": "Cancel",
        "redo": "Redo",
        "confirm": "Confirm",
    },
}
HEX = "0123456789ABCDEF"
RENDER_MONO = 4 | (2 << 16)  # FT_LOAD_RENDER, FT_LOAD_TARGET_MONO


class Bitmap(ctypes.Structure):
    _fields_ = [("rows", ctypes.c_uint), ("width", ctypes.c_uint), ("pitch", ctypes.c_int), ("buffer", ctypes.c_void_p)]


class Slot(ctypes.Structure):
    """FT_GlyphSlotRec as far as bitmap_top; long is 8 bytes (Linux)."""

    _fields_ = [
        ("before", ctypes.c_byte * 128),
        ("advance_x", ctypes.c_long),
        ("advance_y", ctypes.c_long),
        ("format", ctypes.c_int),
        ("bitmap", Bitmap),
        ("more", ctypes.c_byte * 16),
        ("left", ctypes.c_int),
        ("top", ctypes.c_int),
    ]


class Face(ctypes.Structure):
    """FT_FaceRec as far as glyph."""

    _fields_ = [("before", ctypes.c_byte * 152), ("glyph", ctypes.POINTER(Slot))]


def draw(font: Path, text: str, size: int) -> list[str]:
    """The rows of `text`, ink as 1, all `size` × 1.3 high."""
    library = ctypes.CDLL("libfreetype.so.6")
    handle, face = ctypes.c_void_p(), ctypes.POINTER(Face)()
    library.FT_Init_FreeType(ctypes.byref(handle))
    if library.FT_New_Face(handle, str(font).encode(), 0, ctypes.byref(face)):
        raise SystemExit(f"{font}: no font")
    library.FT_Set_Pixel_Sizes(face, 0, size)
    height = round(size * 1.3)
    rows = [""] * height
    for letter in text:
        library.FT_Load_Char(face, ctypes.c_ulong(ord(letter)), RENDER_MONO)
        slot = face.contents.glyph.contents
        advance = slot.advance_x >> 6
        for y in range(height):
            rows[y] += _line(slot, y - (size - slot.top), advance)
    return rows


def _line(slot: Slot, row: int, advance: int) -> str:
    bitmap, line = slot.bitmap, "0" * advance
    if 0 <= row < bitmap.rows:
        packed = ctypes.string_at(bitmap.buffer + row * bitmap.pitch, abs(bitmap.pitch))
        bits = "".join(f"{byte:08b}" for byte in packed)[: bitmap.width]
        line = ("0" * max(0, slot.left) + bits).ljust(advance, "0")[:advance]
    return line


def png(rows: list[str]) -> bytes:
    """A 1-bit grey PNG, ink black."""
    width = len(rows[0])
    packed = b"".join(
        b"\0" + bytes(int(row[at : at + 8].ljust(8, "0"), 2) ^ 0xFF for at in range(0, width, 8)) for row in rows
    )
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 1, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(packed, 9)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def main(font: Path) -> None:
    """Write every picture anew."""
    for name, size in SIZES.items():
        folder = OUT / name
        folder.mkdir(parents=True, exist_ok=True)
        for language, words in WORDS.items():
            for word, text in words.items():
                (folder / f"{language}.{word}.png").write_bytes(png(draw(font, text, size)))
        for digit in HEX:
            (folder / f"digit.{digit}.png").write_bytes(png(draw(font, digit, size)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
