"""A handwritten signature as bytes: the series of points, laid out once for all pads, and the digest that binds it to a document.

The layout is fixed and versioned, so that whoever has series and document hash can make the digest again (reference:
docs/reference/signature-formats.md). All numbers are big-endian.
"""

from __future__ import annotations

import enum
import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from padkit_sdk.errors import BadFrame
from padkit_sdk.secrets import HiddenBytes

BINDING_SCHEME = "padkit-signature-1/sm3"
MAGIC = b"PKSS\x01"  # the last byte is the version of the layout
HEAD = struct.Struct(">5s5HBII")  # magic, max x, max y, max pressure, units per inch, rate, flags, lost, count
POINT = struct.Struct(">HHHIB")  # x, y, pressure, ms since the first point, state
SEQUENCED = 0x01  # flag: time and loss are the pad's own word
MAX_POINTS = 30_000  # 150 s of writing at 200 Hz


class PenState(enum.IntFlag):
    """Where the pen is; neither: out of range, and x and y are those it was seen at last."""

    IN_RANGE = 1
    TIP_DOWN = 2


class PenPoint(NamedTuple):
    """One point in device units; `time_ms` counts from the first point."""

    x: int
    y: int
    pressure: int
    time_ms: int
    state: PenState


@dataclass(frozen=True, slots=True)
class Scale:
    """What the device units mean: largest values, units per inch, points per second. `lost` None: the pad does not number."""

    max_x: int
    max_y: int
    max_pressure: int
    resolution_dpi: int
    rate_hz: int
    lost: int | None


def pack_series(scale: Scale, points: Sequence[PenPoint]) -> HiddenBytes:
    """The series as bytes, layout version 1."""
    flags, lost = (0, 0) if scale.lost is None else (SEQUENCED, scale.lost)
    sizes = (scale.max_x, scale.max_y, scale.max_pressure, scale.resolution_dpi, scale.rate_hz)
    return HiddenBytes(HEAD.pack(MAGIC, *sizes, flags, lost, len(points)) + b"".join(POINT.pack(*p) for p in points))


def unpack_series(series: HiddenBytes) -> tuple[Scale, list[PenPoint]]:
    """The other way. Raises `BadFrame`, which shows nothing of the bytes."""
    data = series.data
    if len(data) < HEAD.size or not data.startswith(MAGIC):
        raise BadFrame(f"signature series of {len(data)} bytes has no head of layout 1")
    _, max_x, max_y, max_pressure, resolution, rate, flags, lost, count = HEAD.unpack_from(data)
    if count > MAX_POINTS or len(data) != HEAD.size + count * POINT.size:
        raise BadFrame(f"signature series of {len(data)} bytes does not hold the {count} points it announces")
    points = [PenPoint(x, y, p, t, PenState(s & 3)) for x, y, p, t, s in POINT.iter_unpack(data[HEAD.size :])]
    return Scale(max_x, max_y, max_pressure, resolution, rate, lost if flags & SEQUENCED else None), points


def binding_of(document_hash: bytes, series: HiddenBytes) -> bytes:
    """SM3 over the scheme's name, a zero byte, the document's hash (32 bytes) and the series."""
    return hashlib.new("sm3", BINDING_SCHEME.encode() + b"\0" + document_hash + series.data).digest()
