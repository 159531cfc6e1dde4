"""Places that do not exist, and addresses there: short ones and such of four printed lines. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass

from padkit_sim.pictures.cards import words

CHIP_CHARACTERS = 35  # what the chip has room for


@dataclass(frozen=True, slots=True)
class Town:
    """A town's names from the province down: province, city, county."""

    parts: tuple[str, str, str]


def town(rng: random.Random, province: str) -> Town:
    """A town in `province`."""
    city = _place(rng) + rng.choice(("市", "市", "市", "地区", "自治州"))
    return Town((province, city, _place(rng) + rng.choice(("区", "县", "县", "市"))))


def address(rng: random.Random, home: Town) -> str:
    """An address of 13 to 35 characters."""
    lead = "".join(home.parts)
    house = rng.randint(1, 999)
    forms = (
        f"{lead}{_place(rng)}{rng.choice(words.ROADS)}{house}号",
        f"{lead}{_place(rng)}{rng.choice(words.ROADS)}{house}号{rng.randint(1, 40)}号楼{rng.randint(1, 9)}单元{_room(rng)}室",
        f"{lead}{_place(rng)}镇{_place(rng)}村{rng.randint(1, 20)}组{house}号",
        f"{lead}{_place(rng)}街道{_place(rng)}{rng.choice(words.COMPOUNDS)}{rng.randint(1, 60)}栋{_room(rng)}",
        f"{lead}{_place(rng)}乡{_place(rng)}村民委员会{_place(rng)}村{rng.randint(1, 300)}号",
        f"{lead}{_place(rng)}路{house}弄{rng.randint(1, 90)}号{_room(rng)}室",
        f"{home.parts[0]}{home.parts[2]}{_place(rng)}{rng.choice(words.ROADS)}{house}号附{rng.randint(1, 9)}号",
    )
    return rng.choice([form for form in forms if len(form) <= CHIP_CHARACTERS])


def _place(rng: random.Random) -> str:
    return rng.choice(words.PLACE_HEADS) + rng.choice(words.PLACE_TAILS)


def _room(rng: random.Random) -> str:
    return f"{rng.randint(1, 28)}{rng.randint(1, 8):02}"
