"""Invented people and bank cards, drawn by a seeded generator. Nobody here exists; every check digit fits. Pure.

Ages and terms are counted from `TODAY`, not from a clock: the same seed is the same person for ever.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from padkit_sim.pictures.cards import words
from padkit_sim.pictures.cards.numbers import with_check_digit, with_luhn
from padkit_sim.pictures.cards.places import address, town

TODAY = date(2026, 1, 1)
LONG_TERM = "长期"
PERMIT_REGIONS = ("810000", "820000", "830000")  # Hong Kong, Macao, Taiwan
PASS_LETTERS = {"810000": "H", "820000": "M", "830000": ""}
MAN, WOMAN = "1", "2"
HAN = "01"
SAFE_LATIN = 28  # characters of a name in Latin letters that fit the card


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person as a chip holds it: the keys are those of the kit file's `[[device.person]]`.

    Dates are ``YYYYMMDD``, `valid_to` may be 长期; `sex` is 1 or 2; `nation` the code of GB/T 3304. What a layout lacks is empty.
    """

    layout: str  # resident, permit, foreigner_2023
    name: str
    sex: str
    birth: str
    number: str
    valid_from: str
    valid_to: str
    nation: str = ""
    address: str = ""
    issuer: str = ""
    english_name: str = ""
    country: str = ""
    pass_number: str = ""

    def chip(self) -> dict[str, str]:
        """The fields of its chip, without those that its layout lacks."""
        return {key: text for key in self.__slots__ if (text := str(getattr(self, key)))}


@dataclass(frozen=True, slots=True)
class BankCard:
    """One invented bank card: number with Luhn's digit, expiry ``MM/YY``, embossed or flat."""

    number: str
    expiry: str
    embossed: bool


def resident(rng: random.Random) -> Person:
    """A resident: any nation (汉 more often), any age from 1 to 90, region NN99NN."""
    province = rng.choice(list(words.PROVINCES))
    home = town(rng, words.PROVINCES[province])
    nation = HAN if rng.random() < 0.55 else f"{rng.randint(1, len(words.NATIONS)):02}"
    sex = rng.choice((MAN, WOMAN))
    birth = _birth(rng, 1, 90)
    valid_from, valid_to = _resident_term(birth, rng)
    return Person(
        layout="resident",
        name=_name(nation, rng),
        sex=sex,
        nation=nation,
        birth=f"{birth:%Y%m%d}",
        address=address(rng, home),
        number=_number(f"{province}99{rng.randint(1, 99):02}", birth, sex, rng),
        issuer=f"{rng.choice(home.parts[1:])}公安局",
        valid_from=valid_from,
        valid_to=valid_to,
    )


def permit_holder(rng: random.Random) -> Person:
    """A resident of Hong Kong, Macao or Taiwan with a residence permit of five years."""
    region = rng.choice(PERMIT_REGIONS)
    home = town(rng, rng.choice(list(words.PROVINCES.values())))
    sex = rng.choice((MAN, WOMAN))
    birth = _birth(rng, 5, 85)
    first = _day(rng, TODAY - timedelta(days=1800), TODAY)
    return Person(
        layout="permit",
        name=_name(HAN, rng),
        sex=sex,
        birth=f"{birth:%Y%m%d}",
        address=address(rng, home),
        number=_number(region, birth, sex, rng),
        issuer=f"{home.parts[1]}公安局",
        valid_from=f"{first:%Y%m%d}",
        valid_to=f"{_later(first, 5):%Y%m%d}",
        pass_number=f"{PASS_LETTERS[region]}{rng.randint(0, 99_999_999):08}",
    )


def foreigner(rng: random.Random) -> Person:
    """A foreigner with a permanent residence card of 2023: a number that begins with 9 and the country's three digits."""
    sex = rng.choice((MAN, WOMAN))
    birth = _birth(rng, 18, 80)
    first = _day(rng, date(2023, 12, 1), TODAY)
    family, given = rng.choice(words.FAMILY), rng.sample(words.GIVEN_LATIN, rng.choice((1, 1, 2)))
    latin = f"{family}, {' '.join(given)}"
    chinese = rng.choice(words.FOREIGN_CHINESE) + "".join(rng.sample(words.GIVEN, rng.choice((1, 2))))
    return Person(
        layout="foreigner_2023",
        name=chinese,
        sex=sex,
        birth=f"{birth:%Y%m%d}",
        number=_number(f"911{rng.randint(1, 999):03}", birth, sex, rng),
        valid_from=f"{first:%Y%m%d}",
        valid_to=f"{_later(first, 10):%Y%m%d}",
        english_name=latin if len(latin) <= SAFE_LATIN else f"{family}, {given[0]}",
        country=rng.choice(words.COUNTRIES)[1],
    )


def bank_card(rng: random.Random) -> BankCard:
    """A card of 16 or 19 digits under the test BIN."""
    length = rng.choice((16, 19, 19))
    body = words.TEST_BIN + "".join(str(rng.randint(0, 9)) for _ in range(length - 1 - len(words.TEST_BIN)))
    return BankCard(with_luhn(body), f"{rng.randint(1, 12):02}/{rng.randint(26, 36)}", rng.random() < 0.5)


def _number(region: str, birth: date, sex: str, rng: random.Random) -> str:
    sequence = rng.randint(0, 499) * 2 + (sex == MAN)
    return with_check_digit(f"{region}{birth:%Y%m%d}{sequence:03}")


def _name(nation: str, rng: random.Random) -> str:
    special: dict[str, Callable[[random.Random], str]] = {
        "维吾尔": _two_part, "哈萨克": _two_part, "乌孜别克": _two_part, "塔塔尔": _two_part, "柯尔克孜": _two_part,
        "塔吉克": _two_part, "藏": _tibetan, "门巴": _tibetan, "朝鲜": _korean,
    }  # fmt: skip
    return special.get(words.NATIONS[int(nation) - 1], _han)(rng)


def _two_part(rng: random.Random) -> str:
    return "·".join(rng.sample(words.UIGHUR, 2))


def _tibetan(rng: random.Random) -> str:
    return "".join(rng.sample(words.TIBETAN, 2))


def _korean(rng: random.Random) -> str:
    return rng.choice(words.KOREAN) + "".join(rng.sample(words.GIVEN, 2))


def _han(rng: random.Random) -> str:
    family = rng.choice(words.DOUBLE_SURNAMES if rng.random() < 0.03 else words.SURNAMES)
    given = rng.sample(words.GIVEN, 1 if rng.random() < 0.2 else 2)
    chance = rng.random()
    if chance < 0.06:
        given[-1] = rng.choice(words.UNCOMMON)
    elif chance < 0.068:
        given[-1] = rng.choice(words.RARE)
    return family + "".join(given)


def _birth(rng: random.Random, youngest: int, oldest: int) -> date:
    return TODAY - timedelta(days=rng.randint(youngest * 365 + 60, oldest * 365))


def _day(rng: random.Random, first: date, last: date) -> date:
    day = first + timedelta(days=rng.randint(0, (last - first).days))
    return day - timedelta(days=1) if (day.month, day.day) == (2, 29) else day


def _later(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _resident_term(birth: date, rng: random.Random) -> tuple[str, str]:
    """Five years below 16, ten to 25, twenty to 45, then for life: the term that the age on the first day gives."""
    first = _day(rng, max(birth + timedelta(days=30), date(2006, 1, 1)), TODAY)
    age = (first - birth).days // 365.2425
    years = 5 if age < 16 else 10 if age < 26 else 20 if age < 46 else 0
    return f"{first:%Y%m%d}", f"{_later(first, years):%Y%m%d}" if years else LONG_TERM
