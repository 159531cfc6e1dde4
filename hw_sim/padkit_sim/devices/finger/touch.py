"""What one touch of an invented finger leaves on a window: shifted, turned, pressed, with noise; and how a hand words it."""

from __future__ import annotations

import cmath
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from operator import add

from padkit_sim.devices.finger.ridges import Ridges, ridges_of
from padkit_sim.errors import SimRefused

FINGERS = tuple(
    f"{side}_{name}" for side in ("right", "left") for name in ("thumb", "index", "middle", "ring", "little")
)
SHIFT = (6.0, 5.0)  # half pixels, either way
TURN = 0.1  # radians, either way
NOISE = 11  # grey levels, either way
WIDE = 256  # pixels; the window from which on a finger can be put down badly without being far away
DIFFERENT = 12  # touches of a finger; the next is the first again, as a picture takes a tenth of a second to draw
BLANK = 235  # grey of the window where nothing lies


@dataclass(frozen=True, slots=True)
class Pressure:
    """How a touch comes out: grey of the skin, half the contrast, part of the contact's size, shift in half pixels."""

    grey: float = 130.0
    contrast: float = 78.0
    part: float = 1.0
    aside: complex = 0j

    def on(self, width: int) -> Pressure:
        """The same on a window of `width` pixels: a small one must be missed by more to be missed as badly."""
        narrow = min(1.0, width / WIDE)
        part = self.part * narrow if self.part < 1 else self.part
        return replace(self, part=part, aside=self.aside / narrow)


QUALITIES: Mapping[str, Pressure] = {
    "good": Pressure(),
    "dry": Pressure(grey=192.0, contrast=14.0),
    "wet": Pressure(grey=48.0, contrast=16.0),
    "partial": Pressure(part=0.42),
    "shifted": Pressure(aside=62 + 8j),
}


@dataclass(frozen=True, slots=True)
class Touch:
    """Whose finger, how it is put down, and which touch of it this is."""

    person: str
    finger: str
    quality: str = "good"
    nth: int = 0


def parse_touch(person: str, item: str, nth: int) -> Touch:
    """A touch as a hand words it: `item` is ``right_index`` or ``right_index/dry``. Raises `SimRefused`."""
    finger, _, quality = item.partition("/")
    quality = quality or "good"
    if finger not in FINGERS:
        raise SimRefused(f"fingerprint: item {item!r} is no finger; give one of {', '.join(FINGERS)}")
    if quality not in QUALITIES:
        raise SimRefused(f"fingerprint: {finger} can touch {', '.join(QUALITIES)}, not {quality!r}; say {finger}/dry")
    return Touch(person or "nobody", finger, quality, nth % DIFFERENT)


@lru_cache(maxsize=24)
def picture(touch: Touch | None, width: int, height: int) -> bytes:
    """The window of `width` times `height` pixels, ridges dark on light, tip up; None: nobody touches it."""
    dice = random.Random(repr(touch))  # noqa: S311 - repeatable on purpose
    if touch is None:
        rows = [[float(BLANK)] * (width // 2) for _ in range(height // 2 + 1)]
    else:
        rows = _rows(touch, dice, width // 2, height // 2 + 1)
    wide = [_doubled(row) for row in rows]
    full = [line for upper, lower in pairwise([*wide, wide[-1]]) for line in (upper, _between(upper, lower))]
    noise = [dice.randint(-NOISE, NOISE) for _ in range(4 * width)]
    starts = [dice.randrange(3 * width) for _ in range(height)]
    lines = (bytes(map(add, line, noise[at : at + width])) for line, at in zip(full, starts, strict=False))
    return b"".join(lines)


def _rows(touch: Touch, dice: random.Random, width: int, height: int) -> list[list[float]]:
    """The picture at half the resolution."""
    pressure = QUALITIES[touch.quality].on(2 * width)
    ridges = ridges_of(f"{touch.person}/{touch.finger}")
    shift = complex(dice.uniform(-SHIFT[0], SHIFT[0]), dice.uniform(-SHIFT[1], SHIFT[1])) + pressure.aside
    turn = cmath.rect(1, dice.uniform(-TURN, TURN))
    return [_row(ridges, pressure, y - height / 2 - shift.imag, shift.real, turn, width) for y in range(height)]


def _row(ridges: Ridges, pressure: Pressure, y: float, shift: float, turn: complex, width: int) -> list[float]:
    """One row; `y` and `shift` are measured from the contact's middle."""
    row = [float(BLANK)] * width
    across, along = (size * pressure.part for size in ridges.size)
    rest = 1 - (y / along) ** 2
    if rest <= 0:
        return row
    reach = across * rest**0.5
    first, last = max(0, round(width / 2 + shift - reach)), min(width, round(width / 2 + shift + reach))
    xs = [x - width / 2 - shift for x in range(first, last)]
    heights = ridges.row([complex(x, y) * turn for x in xs])
    for at, x, crest in zip(range(first, last), xs, heights, strict=True):
        edge = (x / across) ** 2 + 1 - rest
        row[at] = pressure.grey - pressure.contrast * crest * (1 - edge**3)
    return row


def _doubled(row: list[float]) -> list[int]:
    wide = [0] * (2 * len(row))
    wide[::2] = map(int, row)
    wide[1::2] = [int(left + right) // 2 for left, right in pairwise([*row, row[-1]])]
    return wide


def _between(upper: list[int], lower: list[int]) -> list[int]:
    return [(one + other) // 2 for one, other in zip(upper, lower, strict=True)]
