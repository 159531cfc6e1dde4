"""What the lines of a window mean, as labels have it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_ocr.ctc import Char, Line
from padkit_ocr.layouts import WINDOWS
from padkit_ocr.values import Piece, values

QUAD = ((0.0, 0.0), (100.0, 0.0), (100.0, 10.0), (0.0, 10.0))
NAMES = sorted({window.name for windows in WINDOWS.values() for window in windows})


def piece(text: str, confidence: float = 1.0) -> Piece:
    """`text` evenly spread over a box of 100 x 10."""
    pitch = 1 / max(len(text), 1)
    return Piece(Line(tuple(Char(it, confidence, (at + 0.5) * pitch) for at, it in enumerate(text))), QUAD)


@pytest.mark.parametrize(
    ("window", "lines", "fields"),
    [
        ("name", ["买买提•阿卜杜拉"], {"name": "买买提·阿卜杜拉"}),
        ("name", [" 测 试 甲"], {"name": "测试甲"}),
        ("sex_nation", ["男民族汉"], {"sex": "男", "nation": "汉"}),
        ("sex_nation", ["女族维吾尔"], {"sex": "女", "nation": "维吾尔"}),
        ("sex_nation", ["女"], {"sex": "女"}),
        ("sex_nation", ["民族汉"], {"nation": "民族汉"}),
        ("birth", ["1990年1月31日"], {"birth": "1990-01-31"}),
        ("birth", ["1990年1月3"], {"birth": "1990年1月3"}),
        ("birth", ["1985.05.20"], {"birth": "1985-05-20"}),
        ("address", ["虚构省样例市", "测试路1号"], {"address": "虚构省样例市测试路1号"}),
        ("valid", ["2015.03.01-2035.03.01"], {"valid_from": "2015-03-01", "valid_to": "2035-03-01"}),
        ("valid", ["2015.03.01-长期"], {"valid_from": "2015-03-01", "valid_to": "长期"}),
        ("valid", ["2015.03.01.长期"], {"valid_from": "2015-03-01", "valid_to": "长期"}),
        ("valid", ["2015.03.01"], {"valid_from": "2015.03.01"}),
        ("sex", ["男/M"], {"sex": "男"}),
        ("nationality", ["加拿大/CAN"], {"nationality": "CAN"}),
        ("english_name", ["SMITH,JOHN A"], {"english_name": "SMITH, JOHN A"}),
        ("number", ["6222 0200 1234"], {"number": "622202001234"}),
        ("expiry", ["08131"], {"expiry": "08/31"}),
        ("expiry", ["8/31"], {"expiry": "8/31"}),
        ("name", [], {}),
        ("name", [""], {}),
    ],
)
def test_a_window_gives_its_fields(window: str, lines: list[str], fields: dict[str, str]) -> None:
    found = values(window, [piece(it) for it in lines])
    assert {name: it.text for name, it in found.items()} == fields


@given(st.sampled_from(NAMES), st.lists(st.text("0123456789X年月日.-/|男女民族 ·,AM长期", max_size=24), max_size=4))
def test_any_line_gives_something_or_nothing(window: str, lines: list[str]) -> None:
    for found in values(window, [piece(it) for it in lines]).values():
        assert found.text
        assert 0 <= found.confidence <= 1
        assert len(found.quad) == 4


def test_a_value_stands_where_its_characters_do() -> None:
    found = values("sex_nation", [piece("男民族汉")])
    assert found["sex"].quad[1] == pytest.approx((25, 0))
    assert found["nation"].quad[0] == pytest.approx((75, 0))


def test_a_reading_does_not_show_its_text() -> None:
    assert "测试甲" not in repr(values("name", [piece("测试甲")])["name"])
