"""One side of a document as a flat picture, with what its label says. Which side holds what; `draw` is the only door."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from padkit_sim.pictures.cards import people, words
from padkit_sim.pictures.cards.bank import print_bank_card
from padkit_sim.pictures.cards.fonts import NOTO_BOLD, text_face
from padkit_sim.pictures.cards.ink import Box, Sheet, around, broken
from padkit_sim.pictures.cards.layouts import (
    DIGIT_MM,
    LAYOUTS,
    PX_PER_MM,
    SHIFT_X_MM,
    SHIFT_Y_MM,
    SIZE_SHARE,
    Layout,
    Line,
)
from padkit_sim.pictures.cards.numbers import swap_digits
from padkit_sim.pictures.cards.paper import bank_paper, document_paper
from padkit_sim.pictures.cards.people import BankCard, Person
from padkit_sim.pictures.cards.portrait import drawn, fitted

BLACK, BLUE, RED = (34, 32, 36), (52, 104, 168), (196, 40, 48)
MARK = "SPECIMEN 样本"
SEXES = {"1": "男", "2": "女"}
LATIN_SEXES = {"1": "男/M", "2": "女/F"}
PUT_ON_PEOPLE = {
    "id_front": people.resident,
    "id_back": people.resident,
    "hmt_permit_front": people.permit_holder,
    "foreigner_front": people.foreigner,
}


@dataclass(frozen=True, slots=True)
class Card:
    """A drawn side: `pixels` (height, width, 3: blue, green, red), fields as printed, boxes in mm, the person's chip."""

    kind: str
    pixels: NDArray[np.uint8]
    fields: Mapping[str, str]
    boxes: Mapping[str, Box]
    chip: Mapping[str, str]


def draw(
    kind: str,
    rng: random.Random,
    *,
    person: Person | None = None,
    portrait: NDArray[np.uint8] | None = None,
    swapped: bool = False,
) -> Card:
    """Draw one side of `kind`: of `person`, else of somebody invented; with `portrait`, else with a drawn one.

    `swapped`: two digits of the printed number stand in each other's place; the chip keeps the right ones. Not for the back,
    which has no number, nor with `person` for a bank card, which has none.
    """
    if kind == "bank_card":
        account = people.bank_card(rng)
        shown = replace(account, number=swap_digits(account.number, rng)) if swapped else account
        return _bank_card(shown, account, rng)
    whose = person or PUT_ON_PEOPLE[kind](rng)
    shown_person = replace(whose, number=swap_digits(whose.number, rng)) if swapped else whose
    return _document(kind, shown_person, whose, rng, portrait)


def _bank_card(shown: BankCard, account: BankCard, rng: random.Random) -> Card:
    sheet = Sheet(bank_paper(rng))
    boxes = print_bank_card(sheet, shown, rng)
    chip = {"number": account.number, "expiry": account.expiry}
    return Card("bank_card", sheet.pixels(), {"number": shown.number, "expiry": shown.expiry}, boxes, chip)


def _document(kind: str, shown: Person, whose: Person, rng: random.Random, portrait: NDArray[np.uint8] | None) -> Card:
    layout = LAYOUTS[kind]
    sheet = Sheet(document_paper(kind))
    shift = (rng.uniform(-SHIFT_X_MM, SHIFT_X_MM), rng.uniform(-SHIFT_Y_MM, SHIFT_Y_MM))
    _fixed(sheet, kind, layout)
    if layout.portrait:
        left, top, right, bottom = layout.portrait
        size = (round((right - left) * PX_PER_MM), round((bottom - top) * PX_PER_MM))
        print_of = drawn(*size, rng, woman=shown.sex == people.WOMAN) if portrait is None else fitted(portrait, *size)
        sheet.paste(print_of, left + shift[0], top + shift[1])
    face, grow = text_face(rng), 1 + rng.uniform(-SIZE_SHARE, SIZE_SHARE)
    boxes: dict[str, list[Box]] = {}
    for name, text in _printed(kind, shown).items():
        line = layout.values[name]
        line = replace(
            line, x=line.x + shift[0], y=line.y + shift[1], x_end=line.x_end + shift[0], size=line.size * grow
        )
        field = name.partition(".")[0]
        if field == "number":
            box = sheet.digits(text, line, DIGIT_MM, BLACK)
        elif line.lines > 1:
            parts = broken(text, line.size, line.x_end - line.x, face)
            box = around(
                [
                    sheet.run(part, replace(line, y=line.y + at * line.pitch), face, BLACK)
                    for at, part in enumerate(parts)
                ]
            )
        else:
            box = sheet.run(text, line, face, BLACK, middle=name in ("birth.month", "birth.day"))
        boxes.setdefault(field, []).append(box)
    found = {field: around(parts) for field, parts in boxes.items()}
    if "validity" in found:
        found["valid_from"] = found["valid_to"] = found.pop("validity")
    return Card(kind, sheet.pixels(), _fields(kind, shown), found, whose.chip())


def _fixed(sheet: Sheet, kind: str, layout: Layout) -> None:
    """What every card of the kind has: labels, ring, mark."""
    blue = kind in ("id_front", "hmt_permit_front", "foreigner_front")
    for name, (text, line) in layout.labels.items():
        heading = name in ("state", "title", "subtitle")
        face, colour = (NOTO_BOLD, BLACK) if heading else (NOTO_BOLD, BLUE if blue else BLACK)
        if len(text) > 1 and text.isalpha() and not text.isascii():
            sheet.spread(text, line, face, colour)
        else:
            sheet.run(text, line, face, colour)
    if layout.ring:
        sheet.ring(layout.ring, RED)
    left, top, right, bottom = layout.mark
    sheet.frame(layout.mark, RED)
    sheet.run(MARK, Line(left, (top + bottom) / 2, right, (bottom - top) * 0.62), NOTO_BOLD, RED, middle=True)


def _printed(kind: str, person: Person) -> dict[str, str]:
    """The texts as they stand on the card, by the layout's names."""
    term = f"{_dotted(person.valid_from)}-{_dotted(person.valid_to)}"
    if kind == "id_back":
        return {"authority": person.issuer, "validity": term}
    if kind == "foreigner_front":
        country = next(name for name, code in words.COUNTRIES if code == person.country)
        return {
            "english_name": person.english_name,
            "name": person.name,
            "sex": LATIN_SEXES[person.sex],
            "birth": _dotted(person.birth),
            "nationality": f"{country}/{person.country}",
            "validity": term,
            "number": person.number,
        }
    nation = {"nation": words.NATIONS[int(person.nation) - 1]} if kind == "id_front" else {}
    return {
        "name": person.name,
        "sex": SEXES[person.sex],
        **nation,
        "birth.year": person.birth[:4],
        "birth.month": str(int(person.birth[4:6])),
        "birth.day": str(int(person.birth[6:])),
        "address": person.address,
        "number": person.number,
    }


def _fields(kind: str, person: Person) -> dict[str, str]:
    """The texts as labels give them."""
    term = {"valid_from": _iso(person.valid_from), "valid_to": _iso(person.valid_to)}
    if kind == "id_back":
        return {"authority": person.issuer, **term}
    who = {"name": person.name, "sex": SEXES[person.sex], "birth": _iso(person.birth), "number": person.number}
    if kind == "foreigner_front":
        return {**who, "english_name": person.english_name, "nationality": person.country, **term}
    nation = {"nation": words.NATIONS[int(person.nation) - 1]} if kind == "id_front" else {}
    return {**who, **nation, "address": person.address}


def _dotted(day: str) -> str:
    return day if day == people.LONG_TERM else f"{day[:4]}.{day[4:6]}.{day[6:]}"


def _iso(day: str) -> str:
    return day if day == people.LONG_TERM else f"{day[:4]}-{day[4:6]}-{day[6:]}"
