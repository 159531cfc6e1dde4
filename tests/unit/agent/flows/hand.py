"""An invented hand: a signature as the pad's port gives it, bound to a document."""

from __future__ import annotations

import struct
import zlib

from padkit_sdk.ports import Signature
from padkit_sdk.secrets import HiddenBytes, HiddenText
from padkit_sdk.signature import BINDING_SCHEME, PenPoint, PenState, Scale, binding_of, pack_series

DOWN = PenState.IN_RANGE | PenState.TIP_DOWN


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\0\0\xff")),
        _chunk(b"IEND", b""),
    )
)


def signature_for(digest: str, *, png: bytes = PNG) -> Signature:
    """A hand of three points under the document of this digest."""
    points = [PenPoint(10 * at, 20, 300, 5 * at, DOWN) for at in range(3)]
    series = pack_series(Scale(9600, 6000, 1023, 2540, 200, 0), points)
    document = bytes.fromhex(digest)
    return Signature(
        document_hash=document,
        series=series,
        iso_record=HiddenBytes(b"SDI"),
        svg=HiddenText("<svg/>"),
        png=HiddenBytes(png),
        binding=binding_of(document, series),
        binding_scheme=BINDING_SCHEME,
        points=3,
        strokes=1,
        duration_ms=10,
        lost=0,
        repeated=0,
    )
