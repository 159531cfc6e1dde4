"""Pictures of a signature, for the eye."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace

from padkit_sdk.signature import PenPoint, PenState, Scale
from padkit_signature_pad.drawing import MOST_PX, png, svg

SCALE = Scale(8000, 4800, 1023, 2540, 200, 0)
DOWN, ABOVE = PenState(3), PenState(1)
STROKES = [
    *(PenPoint(1000 + 20 * i, 1000, 500, 5 * i, DOWN) for i in range(50)),
    PenPoint(2000, 1000, 0, 250, ABOVE),
    *(PenPoint(1500, 800 + 10 * i, 900, 260 + 5 * i, DOWN) for i in range(50)),
]


def alpha(data):
    """Width, and the alpha channel of an RGBA picture whose rows have filter 0."""
    width, height = struct.unpack_from(">II", data, 16)
    body = data[data.index(b"IDAT") + 4 :]
    rows = zlib.decompressobj().decompress(body)
    return width, b"".join(rows[y * (width * 4 + 1) + 1 :][: width * 4][3::4] for y in range(height))


def test_svg_has_one_path_a_stroke_wider_where_pressed():
    paths = ET.fromstring(svg(SCALE, STROKES)).findall("{http://www.w3.org/2000/svg}path")
    widths = [float(path.get("stroke-width")) for path in paths]
    assert len(paths) == 2 and widths[1] > widths[0]


def test_png_is_transparent_but_for_the_ink():
    _, seen = alpha(png(SCALE, STROKES))
    assert 0.01 < sum(value > 0 for value in seen) / len(seen) < 0.2
    assert max(seen) == 255


def test_nothing_written_gives_an_empty_picture():
    assert alpha(png(SCALE, []))[1] == b"\0"
    assert "<path" not in svg(SCALE, [PenPoint(1, 1, 0, 0, ABOVE)])


def test_a_dot_can_be_seen():
    _, seen = alpha(png(SCALE, [PenPoint(100, 100, 800, 0, DOWN)]))
    assert max(seen) == 255


def test_a_pad_that_jumps_about_costs_no_large_picture():
    wild = [PenPoint(8000 * (i % 2), 4800 * (i // 2 % 2), 1023, 5 * i, DOWN) for i in range(500)]
    width, _ = alpha(png(replace(SCALE, resolution_dpi=100), wild))
    assert width <= MOST_PX
