"""Minutiae by NBIS (MINDTCT) and 1:1 scores by Bozorth3, through nbis-py; loaded when the first template is asked for.

nbis-py 0.1.3 writes records of its own: no resolution, header two bytes short, no length of extended data. So records
are ours (`iso19794`), and its dialect is spoken to it alone.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from padkit_fingerprint.templates.iso19794 import BIFURCATION, ENDING, MAGIC, POINT, Minutia, Record, decode, encode
from padkit_sdk import AskAgain, DeviceFault, Refused
from padkit_sdk.ports import Finger

ENGINE = "bozorth3"
STEP_DEG = 360 / 256
LOCK = threading.Lock()  # the library says nothing of threads; one call at a time, also after a cancel
FEW = 8  # fewer minutiae than this match nothing
DIALECT = struct.Struct(">8sIHHHBBB4xB")  # magic, length, device, width, height, 0, 0, quality, minutiae


@dataclass(frozen=True, slots=True)
class Grey:
    """A picture to look for minutiae in, ridges dark on light."""

    pixels: bytes
    width: int
    height: int
    dpi: int


class NbisEngine:
    """Makes and compares templates. Half a second to load, then some 55 ms a picture, 1 to 20 ms a comparison; 155 MB."""

    def template(self, grey: Grey, finger: Finger, quality: int) -> bytes:
        """The ISO/IEC 19794-2 record of a picture.

        Raises `AskAgain` ``finger.partial`` when it has hardly any minutiae, `DeviceFault` ``finger.templates``.
        """
        image = f"P5 {grey.width} {grey.height} 255\n".encode() + grey.pixels
        try:
            with LOCK:
                minutiae = tuple(_minutiae(_extractor().extract_minutiae(image).get()))
        except DeviceFault:
            raise
        except Exception as exc:  # the library says nothing better of a picture it cannot use
            raise AskAgain(
                "finger.partial", "fingerprint: no features found; cover the window with the fingertip"
            ) from exc
        if len(minutiae) < FEW:
            raise AskAgain(
                "finger.partial", f"fingerprint: only {len(minutiae)} minutiae; cover the window with the fingertip"
            )
        return encode(Record(finger, grey.width, grey.height, grey.dpi, quality, minutiae))

    def score(self, first: bytes, second: bytes) -> int:
        """How alike two records are, 0 and up. Raises `Refused` ``template.format``."""
        records = decode(first), decode(second)
        with LOCK:
            one, other = map(_load, records)
            return int(one.compare(other))


def find_engine() -> NbisEngine | None:
    """The engine, None on machines that have no wheel of it. Loads nothing."""
    return NbisEngine() if find_spec("nbis") is not None else None


@cache
def _extractor() -> Any:
    """The library's own object, one for a process; it has no types."""
    try:
        import nbis

        return nbis.new_nbis_extractor(
            nbis.NbisExtractorSettings(
                min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=None
            )
        )
    except Exception as exc:  # a wheel that does not load, or not into our memory
        told = f"fingerprint: the template library does not load ({type(exc).__name__}); set templates = false"
        raise DeviceFault("finger.templates", told) from exc


def _load(record: Record) -> Any:
    """The library's own view of a record. Raises `Refused` ``template.format``."""
    extractor = _extractor()
    try:
        return extractor.load_iso_19794_2_2005(_in_dialect(record))
    except Exception as exc:  # one error for all that it does not like
        told = f"fingerprint template: the library refuses it ({type(exc).__name__})"
        raise Refused("template.format", f"{told}; give a record that `capture` gave") from exc


def _minutiae(found: list[Any]) -> Iterator[Minutia]:
    for it in found:
        kind = ENDING if "ENDING" in it.kind().name else BIFURCATION
        quality = max(1, min(100, round(it.reliability() * 100)))
        yield Minutia(it.x(), it.y(), round(it.angle() / STEP_DEG) & 0xFF, kind, quality)


def _in_dialect(record: Record) -> bytes:
    points = b"".join(POINT.pack(it.kind << 14 | it.x, it.y, it.angle, it.quality) for it in record.minutiae)
    length = DIALECT.size + len(points)
    size = record.width, record.height
    return DIALECT.pack(MAGIC, length, 0, *size, 0, 0, record.quality, len(record.minutiae)) + points
