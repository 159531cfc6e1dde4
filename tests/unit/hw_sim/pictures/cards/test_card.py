"""Flat cards: the same seed is the same picture, texts stand in their boxes, boxes on the card."""

from __future__ import annotations

import random

import numpy as np
import pytest

from padkit_sim.card_number import luhn_ok
from padkit_sim.pictures.cards.bank import grouped
from padkit_sim.pictures.cards.card import draw
from padkit_sim.pictures.cards.layouts import HIGH_MM, KINDS, LAYOUTS, PX_PER_MM, WIDE_MM
from padkit_sim.pictures.cards.people import BankCard, Person

pytestmark = pytest.mark.usefixtures("fonts")
NAMES = {
    "id_front": {"name", "sex", "nation", "birth", "address", "number"},
    "id_back": {"authority", "valid_from", "valid_to"},
    "hmt_permit_front": {"name", "sex", "birth", "address", "number"},
    "foreigner_front": {
        *("name", "english_name", "sex", "birth", "nationality", "number", "valid_from", "valid_to"),
    },
    "bank_card": {"number", "expiry"},
}
LONGEST = Person(
    layout="resident",
    name="阿卜杜热合曼·阿卜杜热合曼",
    sex="1",
    nation="15",
    birth="19901231",
    number="999999199012311230",
    valid_from="20200101",
    valid_to="长期",
    address="虚" * 35,
    issuer="样例市公安局",
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_is_the_same_picture(kind: str) -> None:
    first, again, other = (draw(kind, random.Random(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first.pixels, again.pixels)
    assert (first.fields, first.boxes, first.chip) == (again.fields, again.boxes, again.chip)
    assert not np.array_equal(first.pixels, other.pixels)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_every_field_has_text_and_a_box_on_the_card(kind: str, seed: int) -> None:
    card = draw(kind, random.Random(seed))
    assert set(card.fields) == set(card.boxes) == NAMES[kind]
    assert all(card.fields.values())
    for left, top, right, bottom in card.boxes.values():
        assert 0 < left < right < WIDE_MM
        assert 0 < top < bottom < HIGH_MM


@pytest.mark.parametrize("kind", KINDS)
def test_print_stands_out_in_its_box(kind: str) -> None:
    card = draw(kind, random.Random(2))
    contrast = [np.ptp(card.pixels[rows(box)].astype(int), axis=(0, 1)).max() for box in card.boxes.values()]
    assert min(contrast) > 90


@pytest.mark.parametrize("kind", ["id_front", "hmt_permit_front", "foreigner_front"])
def test_beside_the_boxes_and_the_portrait_all_cards_are_alike(kind: str) -> None:
    one, other = (draw(kind, random.Random(seed)) for seed in (11, 12))
    differs = np.abs(one.pixels.astype(int) - other.pixels).max(axis=2) > 8
    for box in (*one.boxes.values(), *other.boxes.values(), LAYOUTS[kind].portrait):
        differs[rows(box, around_mm=0.6)] = False
    assert not differs.any()


def test_the_longest_texts_stay_in_their_places() -> None:
    card = draw("id_front", random.Random(1), person=LONGEST)
    layout = LAYOUTS["id_front"].values
    assert card.boxes["name"][2] <= layout["name"].x_end + 0.6
    assert card.boxes["address"][2] <= layout["address"].x_end + 0.6
    assert card.boxes["address"][3] < card.boxes["number"][1]


def test_a_given_portrait_is_printed() -> None:
    green = np.zeros((126, 102, 3), np.uint8)
    green[:, :, 1] = 200
    card = draw("id_front", random.Random(1), portrait=green)
    left, top, right, bottom = (round(value * PX_PER_MM) for value in LAYOUTS["id_front"].portrait)
    assert card.pixels[(top + bottom) // 2, (left + right) // 2].tolist() == [0, 200, 0]


@pytest.mark.parametrize("kind", ["id_front", "hmt_permit_front", "foreigner_front", "bank_card"])
def test_swapped_digits_stand_on_the_card_and_not_in_the_chip(kind: str) -> None:
    card = draw(kind, random.Random(7), swapped=True)
    differs = [
        at
        for at, (one, other) in enumerate(zip(card.fields["number"], card.chip["number"], strict=True))
        if one != other
    ]
    assert len(differs) == 2
    assert draw(kind, random.Random(7)).chip == card.chip


def test_numbers_of_bank_cards_are_grouped() -> None:
    assert grouped(BankCard("6999991234567890", "01/30", embossed=True)) == "6999 9912 3456 7890"
    assert grouped(BankCard("6999991234567890123", "01/30", embossed=True)) == "699999 1234567890123"
    assert grouped(BankCard("6999991234567890123", "01/30", embossed=False)) == "6999 9912 3456 7890 123"
    assert luhn_ok(draw("bank_card", random.Random(1)).fields["number"])


def rows(box: tuple[float, float, float, float], around_mm: float = 0.0) -> tuple[slice, slice]:
    left, top, right, bottom = box
    return (
        slice(round((top - around_mm) * PX_PER_MM), round((bottom + around_mm) * PX_PER_MM)),
        slice(round((left - around_mm) * PX_PER_MM), round((right + around_mm) * PX_PER_MM)),
    )
