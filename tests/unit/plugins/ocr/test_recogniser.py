"""The recogniser on lines that are drawn with Debian's fonts."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from padkit_ocr.recogniser import LEAST_WIDTH, SHORT_WIDTH, Pixels, Recogniser
from padkit_sim.pictures.cards.fonts import NOTO, OCR_B, ZENHEI, Face, sized

EM = 34
DIGITS = "0123456789"


def drawn(text: str, face: Face = ZENHEI) -> Pixels:
    """One line, dark on a light ground, with the room around it that a window leaves."""
    font = sized(face, EM)
    image = Image.new("RGB", (round(font.getlength(text)) + 20, EM + 14), (225, 232, 235))
    ImageDraw.Draw(image).text((10, EM / 2 + 7), text, font=font, fill=(30, 30, 34), anchor="lm")
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("虚构省样例市测试路1号", ZENHEI),
        ("买买提·阿卜杜拉", NOTO),
        ("999999199003071234", OCR_B),
        ("2015.03.01-长期", ZENHEI),
        ("08/31", OCR_B),
    ],
)
def test_a_line_is_read(recogniser: Recogniser, text: str, face: Face) -> None:
    line = recogniser.read(drawn(text, face))
    assert line.text == text
    assert line.confidence > 0.6  # the dot in a name: 0.72 with VNNI, 0.9 without
    assert [it.at for it in line.chars] == sorted(it.at for it in line.chars)
    assert all(0 <= it.at <= 1 for it in line.chars)


def test_characters_stand_where_they_are_printed(recogniser: Recogniser) -> None:
    for least in (SHORT_WIDTH, LEAST_WIDTH):
        first, last = recogniser.read(drawn("男女"), least=least).chars
        assert first.at == pytest.approx(0.31, abs=0.08)
        assert last.at == pytest.approx(0.69, abs=0.08)


def test_an_alphabet_narrows_what_is_read(recogniser: Recogniser) -> None:
    line = recogniser.read(drawn("1990年3月7日"), DIGITS)
    assert line.text.startswith("1990")
    assert set(line.text) <= set(DIGITS)
    letters = recogniser.read(drawn("SB", OCR_B), DIGITS)
    assert letters.confidence < 0.5


@pytest.mark.parametrize("shape", [(0, 0, 3), (1, 40, 3), (40, 1, 3), (2, 2, 3), (48, 4000, 3)])
def test_a_crop_of_any_shape_gives_a_line(recogniser: Recogniser, shape: tuple[int, int, int]) -> None:
    assert recogniser.read(np.full(shape, 200, np.uint8)).confidence <= 1


def test_the_same_line_reads_the_same(recogniser: Recogniser) -> None:
    assert recogniser.read(drawn("测试甲")) == recogniser.read(drawn("测试甲"))
