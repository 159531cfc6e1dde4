"""Decode changed pictures: `python tests/fuzz/pictures.py --count 2000 --seed 1`. Ends with 0 when every one became pixels or a
refusal of the family; a finding is printed with the number that makes it again (``--only``).

Prints a JSON object at the end: how many came out how, and the memory of the process in MiB before, at most and after.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import resource
import struct
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from picture_files import chunk, corners, oriented, picture, png_header, saved

from padkit_sdk import DeviceFault, Refused
from padkit_vision.pictures import decode

EDGES = (0, 1, 2, 31, 32, 33, 63, 64, 255, 1000, 3999, 4000, 4001, 8000, 10_000, 10_001, 12_000, 16_383, 65_500, 65_535)
HEADER_BYTES = 64
WARM = 50  # pictures before memory is looked at: what libraries keep for themselves has been taken then
MIB = 2**20

Mutation = Callable[[bytes, random.Random], bytes]


def seeds() -> list[bytes]:
    """Good pictures in every way of writing that is read, and one of 12,000 x 12,000."""
    image, large = corners(), corners(640, 480)
    more = {"exif": oriented(6), "icc_profile": bytes(300)}
    grey, palette, alpha = image.convert("L"), image.quantize(4), image.convert("RGBA")
    alpha.putalpha(grey)
    deep = Image.frombytes("I;16", image.size, bytes(range(256)) * (image.width * image.height // 128))
    files = [saved(it, "JPEG", **more) for it in (image, large, grey, image.convert("CMYK"))]
    files += [saved(large, "JPEG", progressive=True), saved(large, "JPEG", restart_marker_rows=1, subsampling=0)]
    files += [saved(it, "PNG", **more) for it in (image, large, grey, palette, alpha, deep, grey.convert("1"))]
    files += [saved(large, "PNG", interlace=1)]
    files += [
        saved(it, "WEBP", lossless=lossless, **more) for it in (image, large, alpha) for lossless in (False, True)
    ]
    rows = zlib.compress(bytes((12_000 // 8 + 1) * 12_000), 1)
    return [*files, png_header(12_000, 12_000, 1, 0) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")]


def header(data: bytes, chance: random.Random) -> bytes:
    """Change bytes near the start."""
    return _changed(data, chance, min(HEADER_BYTES, len(data)))


def anywhere(data: bytes, chance: random.Random) -> bytes:
    """Change bytes."""
    return _changed(data, chance, len(data))


def size(data: bytes, chance: random.Random) -> bytes:
    """Say another size, so that the header is good."""
    width, height = chance.choice(EDGES), chance.choice(EDGES)
    if data[:4] == b"\x89PNG":
        return data[:16] + _sealed(b"IHDR", struct.pack(">II", width, height) + data[24:29]) + data[33:]
    for mark, skip, order in ((b"\xff\xc0", 5, ">HH"), (b"\xff\xc2", 5, ">HH"), (b"\x9d\x01\x2a", 3, "<HH")):
        at = data.find(mark) + skip
        if at >= skip:
            return data[:at] + struct.pack(order, height, width) + data[at + 4 :]
    at = data.find(b"VP8L") + 9
    bits = (width - 1 & 0x3FFF) | (height - 1 & 0x3FFF) << 14
    return data[:at] + struct.pack("<I", bits) + data[at + 4 :]


def cut(data: bytes, chance: random.Random) -> bytes:
    """Cut it off, or cut a piece out."""
    first, second = sorted(chance.sample(range(len(data) + 1), 2))
    return data[:second] if chance.random() < 0.5 else data[:first] + data[second:]


def shuffle(data: bytes, chance: random.Random) -> bytes:
    """Swap, repeat or leave out chunks or segments."""
    head, parts = _parts(data)
    for _ in range(chance.randint(1, 3)):
        if not parts:
            break
        first, second = chance.randrange(len(parts)), chance.randrange(len(parts))
        if chance.random() < 0.5:
            parts[first], parts[second] = parts[second], parts[first]
        elif chance.random() < 0.5:
            parts.insert(second, parts[first])
        else:
            del parts[first]
    return _named(head + b"".join(parts))


def sealed(data: bytes, chance: random.Random) -> bytes:
    """Change bytes inside a chunk, and give it the check sum that belongs to them."""
    head, parts = _parts(data)
    if not parts:
        return data
    at = chance.randrange(len(parts))
    if data[:4] == b"\x89PNG":
        name, body = parts[at][4:8], parts[at][8:-4]
        body = _changed(body, chance, len(body))
        parts[at] = struct.pack(">I", len(body)) + _sealed(name, body)
    else:
        parts[at] = parts[at][:8] + _changed(parts[at][8:], chance, len(parts[at]) - 8)
    return _named(head + b"".join(parts))


MUTATIONS: Sequence[Mutation] = (header, anywhere, size, cut, shuffle, sealed)


def mutated(good: Sequence[bytes], seed: str) -> bytes:
    """Return the changed picture of a number: mostly one change, sometimes more; now and then two files become one."""
    chance = random.Random(seed)
    data = chance.choice(good)
    if chance.random() < 0.05:
        other = chance.choice(good)
        data = data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(MUTATIONS)(data, chance) or data
    return data


def _changed(data: bytes, chance: random.Random, end: int) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8)) if end > 0 else 0):
        changed[chance.randrange(end)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(changed)


def _sealed(name: bytes, body: bytes) -> bytes:
    return name + body + struct.pack(">I", zlib.crc32(name + body))


def _parts(data: bytes) -> tuple[bytes, list[bytes]]:
    """Cut a file into its head and its chunks or segments, as far as they make sense."""
    if data[:4] == b"\x89PNG":
        return data[:8], _cut(data, 8, lambda at: 12 + struct.unpack_from(">I", data, at)[0])
    if data[:4] == b"RIFF":
        return data[:12], _cut(data, 12, lambda at: 8 + (struct.unpack_from("<I", data, at + 4)[0] + 1) // 2 * 2)
    return data[:2], _cut(data, 2, lambda at: 2 + struct.unpack_from(">H", data, at + 2)[0])


def _cut(data: bytes, at: int, length: Callable[[int], int]) -> list[bytes]:
    parts = []
    while at + 12 < len(data):
        end = at + length(at)
        parts.append(data[at:end])
        at = end
    return [*parts, data[at:]]


def _named(data: bytes) -> bytes:
    """Let a RIFF file name the length that it has."""
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:] if data[:4] == b"RIFF" and len(data) >= 8 else data


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / MIB


def main() -> None:
    """Read the command line and decode; end at the first finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, default=-1, help="only the picture of this number")
    given = parser.parse_args()
    good = seeds()
    came: collections.Counter[str] = collections.Counter()
    before_mib = 0.0
    for number in range(given.count) if given.only < 0 else [given.only]:
        if number == WARM:
            before_mib = _resident_mib()
        try:
            pixels = decode(picture(mutated(good, f"{given.seed}/{number}")))
            came["decoded"] += pixels.ndim == 3 and pixels.dtype == "uint8"
        except Refused as refusal:
            came[refusal.reason] += 1
        except DeviceFault as fault:
            came[fault.fault] += 1
        except BaseException:
            sys.stderr.write(f"finding: --seed {given.seed} --only {number}\n")
            raise
    most_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        json.dumps({"came": came, "before_mib": before_mib, "most_mib": most_mib, "after_mib": _resident_mib()})
    )


if __name__ == "__main__":
    main()
