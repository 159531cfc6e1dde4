"""Decoding: what comes out of good pictures, and with which words everything else is refused."""

from __future__ import annotations

import struct
import subprocess
import sys
import tracemalloc
import zlib

import numpy as np
import pytest
from picture_files import (
    BLUE,
    FORMATS,
    GREEN,
    GREY,
    RED,
    chunk,
    corners,
    oriented,
    picture,
    png_header,
    png_with,
    saved,
)
from PIL import Image

from padkit_sdk import DeviceFault, Refused
from padkit_sdk.ports import MAX_PICTURE_BYTES
from padkit_vision.pictures import DECODE_S, MAX_EDGE_PX, MIN_EDGE_PX, Pixels, decode

LOSS = 12  # what a lossy format may change in the middle of a flat field
PNG = saved(corners(), "PNG")
JPEG = saved(corners(), "JPEG", quality=95)
WEBP = saved(corners(), "WEBP", quality=95)


def seen(pixels: Pixels) -> list[tuple[int, ...]]:
    """Red, green and blue in the middle of each quarter: top left, top right, bottom left, bottom right."""
    high, wide = pixels.shape[:2]
    return [tuple(pixels[high * y // 4, wide * x // 4, ::-1].tolist()) for y in (1, 3) for x in (1, 3)]


def assert_alike(found: list[tuple[int, ...]], wanted: list[tuple[int, ...]], loss: int = LOSS) -> None:
    assert np.abs(np.array(found) - np.array(wanted)).max() <= loss, found


def refused(data: bytes) -> str:
    with pytest.raises(Refused, match="picture from page: ") as refusal:
        decode(picture(data))
    return refusal.value.reason


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_gives_blue_green_red_rows(kind: str) -> None:
    pixels = decode(picture(saved(corners(), kind, quality=95)))
    assert pixels.shape == (64, 96, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert_alike(seen(pixels), [RED, GREEN, BLUE, GREY])


TURNS = {
    1: [RED, GREEN, BLUE, GREY],
    2: [GREEN, RED, GREY, BLUE],
    3: [GREY, BLUE, GREEN, RED],
    4: [BLUE, GREY, RED, GREEN],
    5: [RED, BLUE, GREEN, GREY],
    6: [BLUE, RED, GREY, GREEN],
    7: [GREY, GREEN, BLUE, RED],
    8: [GREEN, GREY, RED, BLUE],
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", TURNS)
def test_the_picture_stands_as_exif_says(kind: str, orientation: int) -> None:
    pixels = decode(picture(saved(corners(), kind, quality=95, exif=oriented(orientation))))
    assert pixels.shape == ((64, 96, 3) if orientation < 5 else (96, 64, 3))
    assert_alike(seen(pixels), TURNS[orientation])


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_nobody_knows_turns_nothing(orientation: int) -> None:
    assert_alike(seen(decode(picture(saved(corners(), "JPEG", exif=oriented(orientation))))), TURNS[1], 2 * LOSS)


@pytest.mark.parametrize(
    ("data", "loss"),
    [
        (saved(corners().convert("CMYK"), "JPEG", quality=95), LOSS),
        (saved(corners(), "JPEG", quality=95, progressive=True), LOSS),
        (saved(corners(), "JPEG", quality=95, keep_rgb=True), LOSS),
        (saved(corners().quantize(4), "PNG"), LOSS),
        (saved(corners().convert("RGBA"), "PNG"), 0),
        (saved(corners(), "PNG", interlace=1), 0),
        (saved(corners(), "WEBP", lossless=True), 0),
    ],
    ids=["cmyk", "progressive", "rgb", "palette", "alpha", "interlaced", "lossless"],
)
def test_each_way_to_write_colours_is_read(data: bytes, loss: int) -> None:
    assert_alike(seen(decode(picture(data))), [RED, GREEN, BLUE, GREY], loss)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_grey_picture_has_three_equal_colours(kind: str) -> None:
    pixels = decode(picture(saved(corners().convert("L"), kind, quality=95)))
    assert np.ptp(pixels.astype(int), axis=2).max() <= 1


def test_sixteen_bits_become_eight_and_keep_their_order() -> None:
    levels = np.linspace(0, 65535, 64 * 64).astype(np.uint16).reshape(64, 64)
    assert np.array_equal(decode(picture(saved(Image.fromarray(levels), "PNG")))[..., 0], levels >> 8)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_is_white_as_on_paper(kind: str) -> None:
    image = corners().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    assert decode(picture(saved(image, kind, lossless=True))).min() == 255
    image.putalpha(Image.new("L", image.size, 127))
    assert_alike(seen(decode(picture(saved(image, kind, quality=95))))[:1], [(228, 143, 143)])


def test_a_transparent_colour_of_a_palette_is_white() -> None:
    image = Image.new("P", (64, 64), 0)
    image.putpalette([9, 9, 9])
    assert decode(picture(saved(image, "PNG", transparency=0))).min() == 255


def test_a_frame_of_a_webcam_that_sends_no_huffman_tables_is_read() -> None:
    assert np.array_equal(decode(picture(JPEG.replace(b"\xff\xc4", b"\xff\xfe"))), decode(picture(JPEG)))


def test_what_follows_the_end_of_a_picture_is_not_looked_at() -> None:
    for data in (JPEG, PNG, WEBP):
        assert np.array_equal(decode(picture(data + JPEG)), decode(picture(data)))


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", b"hello, I am a .jpg" * 9, b"GIF89a" + PNG, b"BM" + JPEG, b"RIFF\x04\0\0\0WAVE"],
    ids=repr,
)
def test_what_is_no_picture_is_told_by_its_first_bytes(data: bytes) -> None:
    assert refused(data) == "picture.format"


def test_too_many_bytes_are_not_looked_at() -> None:
    assert refused(JPEG + bytes(MAX_PICTURE_BYTES)) == "picture.size"


@pytest.mark.parametrize("data", [JPEG, PNG, WEBP], ids=FORMATS)
def test_a_file_that_is_cut_off_anywhere_is_broken(data: bytes) -> None:
    for length in range(16, len(data) - 1):
        assert refused(data[:length]) == "picture.broken"


def sized(kind: str, width: int, height: int) -> bytes:
    """A file whose header says so; its pixels are those of a small picture."""
    if kind == "PNG":
        return png_header(width, height) + PNG[33:]
    if kind == "JPEG":
        at = JPEG.index(b"\xff\xc0") + 5
        return JPEG[:at] + struct.pack(">HH", height, width) + JPEG[at + 4 :]
    at = WEBP.index(b"\x9d\x01\x2a") + 3
    return WEBP[:at] + struct.pack("<HH", width, height) + WEBP[at + 4 :]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("width", "height"),
    [(12_000, 12_000), (16_383, 64), (64, MAX_EDGE_PX + 1), (1, 1), (MIN_EDGE_PX - 1, 64), (4001, 4000)],
)
def test_a_size_out_of_range_is_refused_by_the_header_alone(kind: str, width: int, height: int) -> None:
    tracemalloc.start()
    assert refused(sized(kind, width, height)) == "picture.pixels"
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_line_of_65500_pixels_is_refused(kind: str) -> None:
    assert refused(sized(kind, 65_500, 64)) == "picture.pixels"


def test_the_smallest_edge_is_read() -> None:
    assert decode(picture(saved(corners(MIN_EDGE_PX, MIN_EDGE_PX), "PNG"))).shape[:2] == (MIN_EDGE_PX, MIN_EDGE_PX)


BOMB = zlib.compress(bytes(64 << 20), 9)


@pytest.mark.parametrize("name", [b"iCCP", b"zTXt", b"iTXt", b"eXIf"])
def test_a_bomb_beside_the_pixels_is_left_out(name: bytes) -> None:
    head = {b"iCCP": b"p\0\0", b"zTXt": b"k\0\0", b"iTXt": b"k\0\1\0\0\0"}.get(name, b"")
    tracemalloc.start()
    assert seen(decode(picture(png_with(PNG, *[chunk(name, head + BOMB)] * 20)))) == [RED, GREEN, BLUE, GREY]
    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()


def test_a_bomb_in_the_pixels_fills_the_picture_and_no_more() -> None:
    pixels = decode(picture(png_header(64, 64) + chunk(b"IDAT", BOMB) + chunk(b"IEND", b"")))
    assert pixels.shape == (64, 64, 3)
    assert not pixels.any()


def test_a_jpeg_that_goes_over_its_pixels_for_ever_is_refused_before_it_is_decoded() -> None:
    data = saved(Image.new("RGB", (2000, 2000), "gray"), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert refused(data[:-2] + last * 1000 + data[-2:]) == "picture.pixels"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    data = saved(corners(), kind, save_all=True, append_images=[Image.new("RGB", (96, 64))])
    assert refused(data) == "picture.format"


@pytest.mark.parametrize(
    "data",
    [
        JPEG.replace(b"\xff\xc0", b"\xff\xc9"),
        JPEG.replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c"),
        png_header(64, 64, 8, 5) + PNG[33:],
        png_header(64, 64, more=b"\0\0\2") + PNG[33:],
        png_with(PNG, chunk(b"NEED", b"")),
        png_with(PNG, *[chunk(b"tEXt", b"")] * 5000),
        JPEG[:2] + b"\xff\xfe\x00\x02" * 5000 + JPEG[2:],
    ],
    ids=["arithmetic", "12 bits", "colour type", "interlace", "critical chunk", "many chunks", "many segments"],
)
def test_a_way_of_writing_that_we_do_not_read_is_a_format(data: bytes) -> None:
    assert refused(data) == "picture.format"


@pytest.mark.parametrize(
    "data",
    [
        PNG[:20] + b"\xff" + PNG[21:],
        png_header(64, 64) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b""),
        png_header(64, 64) + chunk(b"IDAT", b"no zlib") + chunk(b"IEND", b""),
        png_header(64, 64) + chunk(b"IEND", b""),
        PNG[:8] + PNG[33:],
        png_with(PNG, PNG[8:33]),
        PNG[:8] + chunk(b"IHDR", b"short") + PNG[33:],
        JPEG[:2] + JPEG[-2:],
        JPEG.replace(b"\xff\xda", b"\xff\xfe"),
        JPEG.replace(b"\xff\xc0", b"\xff\xc0\x00\x03\x08\xff\xc0"),
        JPEG[:20] + b"junk" + JPEG[20:],
        WEBP[:15] + b"Y" + WEBP[16:],
        WEBP[:20] + b"\x01" + WEBP[21:],
        WEBP.replace(b"\x9d\x01\x2a", b"\x9d\x01\x2b"),
    ],
    ids=range(14),
)
def test_a_damaged_picture_is_broken(data: bytes) -> None:
    assert refused(data) == "picture.broken"


def test_a_decode_that_takes_too_long_ends_where_it_is() -> None:
    ticks = iter([0.0, 0.0, 0.0, DECODE_S + 1])
    with pytest.raises(DeviceFault, match="took over") as fault:
        decode(picture(saved(corners(), "JPEG")), lambda: next(ticks))
    assert fault.value.fault == "vision.time"


LIMITED = """
import resource, sys
from pathlib import Path
from padkit_sdk import DeviceFault
from padkit_sdk.ports import Picture
from padkit_sdk.secrets import HiddenBytes
from padkit_vision.pictures import decode

def pixels(name):
    return decode(Picture(HiddenBytes(Path(name).read_bytes()), "page", 0.0)).shape

pixels(sys.argv[1])
status = Path("/proc/self/status").read_text()
used = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData"))
resource.setrlimit(resource.RLIMIT_DATA, (used + 40 * 2**20, resource.RLIM_INFINITY))
try:
    pixels(sys.argv[2])
except DeviceFault as fault:
    print(fault.fault, pixels(sys.argv[1]))
"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])  # the library calls a WebP file broken that it has no memory for
def test_a_worker_at_its_memory_limit_says_so_and_lives(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "small").write_bytes(saved(corners(), kind))
    (folder / "large").write_bytes(saved(Image.new("RGB", (4000, 4000), "gray"), kind))
    command = [sys.executable, "-c", LIMITED, str(folder / "small"), str(folder / "large")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "vision.memory (64, 96, 3)\n", done.stderr
