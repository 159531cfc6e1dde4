"""Fonts: every character of every invented text has a real glyph; what has none is refused."""

from __future__ import annotations

import random

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.pictures.cards import fonts as shelf
from padkit_sim.pictures.cards import words
from padkit_sim.pictures.cards.fonts import NOTO, OCR_B, TEXT, Face, characters, face_for, needs_fonts, text_face
from padkit_sim.pictures.cards.layouts import LAYOUTS

pytestmark = pytest.mark.usefixtures("fonts")


def texts(value: object) -> set[str]:
    if isinstance(value, str):
        return set(value)
    pairs = value.items() if isinstance(value, dict) else value
    return set().union(*(texts(one) for one in pairs))


def test_every_word_has_glyphs() -> None:
    wanted = texts([value for name, value in vars(words).items() if name.isupper()])
    wanted |= texts([text for layout in LAYOUTS.values() for text, _ in layout.labels.values()])
    wanted |= texts("男女长期样本-./,0123456789") - {" "}
    for character in wanted:
        face = face_for(character, TEXT[0])
        assert shelf.sized(face, 30).getmask(character).getbbox() is not None or character == " "


def test_numbers_are_all_in_ocr_b() -> None:
    assert {ord(one) for one in "0123456789X/"} <= characters(OCR_B)


def test_a_character_that_the_face_lacks_comes_from_another() -> None:
    assert ord("𠮷") not in characters(TEXT[0])
    assert face_for("𠮷", TEXT[0]) == NOTO


def test_a_character_on_no_font_is_refused() -> None:
    with pytest.raises(SimRefused, match=r"U\+E863"):
        face_for("\ue863", NOTO)


def test_the_map_agrees_with_what_is_drawn() -> None:
    face = TEXT[0]
    missing = shelf.sized(face, 30).getmask("\U000f0000").getbbox()
    assert ord("\U000f0000") not in characters(face)
    assert shelf.sized(face, 30).getmask("国").getbbox() != missing


def test_every_face_is_used() -> None:
    assert {text_face(random.Random(seed)) for seed in range(30)} == set(TEXT)


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "ALL", (*TEXT, Face("fonts-of-nobody", "nobody.ttf")))
    with pytest.raises(SimRefused, match="fonts-of-nobody"):
        needs_fonts()
