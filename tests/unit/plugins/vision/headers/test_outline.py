"""The structure of picture files: whatever comes in, an outline or an `Unfit` comes out; what is kept is the same picture."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_files import corners, oriented, saved

from padkit_vision.headers import Outline, Unfit, outline_of
from padkit_vision.headers.exif import orientation_of

MAGIC = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP"]
WITH_MORE = {
    "JPEG": saved(corners(), "JPEG", comment="a word", icc_profile=b"profile", exif=oriented(6), progressive=True),
    "PNG": saved(corners(), "PNG", icc_profile=b"profile", exif=oriented(6)),
    "WEBP": saved(corners(), "WEBP", icc_profile=b"profile", exif=oriented(6)),
}


@given(st.sampled_from(MAGIC), st.binary(max_size=200))
def test_any_bytes_have_an_outline_or_are_unfit(magic: bytes, rest: bytes) -> None:
    with contextlib.suppress(Unfit):
        outline_of(magic + rest)


@given(st.sampled_from(list(WITH_MORE.values())), st.data())
def test_a_good_file_with_bytes_changed_has_an_outline_or_is_unfit(good: bytes, data: st.DataObject) -> None:
    changed = bytearray(good)
    for at in data.draw(st.lists(st.integers(0, len(good) - 1), min_size=1, max_size=8)):
        changed[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unfit):
        outline_of(bytes(changed))


@pytest.mark.parametrize("kind", WITH_MORE)
def test_the_size_and_the_orientation_are_those_of_the_file(kind: str) -> None:
    outline = outline_of(WITH_MORE[kind])
    assert (outline.width, outline.height, outline.orientation) == (96, 64, 6)


@pytest.mark.parametrize("kind", WITH_MORE)
def test_only_what_makes_pixels_is_kept(kind: str) -> None:
    bare = outline_of(WITH_MORE[kind]).bare
    assert not any(word in bare for word in (b"profile", b"iCCP", b"ICCP", b"Exif", b"EXIF", b"eXIf", b"a word"))
    assert outline_of(bare) == Outline(96, 64, 1, outline_of(WITH_MORE[kind]).passes, bare)


def test_the_scans_of_a_jpeg_are_counted() -> None:
    assert outline_of(saved(corners(), "JPEG")).passes == 1
    assert outline_of(WITH_MORE["JPEG"]).passes == 10


def test_a_scan_of_nothing_but_fill_is_gone_through_once() -> None:
    plain = saved(corners(), "JPEG")
    begun = plain[: plain.index(b"\xff\xda") + 14]
    with pytest.raises(Unfit, match="scan 1 has no end"):
        outline_of(begun + b"\xff" * 2_000_000)
    assert outline_of(begun + plain[len(begun) : -2] + b"\xff" * 2_000_000 + b"\xff\xd9").passes == 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_of_either_byte_order_is_read(order: str, orientation: int) -> None:
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    other = struct.pack(f"{order}HHII", 0x0110, 2, 1, 0)
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    assert orientation_of(mark + struct.pack(f"{order}IH", 8, 2) + other + entry) == orientation


@given(st.binary(max_size=100))
def test_exif_that_makes_no_sense_says_nothing(block: bytes) -> None:
    for mark in (b"", b"Exif\0\0II*\0", b"MM\0*"):
        assert orientation_of(mark + block) in range(1, 9)
