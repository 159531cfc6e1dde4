"""The opaque blocks of a chip: a photo with the right header and filler instead of a picture, and fingerprint records.

The picture format (WLT) is closed, so there is no face in here; filler is drawn from the person's id, alike on every run.
"""

from __future__ import annotations

from hashlib import shake_128

PHOTO_BYTES = 1024
PHOTO_HEAD = bytes.fromhex("574C66007E003200")
FINGER_BYTES = 512
REGISTERED = 1
RIGHT_THUMB, LEFT_THUMB = 11, 16
QUALITY = 80


def photo(person_id: str) -> bytes:
    """A photo block that begins as a real one does."""
    return PHOTO_HEAD + shake_128(f"photo {person_id}".encode()).digest(PHOTO_BYTES - len(PHOTO_HEAD))


def no_photo() -> bytes:
    """A photo block that no decoder can read."""
    return bytes(PHOTO_BYTES)


def fingerprints(person_id: str, fingers: int) -> bytes:
    """0, 512 or 1024 bytes: one GA/T 1012 record for each finger."""
    return b"".join(_finger(person_id, position) for position in (RIGHT_THUMB, LEFT_THUMB)[:fingers])


def _finger(person_id: str, position: int) -> bytes:
    head = bytes([0x43, 0, 0, 0, REGISTERED, position, QUALITY])
    return head + shake_128(f"finger {position} {person_id}".encode()).digest(FINGER_BYTES - len(head))
