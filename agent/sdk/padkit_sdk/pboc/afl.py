"""The application file locator: which records of which files a card wants read."""

from __future__ import annotations

from collections.abc import Iterator

from padkit_sdk.errors import BadFrame

ENTRY = 4
MAX_RECORDS = 64
PAYMENT_FILES = range(1, 11)  # files 11..30 are the card's own business and hold no payment data


def records_to_read(afl: bytes) -> Iterator[tuple[int, int]]:
    """The (file, record) pairs in the card's order. Raises `BadFrame` before the first when the AFL makes no sense."""
    if len(afl) % ENTRY:
        raise BadFrame("AFL is not made of 4-byte entries", afl)
    entries = [afl[at : at + ENTRY] for at in range(0, len(afl), ENTRY)]
    pairs: list[tuple[int, int]] = []
    for first_byte, first, last, _ in entries:
        sfi = first_byte >> 3
        if first_byte & 0x07 or not 1 <= sfi <= 30 or not 1 <= first <= last:
            raise BadFrame("AFL has an entry that makes no sense", afl)
        if sfi in PAYMENT_FILES:
            pairs.extend((sfi, record) for record in range(first, last + 1))
    if len(pairs) > MAX_RECORDS:
        raise BadFrame(f"AFL names {len(pairs)} records, at most {MAX_RECORDS}", afl)
    return iter(pairs)
