"""What was written by hand stands in its room, the document names the one that was signed, and no other picture gets in."""

from __future__ import annotations

import re
import struct
import subprocess
import zlib

import pytest

from padkit_agent.documents import Fonts, Rendered, Shelf, render, render_signed
from padkit_sdk.errors import Refused
from padkit_sdk.secrets import HiddenBytes

from .values import GOOD

DOCUMENT = "D-LIABILITY"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 60, height: int = 20, depth: int = 8, rows: bytes | None = None) -> HiddenBytes:
    """Return a grey picture with alpha."""
    if rows is None:
        rows = b"".join(b"\0" + b"\x20\xff" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, depth, 4, 0, 0, 0)
    return HiddenBytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def signed(
    shelf: Shelf, fonts: Fonts, written: dict[str, HiddenBytes], *, name: str = DOCUMENT, **changed: object
) -> Rendered:
    sheet, values = shelf.find(name), {**GOOD[name], **changed}
    read = render(sheet, values, fonts, language="en")
    return render_signed(sheet, values, fonts, written, read.pdf_sm3, language="en")


def poppled(program: str, *arguments: str, pdf: bytes) -> str:
    return subprocess.run([program, *arguments], input=pdf, capture_output=True, check=True).stdout.decode()


def test_each_page_names_the_document_that_was_signed(shelf, kit_fonts, poppler) -> None:
    told = signed(shelf, kit_fonts, {"signature": png(), "pledge": png(90, 30)})
    read = render(shelf.find(DOCUMENT), GOOD[DOCUMENT], kit_fonts, language="en")
    assert told.signed_sm3 == read.pdf_sm3 != told.pdf_sm3
    pages = int(re.search(r"Pages: +(\d+)", poppled("pdfinfo", "-", pdf=told.pdf)).group(1))
    assert poppled("pdftotext", "-", "-", pdf=told.pdf).count(read.pdf_sm3) == pages > 0
    assert read.signed_sm3 == ""


def test_the_pictures_are_inside_and_the_same_ones_give_the_same_bytes(shelf, kit_fonts, poppler) -> None:
    written = {"signature": png(), "pledge": png(90, 30)}
    told = signed(shelf, kit_fonts, written)
    listed = poppled("pdfimages", "-list", "-", pdf=told.pdf)
    assert re.search(r"image +60 +20 ", listed)
    assert re.search(r"image +90 +30 ", listed)
    assert signed(shelf, kit_fonts, written).pdf == told.pdf
    assert signed(shelf, kit_fonts, {**written, "signature": png(61)}).pdf != told.pdf


def test_another_document_than_the_signed_one_is_not_set(shelf, kit_fonts) -> None:
    sheet, written = shelf.find("D-CRS"), {"signature": png()}
    read = render(sheet, GOOD["D-CRS"], kit_fonts, language="en")
    changed = {**GOOD["D-CRS"], "tin_1": "800101-1234568"}
    with pytest.raises(Refused, match="do not give the document that was signed") as refused:
        render_signed(sheet, changed, kit_fonts, written, read.pdf_sm3, language="en")
    assert refused.value.reason == "document.changed"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({}, "wants handwriting for signature, pledge"),
        ({"signature": png()}, "wants handwriting for signature, pledge"),
        ({"signature": png(), "pledge": png(), "seal": png()}, "wants handwriting for signature, pledge"),
        ({"signature": HiddenBytes(b""), "pledge": png()}, "room signature: no PNG"),
        ({"signature": HiddenBytes(b"GIF89a" * 10), "pledge": png()}, "room signature: no PNG"),
        ({"signature": HiddenBytes(png().data + bytes(256 * 1024)), "pledge": png()}, "bytes, at most 262144"),
        ({"signature": png(), "pledge": png(2049, 1)}, "room pledge: 2049 × 1 pixels"),
        ({"signature": png(), "pledge": png(0, 1)}, "room pledge: 0 × 1 pixels"),
        ({"signature": png(), "pledge": png(depth=16)}, "of 16 bits"),
        ({"signature": png(), "pledge": HiddenBytes(png().data[:50])}, "cannot be decoded"),
        ({"signature": png(rows=b"\0"), "pledge": png()}, "cannot be decoded"),
    ],
)
def test_a_picture_too_few_too_many_too_large_or_broken_is_refused(shelf, kit_fonts, written, why) -> None:
    with pytest.raises(Refused, match=why) as refused:
        signed(shelf, kit_fonts, written)
    assert refused.value.reason == "document.handwriting"


def test_a_room_that_does_not_belong_to_the_answers_takes_nothing(shelf, kit_fonts) -> None:
    assert signed(shelf, kit_fonts, {"signature": png()}, pledge="ticked").signed_sm3
    with pytest.raises(Refused, match="wants handwriting for signature; give"):
        signed(shelf, kit_fonts, {"signature": png(), "pledge": png()}, pledge="ticked")


def test_nobody_writes_on_a_receipt(shelf, kit_fonts) -> None:
    with pytest.raises(Refused, match="for no room"):
        signed(shelf, kit_fonts, {"signature": png()}, name="D-RECEIPT")
