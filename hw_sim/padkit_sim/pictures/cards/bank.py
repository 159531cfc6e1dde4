"""The print of a bank card: number and expiry embossed or flat, contacts, the bank's invented name."""

from __future__ import annotations

import random
from dataclasses import replace

from padkit_sim.pictures.cards.fonts import MICROHEI, NOTO_BOLD, OCR_B
from padkit_sim.pictures.cards.ink import Box, Colour, Sheet
from padkit_sim.pictures.cards.layouts import DIGIT_MM, LAYOUTS, SHIFT_X_MM, SHIFT_Y_MM, Line
from padkit_sim.pictures.cards.paper import is_light
from padkit_sim.pictures.cards.people import BankCard

EMBOSSED_MM, FLAT_MM = 3.63, 2.9  # from one character to the next
BRAND = (66.0, 43.0, 80.0, 50.0)  # an invented mark: three colours side by side
BRAND_COLOURS: tuple[Colour, ...] = ((206, 44, 52), (28, 84, 168), (24, 140, 110))
CONTACTS = (9.5, 18.5, 22.0, 28.5)
FOILS: tuple[Colour, ...] = ((222, 224, 228), (226, 202, 140))  # silver, gold
WHITE, DARK = (244, 244, 246), (26, 26, 30)
RELIEF_MM = 0.14  # how far the light and the dark edge of an embossed digit stand off


def print_bank_card(sheet: Sheet, card: BankCard, rng: random.Random) -> dict[str, Box]:
    """Print `card` on the sheet; returns the boxes of number and expiry, in mm."""
    layout = LAYOUTS["bank_card"]
    light = is_light(sheet.pixels())
    plain = DARK if light else WHITE
    shift = (rng.uniform(-SHIFT_X_MM, SHIFT_X_MM), rng.uniform(-SHIFT_Y_MM, SHIFT_Y_MM))
    foil = plain if light else rng.choice(FOILS)
    _fixed(sheet, plain, rng)
    line = _moved(layout.values["number.embossed" if card.embossed else "number.flat"], shift)
    expiry = _moved(layout.values["expiry"], shift)
    number = grouped(card)
    if not card.embossed:
        face = rng.choice((OCR_B, MICROHEI))
        pitch = FLAT_MM
        return {
            "number": sheet.digits(number, line, pitch, plain, face),
            "expiry": sheet.digits(card.expiry, expiry, DIGIT_MM, plain, face),
        }
    for step, colour in ((-RELIEF_MM, WHITE), (RELIEF_MM, DARK)):
        if colour != foil:
            sheet.digits(number, _moved(line, (step, step)), EMBOSSED_MM, colour)
            sheet.digits(card.expiry, _moved(expiry, (step, step)), DIGIT_MM, colour)
    return {
        "number": sheet.digits(number, line, EMBOSSED_MM, foil),
        "expiry": sheet.digits(card.expiry, expiry, DIGIT_MM, foil),
    }


def grouped(card: BankCard) -> str:
    """The number as it is printed: 4-4-4-4, 4-4-4-4-3, or 6-13 when 19 digits are embossed."""
    if card.embossed and len(card.number) > 16:
        return f"{card.number[:6]} {card.number[6:]}"
    return " ".join(card.number[at : at + 4] for at in range(0, len(card.number), 4))


def _fixed(sheet: Sheet, plain: Colour, rng: random.Random) -> None:
    layout = LAYOUTS["bank_card"]
    name, line = layout.labels["bank"]
    sheet.run(name, line, NOTO_BOLD, plain)
    label, line = layout.labels["expiry"]
    for at, word in enumerate(label.split()):
        sheet.run(word, replace(line, y=line.y + (at - 0.5) * line.size * 1.2), NOTO_BOLD, plain)
    sheet.frame(CONTACTS, (120, 110, 80), filled=rng.choice(((214, 190, 120), (200, 202, 206))), round_mm=1.4)
    left, top, right, bottom = CONTACTS
    for share in (0.33, 0.66):
        y = top + (bottom - top) * share
        sheet.frame((left, y, right, y + 0.1), (120, 110, 80), round_mm=0)
    sheet.frame((left + 4.2, top, right - 4.2, bottom), (120, 110, 80), round_mm=1)
    left, top, right, bottom = BRAND
    third = (right - left) / len(BRAND_COLOURS)
    for at, colour in enumerate(BRAND_COLOURS):
        sheet.frame((left + at * third, top, left + (at + 1) * third, bottom), WHITE, filled=colour, round_mm=0.8)
    left, top, right, bottom = layout.mark
    sheet.run("SPECIMEN 样本", Line(left, (top + bottom) / 2, right, 3.0), NOTO_BOLD, plain)


def _moved(line: Line, by: tuple[float, float]) -> Line:
    return replace(line, x=line.x + by[0], y=line.y + by[1], x_end=line.x_end + by[0])
