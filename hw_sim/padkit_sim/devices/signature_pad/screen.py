"""The pad's screen: pictures of every encoding, cleared areas, ink. Pixels are R, G, B; white is what a cleared screen shows."""

from __future__ import annotations

import hashlib
import struct
import zlib

from padkit_sim.devices.signature_pad.wire import Area

PAPER, INK = b"\xff\xff\xff", b"\0\0\0"
MONO_PLAIN, MONO_ZLIB, RGB_565, BGR_888 = 0x00, 0x01, 0x02, 0x04
VIA_PIPE = 0x10


class Unshowable(Exception):
    """A picture that cannot be shown; `result` is what the pad says of it (section 6)."""

    def __init__(self, result: int) -> None:
        super().__init__(f"{result:02X}")
        self.result = result


WRONG_ENCODING, TOO_LONG, ZLIB_ERROR, PARAMETERS = 0x10, 0x11, 0x12, 0x15


class Screen:
    """One screen, `wide` × `high`; white at first."""

    def __init__(self, wide: int, high: int) -> None:
        self.wide, self.high = wide, high
        self._pixels = bytearray(PAPER * (wide * high))
        self._digest = ""

    @property
    def whole(self) -> Area:
        return Area(0, 0, self.wide - 1, self.high - 1)

    @property
    def pixels(self) -> bytes:
        """R, G, B by rows."""
        return bytes(self._pixels)

    def digest(self) -> str:
        """SHA-256 over all pixels."""
        if not self._digest:
            self._digest = hashlib.sha256(self._pixels).hexdigest()
        return self._digest

    def pixel(self, x: int, y: int) -> tuple[int, int, int]:
        """One pixel's red, green, blue."""
        red, green, blue = self._pixels[(y * self.wide + x) * 3 :][:3]
        return red, green, blue

    def is_blank(self) -> bool:
        """Whether nothing can be seen."""
        return self._pixels.count(0xFF) == len(self._pixels)

    def wipe(self, place: Area) -> None:
        """Make a piece white."""
        self._rows(place, PAPER * (place.right - place.left + 1) * (place.bottom - place.top + 1))

    def fits(self, place: Area) -> bool:
        """Whether a rectangle lies on the screen."""
        return place.left <= place.right < self.wide and place.top <= place.bottom < self.high

    def most(self, encoding: int, place: Area) -> int:
        """How many bytes a picture for `place` may have at most."""
        across, down = place.right - place.left + 1, place.bottom - place.top + 1
        match encoding & ~VIA_PIPE:
            case kind if kind == RGB_565:
                return across * down * 2
            case kind if kind == BGR_888:
                return across * down * 3
        return (across + 7) // 8 * down + (64 if encoding & MONO_ZLIB else 0)  # zlib may grow what it cannot shrink

    def show(self, encoding: int, place: Area, data: bytes) -> None:
        """Show a picture. Raises `Unshowable`."""
        across, down = place.right - place.left + 1, place.bottom - place.top + 1
        kind = encoding & ~VIA_PIPE
        if kind == MONO_ZLIB:
            data = _unpacked(data, (across + 7) // 8 * down)
        elif len(data) != self.most(kind, place):
            raise Unshowable(PARAMETERS)
        if kind == BGR_888:
            pixels = _from_bgr(data)
        elif kind == RGB_565:
            pixels = _from_565(data)
        else:
            pixels = _from_bits(data, across, down)
        self._rows(place, pixels)

    def draw(self, way: tuple[int, int], to: tuple[int, int], inside: Area) -> None:
        """A line of ink, two pixels wide, nowhere but `inside`."""
        (x1, y1), (x2, y2) = way, to
        steps = max(abs(x2 - x1), abs(y2 - y1), 1)
        for step in range(steps + 1):
            self._drop(x1 + (x2 - x1) * step // steps, y1 + (y2 - y1) * step // steps, inside)
        self._digest = ""

    def _drop(self, x: int, y: int, inside: Area) -> None:
        for column in (x, x + 1):
            for row in (y, y + 1):
                if inside.left <= column <= inside.right and inside.top <= row <= inside.bottom:
                    start = (row * self.wide + column) * 3
                    self._pixels[start : start + 3] = INK

    def png(self) -> bytes:
        """What can be seen, as a PNG."""
        line = self.wide * 3
        raw = b"".join(b"\0" + self._pixels[start : start + line] for start in range(0, len(self._pixels), line))
        parts = (
            (b"IHDR", struct.pack(">IIBBBBB", self.wide, self.high, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(raw, 1)),
        )
        body = b"".join(_part(*part) for part in (*parts, (b"IEND", b"")))
        return bytes.fromhex("89504E470D0A1A0A") + body

    def _rows(self, place: Area, pixels: bytes) -> None:
        line = (place.right - place.left + 1) * 3
        for number, row in enumerate(range(place.top, place.bottom + 1)):
            start = (row * self.wide + place.left) * 3
            self._pixels[start : start + line] = pixels[number * line : (number + 1) * line]
        self._digest = ""


def _part(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def _unpacked(data: bytes, size: int) -> bytes:
    reader = zlib.decompressobj()
    try:
        out = reader.decompress(data, size + 1)
    except zlib.error as wrong:
        raise Unshowable(ZLIB_ERROR) from wrong
    if len(out) != size:
        raise Unshowable(PARAMETERS if len(out) < size else TOO_LONG)
    return out


def _from_bits(data: bytes, across: int, down: int) -> bytes:
    line = (across + 7) // 8
    rows = []
    for start in range(0, line * down, line):
        bits = format(int.from_bytes(data[start : start + line], "big"), f"0{line * 8}b")[:across]
        rows.append(bits.replace("0", "\0\0\0").replace("1", "\xff\xff\xff").encode("latin-1"))
    return b"".join(rows)


def _from_bgr(data: bytes) -> bytes:
    out = bytearray(len(data))
    for channel in range(3):
        out[channel::3] = data[2 - channel :: 3]
    return bytes(out)


def _from_565(data: bytes) -> bytes:
    out = bytearray()
    for (word,) in struct.iter_unpack(">H", data):
        red, green, blue = word >> 11, word >> 5 & 0x3F, word & 0x1F
        out += bytes([red * 255 // 31, green * 255 // 63, blue * 255 // 31])
    return bytes(out)
