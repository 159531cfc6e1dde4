"""A second reading of ISO/IEC 19794-7:2007, full format, from the ASN.1 of its annex B. Shares no code with the writer."""

from __future__ import annotations

import io
from dataclasses import dataclass

NAMES = ("X", "Y", "Z", "VX", "VY", "AX", "AY", "T", "DT", "F", "S", "TX", "TY", "Az", "El", "R")
SIGNED = {"X", "Y", "VX", "VY", "AX", "AY", "TX", "TY"}
ATTRIBUTES = ("scaling", "least", "most", "mean", "deviation")


@dataclass
class Record:
    """`channels`: name to its attributes; `points`: one dict by channel each."""

    channels: dict
    points: list


def read(data):
    """The record in `data`, which must end with it."""
    stream = io.BytesIO(data)
    assert stream.read(4) == b"SDI\x00"
    assert stream.read(4) == b"\x20\x31\x30\x00"
    bits = f"{int.from_bytes(stream.read(2), 'big'):016b}"
    included = [name for name, bit in zip(NAMES, bits, strict=True) if bit == "1"]
    channels = {name: _attributes(stream, name) for name in included}
    assert stream.read(1) == b"\x00", "reserved"
    assert stream.read(1) == b"\x00", "no extended data"
    count = int.from_bytes(stream.read(3), "big")
    points = [{name: _value(stream, name) for name in included} for _ in range(count)]
    assert stream.read() == b""
    return Record(channels, points)


def _attributes(stream, name):
    (preamble,) = stream.read(1)
    given = {}
    for number, attribute in enumerate(ATTRIBUTES):
        if preamble >> (7 - number) & 1:
            raw = stream.read(2)
            unsigned = name not in SIGNED or attribute == "deviation"
            given[attribute] = (
                _scale(raw) if attribute == "scaling" else int.from_bytes(raw, "big", signed=not unsigned)
            )
    return given


def _scale(raw):
    word = raw[0] * 256 + raw[1]
    return (1 + word % 2048 / 2048) * 2.0 ** (word // 2048 - 16)


def _value(stream, name):
    size = 1 if name == "S" else 2
    return int.from_bytes(stream.read(size), "big", signed=name in SIGNED)
