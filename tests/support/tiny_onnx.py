"""A model of one addition, as the bytes of an ONNX file: what tests of engines and shelves load.

Fields and their numbers are those of onnx.proto3.
"""

from __future__ import annotations

import struct

FLOAT = 1
IR, OPSET = 8, 13


def adds(number: float, size: int = 4, notes: dict[str, str] | None = None) -> bytes:
    """Return a model that takes `x`, a float32 [size], and gives `y` = `x` + `number`. Its weights take 4 x `size` bytes."""
    weights = _number(1, size) + _number(2, FLOAT) + _bytes(8, b"w") + _bytes(9, struct.pack("<f", number) * size)
    node = _bytes(1, b"x") + _bytes(1, b"w") + _bytes(2, b"y") + _bytes(4, b"Add")
    graph = _bytes(1, node) + _bytes(2, b"tiny") + _bytes(5, weights)
    graph += _bytes(11, _tensor(b"x", size)) + _bytes(12, _tensor(b"y", size))
    model = _number(1, IR) + _bytes(7, graph) + _bytes(8, _number(2, OPSET))
    for key, value in (notes or {}).items():
        model += _bytes(14, _bytes(1, key.encode()) + _bytes(2, value.encode()))
    return model


def _tensor(name: bytes, size: int) -> bytes:
    shape = _bytes(1, _number(1, size))
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])
