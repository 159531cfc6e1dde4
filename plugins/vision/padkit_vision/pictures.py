"""Pictures from outside become pixels here, and nowhere else: told by their bytes, within limits, upright.

The file's structure is read first; only what makes pixels goes to the library, piece by piece, and the time is looked at before
each piece. So no thread is ever left behind with a picture that does not end.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from padkit_sdk import DeviceFault, Refused
from padkit_sdk.ports import MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS, Picture
from padkit_vision.headers import Broken, Outline, Strange, outline_of

if TYPE_CHECKING:
    from PIL import Image

Pixels = NDArray[np.uint8]
"""Height x width x 3, 8 bits each, blue, green, red (as OpenCV has it)."""

MIN_EDGE_PX, MAX_EDGE_PX = 32, 10_000
MAX_PASSED_PIXELS = 200_000_000  # pixels x passes: a progressive JPEG is paid for by the scan
DECODE_S = 2.0  # processor time of one decode; far above what the limits allow on the machine of the figures
PIECE_BYTES = 16 * 1024
STRIP_ROWS = 256


def decode(picture: Picture, now_s: Callable[[], float] = time.thread_time) -> Pixels:
    """Return the pixels of `picture`, upright, with transparent parts white. Blocks: call it in a thread.

    `DECODE_S` is spent on `now_s`, by default the processor time of this thread, so that a busy machine refuses nothing.

    Raises `Refused` ``picture.size``, ``picture.format``, ``picture.pixels``, ``picture.broken``; `DeviceFault` ``vision.time``
    and ``vision.memory``.
    """
    data = picture.data.data
    if len(data) > MAX_PICTURE_BYTES:
        raise _refused("picture.size", picture, f"{len(data)} bytes, at most {MAX_PICTURE_BYTES}; send a smaller one")
    try:
        outline = outline_of(data)
    except Strange as exc:
        raise _refused("picture.format", picture, f"{exc}; send a plain JPEG, PNG or WebP") from exc
    except Broken as exc:
        raise _refused("picture.broken", picture, f"{exc}; take it again") from exc
    _check_pixels(picture, outline)
    try:
        return _pixels(outline, now_s)
    except _TooLongError as exc:
        words = f"picture from {picture.source}: {outline.width}x{outline.height} took over {DECODE_S} s; take it again"
        raise DeviceFault("vision.time", words) from exc
    except MemoryError as exc:
        words = f"picture from {picture.source}: no memory for {outline.width}x{outline.height}; send a smaller one"
        raise DeviceFault("vision.memory", words) from exc
    except Exception as exc:  # the library's decoders raise what they like
        raise _refused("picture.broken", picture, f"{type(exc).__name__}: {exc}; take it again") from exc


def _check_pixels(picture: Picture, outline: Outline) -> None:
    shown = f"{outline.width}x{outline.height}"
    edges = (outline.width, outline.height)
    if min(edges) < MIN_EDGE_PX or max(edges) > MAX_EDGE_PX:
        raise _refused("picture.pixels", picture, f"{shown}, an edge has {MIN_EDGE_PX} to {MAX_EDGE_PX}; take it again")
    pixels = outline.width * outline.height
    if pixels > MAX_PICTURE_PIXELS:
        raise _refused(
            "picture.pixels", picture, f"{shown} is more than {MAX_PICTURE_PIXELS} pixels; send a smaller one"
        )
    if pixels * outline.passes > MAX_PASSED_PIXELS:
        raise _refused("picture.pixels", picture, f"{shown} in {outline.passes} passes; save it as a baseline JPEG")


def _refused(reason: str, picture: Picture, what: str) -> Refused:
    return Refused(reason, f"picture from {picture.source}: {what}")


class _TooLongError(Exception):
    """The time of one decode is over."""


class _Pieces(io.BytesIO):
    """Gives the file away in pieces for as long as there is time."""

    def __init__(self, data: bytes, now_s: Callable[[], float]) -> None:
        super().__init__(data)
        self._now_s = now_s
        self._end_s = now_s() + DECODE_S

    def read(self, size: int | None = -1, /) -> bytes:
        if self._now_s() > self._end_s:
            raise _TooLongError
        return super().read(size)


def _pixels(outline: Outline, now_s: Callable[[], float]) -> Pixels:
    from PIL import Image

    with Image.open(_Pieces(outline.bare, now_s), formats=("JPEG", "PNG", "WEBP")) as image:
        if image.size != (outline.width, outline.height):
            raise ValueError(f"the decoder sees {image.size}, the header says {outline.width}x{outline.height}")
        image.decodermaxblock = PIECE_BYTES
        image.load()
        pixels = np.empty((outline.height, outline.width, 3), np.uint8)
        for top in range(
            0, outline.height, STRIP_ROWS
        ):  # at no time there are two whole copies beside the library's own
            strip = _eight_bits(image.crop((0, top, outline.width, min(top + STRIP_ROWS, outline.height))))
            rows = np.frombuffer(strip.tobytes("raw", "BGR"), np.uint8)
            pixels[top : top + STRIP_ROWS] = rows.reshape(-1, outline.width, 3)
    return np.ascontiguousarray(TURNED[outline.orientation](pixels))


TURNED: Mapping[int, Callable[[Pixels], Pixels]] = {  # EXIF 2.3, 4.6.4: where row 0 and column 0 of the file are
    1: lambda it: it,
    2: lambda it: it[:, ::-1],
    3: lambda it: it[::-1, ::-1],
    4: lambda it: it[::-1],
    5: lambda it: it.transpose(1, 0, 2),
    6: lambda it: it.transpose(1, 0, 2)[:, ::-1],
    7: lambda it: it[::-1, ::-1].transpose(1, 0, 2),
    8: lambda it: it.transpose(1, 0, 2)[::-1],
}


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return an image of 8-bit red, green, blue, laid on white where it is transparent."""
    from PIL import Image

    if image.mode == "I;16":  # the library would cut off what is above 255
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        return paper.convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
