"""The way of lines: pictures whose outline or layout does not hold are read by what their labels say."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from document_desk import READ_S, picture

from padkit_ocr.driver import Cards
from padkit_sdk import AskAgain
from padkit_sdk.ports import FieldState
from padkit_sim.pictures.cards.card import Card, draw


def filling(card: Card, quarter_turns: int = 0) -> bytes:
    """The card fills the picture to its borders and beyond: no outline is in it."""
    high, wide = card.pixels.shape[:2]
    cut = card.pixels[round(high * 0.02) : round(high * 0.98), round(wide * 0.02) : round(wide * 0.98)]
    done, data = cv2.imencode(".png", np.rot90(cut, quarter_turns))
    assert done
    return data.tobytes()


@pytest.mark.parametrize(("kind", "quarter_turns"), [("id_front", 0), ("id_back", 1), ("id_front", 2)])
async def test_a_card_that_fills_the_picture_is_read(reader: Cards, kind: str, quarter_turns: int) -> None:
    card = draw(kind, random.Random(f"lines {kind}"))
    reading = await reader.read(picture(filling(card, quarter_turns)), timeout_s=READ_S)
    assert (reading.side.value, reading.way, reading.turned) == (kind, "lines", -quarter_turns * 90 % 360)
    assert {it.name: it.text.text for it in reading.fields} == dict(card.fields)
    number = reading.field("number")
    assert number is None or number.state is FieldState.CHECKED
    assert {it.name for it in reading.models} == {"PP-OCRv5_det_mobile", "PP-OCRv6_rec_small_int8"}


async def test_a_picture_of_something_else_is_asked_for_again(reader: Cards) -> None:
    page = np.full((600, 800, 3), 240, np.uint8)
    for at, text in enumerate(("MENU", "SOUP 12", "RICE 3", "TEA 5")):
        cv2.putText(page, text, (100, 120 + 110 * at), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (20, 20, 20), 4, cv2.LINE_AA)
    with pytest.raises(AskAgain) as asked:
        await reader.read(picture(cv2.imencode(".png", page)[1].tobytes()), timeout_s=READ_S)
    assert asked.value.hint.startswith("document.")
