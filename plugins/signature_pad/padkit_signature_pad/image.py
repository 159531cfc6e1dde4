"""A picture as the pad wants it: which encoding loses nothing and is short, and its bytes. No I/O here."""

from __future__ import annotations

import enum
import zlib

from padkit_signature_pad.png import BadPicture
from padkit_signature_pad.protocol import Flag, Geometry

BLACK_AND_WHITE = bytes([0, 255])
HALF = 128
_BIT = bytes(ord("0") if value < HALF else ord("1") for value in range(256))
_RED_565 = bytes(value & 0xF8 for value in range(256))
_GREEN_HIGH = bytes(value >> 5 for value in range(256))
_GREEN_LOW = bytes((value & 0x1C) << 3 for value in range(256))
_BLUE_565 = bytes(value >> 3 for value in range(256))


class Encoding(enum.IntEnum):
    """First byte of reports 24 and 25 (manual 6)."""

    BIT_1 = 0x00
    BIT_1_ZLIB = 0x01
    BIT_16 = 0x02
    BIT_24 = 0x04


BULK = 0x10  # added when the blocks go through the OUT pipe


def choose(flags: Flag, *, black_and_white: bool) -> Encoding:
    """The shortest encoding that shows the picture as well as the pad can. Raises `BadPicture` when it takes none we know."""
    one_bit = Encoding.BIT_1_ZLIB if Flag.ZLIB in flags else Encoding.BIT_1
    if black_and_white and Flag.BIT_1 in flags:
        return one_bit
    if Flag.BIT_24 in flags:
        return Encoding.BIT_24
    if Flag.BIT_16 in flags:
        return Encoding.BIT_16
    if Flag.BIT_1 in flags:
        return one_bit
    raise BadPicture(f"the pad takes pictures of no kind we know (flags {flags:02X})")


def is_black_and_white(rgb: bytes) -> bool:
    """Whether a 1-bit picture loses nothing."""
    grey = rgb[0::3] == rgb[1::3] == rgb[2::3]
    return grey and not rgb.translate(None, BLACK_AND_WHITE)


def packed(rgb: bytes, geometry: Geometry, encoding: Encoding) -> bytes:
    """The picture's bytes in `encoding`; 1 bit: white is 1, rows begin at a byte, highest bit left."""
    red, green, blue = rgb[0::3], rgb[1::3], rgb[2::3]
    match encoding:
        case Encoding.BIT_24:
            out = bytearray(len(rgb))
            out[0::3], out[1::3], out[2::3] = blue, green, red
            return bytes(out)
        case Encoding.BIT_16:
            out = bytearray(len(red) * 2)
            out[0::2] = _either(red.translate(_RED_565), green.translate(_GREEN_HIGH))
            out[1::2] = _either(green.translate(_GREEN_LOW), blue.translate(_BLUE_565))
            return bytes(out)
    bits = b"".join(
        _row(green[at : at + geometry.width_px]) for at in range(0, len(green), geometry.width_px)
    )  # of a colour picture the green tells best what is light
    return zlib.compress(bits) if encoding is Encoding.BIT_1_ZLIB else bits


def _row(light: bytes) -> bytes:
    size = (len(light) + 7) // 8
    return int(light.translate(_BIT).ljust(size * 8, b"0"), 2).to_bytes(size)


def _either(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) | int.from_bytes(other)).to_bytes(len(one))
