"""What the data of a good reply holds: module number, the three blocks of a card, appended addresses. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass

from padkit_sdk import BadFrame, HiddenBytes

TEXT_BYTES = 256
PHOTO_BYTES = (0, 1024)
FINGERPRINT_BYTES = (0, 512, 1024)


@dataclass(frozen=True, slots=True)
class Record:
    """The blocks of one card; a card without photo or fingerprint has empty ones."""

    text: HiddenBytes
    photo: HiddenBytes
    fingerprint: HiddenBytes


def split_record(data: bytes, *, fingerprint: bool) -> Record:
    """Cut the data of a read reply by the lengths it announces (manual 3.3).

    `fingerprint` says which read was asked for, thus whether two lengths come first or three. Raises `BadFrame`; the
    message shows the lengths only.
    """
    head = 6 if fingerprint else 4
    lengths = data[:head]
    if len(lengths) < head:
        raise BadFrame(f"read reply of {len(data)} bytes has no room for its lengths")
    text, photo = int.from_bytes(lengths[:2]), int.from_bytes(lengths[2:4])
    finger = int.from_bytes(lengths[4:])
    if text != TEXT_BYTES or photo not in PHOTO_BYTES or finger not in FINGERPRINT_BYTES:
        raise BadFrame("read reply announces lengths that no card has", lengths)
    if len(data) != head + text + photo + finger:
        raise BadFrame(f"read reply has {len(data) - head} bytes, not what its lengths add up to", lengths)
    photo_at, finger_at = head + text, head + text + photo
    return Record(
        HiddenBytes(data[head:photo_at]), HiddenBytes(data[photo_at:finger_at]), HiddenBytes(data[finger_at:])
    )


def module_number(data: bytes) -> str:
    """The 16 bytes of a module number as printed (manual 3.2): ``05.01-20131016-0001234567-0089012345``."""
    made, serial, check = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8, 12))
    return f"{data[0]:02d}.{data[2]:02d}-{made:08d}-{serial:010d}-{check:010d}"
