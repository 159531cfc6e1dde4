"""PNG (ISO/IEC 15948) in and out, with zlib of the standard library only. No I/O here.

In: 8 bits a sample (grey, RGB, palette, with or without alpha) or 1 bit grey or palette, not interlaced. Out: RGBA.
A picture from outside is hostile: its size must be the one expected before a byte of it is inflated.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PNG = 4 * 1024 * 1024
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
HEADER = struct.Struct(">IIBBBBB")
WHITE = 255


class BadPicture(ValueError):
    """Why a picture was not taken; the driver's edge says it in the error family."""


def encode_rgba(width: int, height: int, rgba: bytes) -> bytes:
    """A PNG with alpha from bytes R, G, B, A by rows."""
    stride = width * 4
    rows = b"".join(b"\0" + rgba[at : at + stride] for at in range(0, stride * height, stride))
    head = HEADER.pack(width, height, 8, 6, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 6)) + _chunk(b"IEND", b"")


def decode_rgb(data: bytes, width: int, height: int) -> Iterator[bytes]:
    """Yield the rows as R, G, B on white; they must be `width` × `height`. Raises `BadPicture`."""
    head, palette, packed = _parts(data)
    wide, high, depth, colour, _, _, interlace = head
    if (wide, high) != (width, height):
        raise BadPicture(f"it is {wide} × {high} pixels, not {width} × {height}")
    if (
        colour not in CHANNELS
        or interlace
        or (depth != 8 and not (depth == 1 and CHANNELS[colour] == 1 and colour != 4))
    ):
        raise BadPicture(f"its kind (depth {depth}, colour type {colour}, interlace {interlace}) is not taken")
    stride = (width * CHANNELS[colour] * depth + 7) // 8
    unpacked = _inflate(packed, (stride + 1) * height)
    previous = bytes(stride)
    for at in range(0, len(unpacked), stride + 1):
        previous = _unfilter(
            unpacked[at], unpacked[at + 1 : at + 1 + stride], previous, max(1, CHANNELS[colour] * depth // 8)
        )
        yield _as_rgb(previous, width, depth, colour, palette)


def decode_bits(data: bytes) -> tuple[int, list[int]]:
    """Width and rows of a small black-on-white picture of our own, a row as a number whose highest bit is the left pixel."""
    width, height = HEADER.unpack_from(data, len(SIGNATURE) + 8)[:2]
    rows = []
    for rgb in decode_rgb(data, width, height):
        dark = "".join("0" if value else "1" for value in rgb[::3])
        rows.append(int(dark, 2))
    return width, rows


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _parts(data: bytes) -> tuple[tuple[int, ...], bytes, bytes]:
    """Header, palette and packed pixels. Raises `BadPicture`."""
    if not data.startswith(SIGNATURE) or len(data) > MAX_PNG:
        raise BadPicture(f"{len(data)} bytes are no PNG of at most {MAX_PNG}")
    at, head, palette, packed = len(SIGNATURE), None, b"", bytearray()
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if len(body) < length or data[at + 8 + length : at + 12 + length] != _chunk(kind, body)[-4:]:
            raise BadPicture("a chunk is cut or changed")
        at += 12 + length
        match kind:
            case b"IHDR" if length == HEADER.size:
                head = HEADER.unpack(body)
            case b"PLTE":
                palette = body
            case b"IDAT":
                packed += body
            case b"IEND":
                break
    if head is None or not head[0] or not head[1]:
        raise BadPicture("it has no header, or no pixels")
    return head, palette, bytes(packed)


def _inflate(packed: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        unpacked = inflater.decompress(packed, size + 1)
    except zlib.error as exc:
        raise BadPicture("its pixels cannot be inflated") from exc
    if len(unpacked) != size:
        raise BadPicture("it has not as many pixels as it says")
    return unpacked


def _unfilter(kind: int, row: bytes, above: bytes, step: int) -> bytes:
    """Undo a row's filter (ISO/IEC 15948, clause 9); `step` is the bytes of a pixel."""
    if kind == 0:
        return row
    if kind > 4:
        raise BadPicture(f"a row has filter {kind}")
    out = bytearray(row)
    for i, value in enumerate(row):
        left = out[i - step] if i >= step else 0
        match kind:
            case 1:
                guess = left
            case 2:
                guess = above[i]
            case 3:
                guess = (left + above[i]) // 2
            case _:
                guess = _paeth(left, above[i], above[i - step] if i >= step else 0)
        out[i] = (value + guess) & 0xFF
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    to_left, to_up, to_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


def _as_rgb(row: bytes, width: int, depth: int, colour: int, palette: bytes) -> bytes:
    """A row of any kind as R, G, B; what is transparent shows white."""
    if depth == 1:
        bits = "".join(f"{byte:08b}" for byte in row)[:width]
        row = bytes(int(bit) * (255 if colour == 0 else 1) for bit in bits)
    match colour:
        case 0:
            return _interleaved(row, row, row)
        case 3:
            if max(row) * 3 + 3 > len(palette):
                raise BadPicture("a pixel has a colour that the palette does not")
            return b"".join(palette[value * 3 : value * 3 + 3] for value in row)
        case 4:
            grey = _on_white(row[0::2], row[1::2])
            return _interleaved(grey, grey, grey)
        case 6:
            return _interleaved(*(_on_white(row[channel::4], row[3::4]) for channel in range(3)))
    return row


def _on_white(values: bytes, alphas: bytes) -> bytes:
    return bytes((v * a + WHITE * (255 - a)) // 255 for v, a in zip(values, alphas, strict=True))


def _interleaved(red: bytes, green: bytes, blue: bytes) -> bytes:
    out = bytearray(len(red) * 3)
    out[0::3], out[1::3], out[2::3] = red, green, blue
    return bytes(out)
