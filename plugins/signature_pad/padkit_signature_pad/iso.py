"""A signature as an ISO/IEC 19794-7:2007 record, full format. No I/O.

Layout after the ASN.1 of the norm's annex B (docs/reference/signature-formats.md says how sure we are of which part): head
``SDI`` and `` 10``, channels X, Y, T or DT, F, S, one reserved byte, then the points. Big-endian throughout.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

from padkit_sdk.signature import PenPoint, PenState, Scale

FORMAT, VERSION = b"SDI\0", b" 10\0"
CHANNELS = {"X": 15, "Y": 14, "T": 8, "DT": 7, "F": 6, "S": 5}  # bit of the channel inclusion field
SCALING, LEAST, MOST = 0x80, 0x40, 0x20  # bits of a channel's preamble: which values follow it
RESERVED, NO_EXTENSION = b"\0", b"\0"
MM_PER_INCH = 25.4
MS_PER_S = 1000.0
LONGEST_MS = 0xFFFF  # a time of 16 bits; a longer signature has differences in its place
FRACTION_BITS, BIAS = 11, 16


def iso_record(scale: Scale, points: Sequence[PenPoint]) -> bytes:
    """The record. x grows to the right, y upwards; divided by its scaling value a coordinate is in mm, a time in s."""
    differences = bool(points) and points[-1].time_ms > LONGEST_MS
    per_mm = scaling(scale.resolution_dpi / MM_PER_INCH)
    descriptions = (
        bytes([SCALING | LEAST | MOST]) + per_mm + struct.pack(">hh", 0, scale.max_x),
        bytes([SCALING | LEAST | MOST]) + per_mm + struct.pack(">hh", 0, scale.max_y),
        bytes([SCALING]) + scaling(MS_PER_S),
        bytes([LEAST | MOST]) + struct.pack(">HH", 0, scale.max_pressure),
        bytes([0]),
    )
    included = sum(1 << CHANNELS[name] for name in ("X", "Y", "DT" if differences else "T", "F", "S"))
    times = _differences(points) if differences else [point.time_ms for point in points]
    body = b"".join(
        struct.pack(">hhHHB", p.x, scale.max_y - p.y, t, p.pressure, int(PenState.TIP_DOWN in p.state))
        for p, t in zip(points, times, strict=True)
    )
    head = FORMAT + VERSION + struct.pack(">H", included) + b"".join(descriptions) + RESERVED
    return head + NO_EXTENSION + len(points).to_bytes(3) + body


def scaling(value: float) -> bytes:
    """A scaling value: five bits of exponent (+16), eleven of fraction; (1 + F / 2¹¹) · 2^(E - 16)."""
    exponent = 0
    while value >= 2:
        value, exponent = value / 2, exponent + 1
    while value < 1:
        value, exponent = value * 2, exponent - 1
    fraction = min(round((value - 1) * (1 << FRACTION_BITS)), (1 << FRACTION_BITS) - 1)
    return ((exponent + BIAS) << FRACTION_BITS | fraction).to_bytes(2)


def _differences(points: Sequence[PenPoint]) -> list[int]:
    return [0, *(min(after.time_ms - before.time_ms, LONGEST_MS) for before, after in pairwise(points))]
