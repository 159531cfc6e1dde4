"""Rows of text become fields by their labels and patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_ocr.assign import fields, side_of
from padkit_ocr.ctc import Char, Line
from padkit_ocr.rows import Row, rows
from padkit_ocr.values import Piece
from padkit_sdk.ports import DocumentSide

PITCH, HIGH = 20.0, 20.0


def piece(text: str, x: float, y: float) -> Piece:
    """`text` with its left end at `x` and its middle at `y`, each character 20 wide and high."""
    wide = PITCH * max(len(text), 1)
    line = Line(tuple(Char(it, 0.9, (at + 0.5) * PITCH / wide) for at, it in enumerate(text)))
    return Piece(line, ((x, y - 10), (x + wide, y - 10), (x + wide, y + 10), (x, y + 10)))


def card(*lines: str | tuple[str, ...]) -> list[Row]:
    """Rows from top to bottom; the parts of a tuple stand beside one another, a little askew, and come in no order."""
    pieces = []
    for at, line in enumerate(lines):
        x = 0.0
        for part in (line,) if isinstance(line, str) else line:
            pieces.append(piece(part, x, at * 40 + x / 60))
            x += PITCH * (len(part) + 1)
    return rows(pieces[::-1])


FRONT = (
    ("姓名", "买买提·阿卜杜拉"),
    ("性别男", "民族", "维吾尔"),
    "出生1990年3月7日",
    ("住", "址", "虚构省样例市测试路"),
    (" " * 3, "1号2栋", " " * 12, "SPECIMEN"),
    ("公民身份号码", "999999199003071234"),
)
CASES = [
    (
        DocumentSide.ID_FRONT,
        FRONT,
        {
            "name": "买买提·阿卜杜拉",
            "sex": "男",
            "nation": "维吾尔",
            "birth": "1990-03-07",
            "address": "虚构省样例市测试路1号2栋",
            "number": "999999199003071234",
        },
    ),
    (
        DocumentSide.HMT_PERMIT_FRONT,
        ("姓名测试乙", "性别女", "出生1985年5月20日", "住址虚构省样例市", "公民身份号码810000198505200022"),
        {
            "name": "测试乙",
            "sex": "女",
            "birth": "1985-05-20",
            "address": "虚构省样例市",
            "number": "810000198505200022",
        },
    ),
    (
        DocumentSide.ID_BACK,
        ("中华人民共和国", "居民身份证", ("签发机关", "样例市公安局"), ("有效期限", "2015.03.01-长期")),
        {"authority": "样例市公安局", "valid_from": "2015-03-01", "valid_to": "长期"},
    ),
    (
        DocumentSide.FOREIGNER_FRONT,
        (
            "中华人民共和国外国人永久居留身份证",
            "姓名/Name",
            "SMITH, JOHN",
            "史密斯",
            "性别/Sex出生日期/Date of Birth",
            ("男/M", "1985.05.20"),
            "国籍/Nationality",
            "加拿大/CAN",
            "有效期限/Period of Validity",
            "2024.01.01-2034.01.01",
            ("证件号码/Card No.", "911000198505200019"),
        ),
        {
            "english_name": "SMITH, JOHN",
            "name": "史密斯",
            "sex": "男",
            "birth": "1985-05-20",
            "nationality": "CAN",
            "valid_from": "2024-01-01",
            "valid_to": "2034-01-01",
            "number": "911000198505200019",
        },
    ),
    (
        DocumentSide.BANK_CARD,
        ("测试银行", "4539 5787 6362 1486", ("VALID", "08/31")),
        {"number": "4539578763621486", "expiry": "08/31"},
    ),
]


@pytest.mark.parametrize(("side", "lines", "texts"), CASES, ids=[side.value for side, _, _ in CASES])
def test_a_side_is_known_and_read(
    side: DocumentSide, lines: tuple[str | tuple[str, ...], ...], texts: dict[str, str]
) -> None:
    found = card(*lines)
    assert side_of(found) is side
    assert {name: it.text for name, it in fields(side, found).items()} == texts


def test_a_value_stands_where_its_characters_do() -> None:
    name = fields(DocumentSide.ID_FRONT, card(*FRONT))["name"]
    assert name.quad[0][0] == pytest.approx(60)
    assert name.confidence == pytest.approx(0.9)


def test_a_dozen_lines_of_something_else_are_no_document() -> None:
    assert side_of(card("今日菜单", "番茄炒蛋 18", "合计 36")) is None
    assert side_of([]) is None
    assert side_of(card("4539578763621486")) is None


@given(
    st.lists(
        st.text("姓名性别民族男女出生年月日住址公民身份号码0123456789X.-/签发机关有效期限", max_size=20), max_size=9
    )
)
def test_any_rows_have_an_answer(lines: list[str]) -> None:
    found = card(*lines)
    for side in DocumentSide:
        assert all(it.text and len(it.quad) == 4 for it in fields(side, found).values())
