"""A line of a window, cut from a drawn card and read: what stands there and was not read is noticed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from padkit_ocr.ink import find_ink
from padkit_ocr.judging import SURE
from padkit_ocr.layouts import WINDOWS
from padkit_ocr.recogniser import Recogniser
from padkit_ocr.values import values
from padkit_ocr.warp import HIGH_PX, WIDE_PX
from padkit_ocr.windows import PLAIN, cut
from padkit_sdk.ports import DocumentSide
from padkit_sim.pictures.cards.fonts import NOTO, sized

NAME = next(it for it in WINDOWS[DocumentSide.ID_FRONT] if it.name == "name")


def named(text: str) -> NDArray[np.uint8]:
    """A warped card on which stands a name and nothing else."""
    left, top, _, bottom = NAME.pixels()
    card = Image.new("RGB", (WIDE_PX, HIGH_PX), (225, 232, 235))
    font = sized(NOTO, 41)
    ImageDraw.Draw(card).text((left + 20, (top + bottom) / 2), text, font=font, fill=(30, 30, 34), anchor="lm")
    return np.ascontiguousarray(np.asarray(card)[:, :, ::-1])


def read(recogniser: Recogniser, card: NDArray[np.uint8]) -> tuple[str, float]:
    jobs = cut(card, find_ink(card), NAME, PLAIN)
    found = values("name", [job.run(recogniser) for job in jobs])["name"]
    return found.text, found.confidence


@pytest.mark.parametrize("text", ["张伟", "测试甲", "欧阳明超", "阿依古丽·买买提"])
def test_a_name_is_read_whole(recogniser: Recogniser, text: str) -> None:
    found, confidence = read(recogniser, named(text))
    assert found == text
    assert confidence > (0.6 if "·" in text else SURE)  # the dot is often in doubt


@pytest.mark.parametrize("rare", "䶮㛃龘燚㙓㭎㸌䴖䴙鿍")
@pytest.mark.parametrize("name", ["赵{}", "{}伟", "赵伟{}"])
def test_a_rare_character_is_read_or_leaves_the_name_in_doubt(recogniser: Recogniser, name: str, rare: str) -> None:
    text = name.format(rare)
    found, confidence = read(recogniser, named(text))
    assert found == text or confidence < SURE
