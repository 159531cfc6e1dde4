"""The key stream that hides a picture on the U.are.U's wire, and how it is taken off. Pure; some milliseconds a picture.

A shift register of 32 bits: each step shifts right and puts the parity of the tapped bits on top (manual 6). We make
the run of bits once, eight at a time from tables, and take a byte's eight taps as eight shifts of that run.
"""

from __future__ import annotations

from functools import lru_cache

from padkit_fingerprint.uru4500.protocol import WIDTH, Block, Flag, RawPicture
from padkit_sdk import BadFrame

FEEDBACK = 0x9248144D
TAPS = (4, 8, 11, 14, 18, 21, 24, 29)  # bits of the key that make bits 0..7 of a stream byte
KEY_BITS = 32
NOISE = 5000  # manual 6: variance of the sums of the first two rows from which they are scrambled
_SPREAD = [bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256)]  # one byte for each bit


def stream(key: int, length: int) -> tuple[bytes, int]:
    """`length` bytes of key stream, and the key afterwards."""
    run = _run(key, length)
    bits = int.from_bytes(b"".join(map(_SPREAD.__getitem__, run)), "little")
    mixed = 0
    for place, tap in enumerate(TAPS):
        mixed |= bits >> 8 * tap << place
    after = int.from_bytes(run, "little") >> length & 0xFFFFFFFF
    return (mixed & (1 << 8 * length) - 1).to_bytes(length, "little"), after


def looks_scrambled(pixels: bytes) -> bool:
    """Whether the first two rows look like noise, as field software tells it."""
    sums = [upper + lower for upper, lower in zip(pixels[:WIDTH], pixels[WIDTH : 2 * WIDTH], strict=False)]
    if not sums:
        return False
    mean = sum(sums) // len(sums)
    return sum((one - mean) ** 2 for one in sums) // len(sums) >= NOISE


def unscramble(picture: RawPicture, keys: list[int]) -> bytes:
    """The clear pixels of the rows in the message; `keys` belong to `picture.key_numbers()`. Raises `BadFrame`."""
    if len(keys) != len(picture.key_numbers()):
        raise BadFrame(f"picture that needs {len(picture.key_numbers())} keys, given {len(keys)}")
    coming = iter(keys)
    key = next(coming)
    clear = bytearray()
    for block in picture.blocks:
        if block.flags & Flag.NEW_KEY:
            key = next(coming)
        start = len(clear)
        size = block.rows * WIDTH
        if block.present:
            clear += picture.pixels[start : start + size]
        key = _pass(block, clear, start, size, key)
    return bytes(clear)


def _pass(block: Block, clear: bytearray, start: int, size: int, key: int) -> int:
    """Take the stream off the block at `start` of `clear`, where it is scrambled; the key afterwards."""
    if block.flags & Flag.KEY_STANDS:
        return key
    mask, after = stream(key, size)
    data = clear[start:]
    if data and block.flags & Flag.SCRAMBLED:
        hidden = int.from_bytes(data[1:], "little") ^ int.from_bytes(mask[: len(data) - 1], "little")
        clear[start:] = hidden.to_bytes(len(data), "little")  # the last pixel is lost on the way: 0
    return after


def _run(key: int, length: int) -> bytes:
    """The bits the register goes through, first bit lowest: those of `key` and at least `length` more."""
    first, second, third, fourth = _tables()
    run = bytearray(key.to_bytes(4, "little"))
    a, b, c, d = run
    for _ in range((length + 7) // 8):
        a, b, c, d = b, c, d, first[a] ^ second[b] ^ third[c] ^ fourth[d]
        run.append(d)
    return bytes(run)


@lru_cache(maxsize=1)
def _tables() -> tuple[list[int], list[int], list[int], list[int]]:
    """For each byte of the key what it adds to the eight bits that come next."""
    first, second, third, fourth = ([_next_bits(byte << 8 * place) for byte in range(256)] for place in range(4))
    return first, second, third, fourth


def _next_bits(key: int) -> int:
    for _ in range(8):
        key = (key & FEEDBACK).bit_count() % 2 << KEY_BITS - 1 | key >> 1
    return key >> KEY_BITS - 8
