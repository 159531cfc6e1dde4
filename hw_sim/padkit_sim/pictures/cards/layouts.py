"""Where everything stands, in millimetres: `docs/reference/document-layouts.md` as data. A test holds them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WIDE_MM, HIGH_MM, CORNER_MM = 85.60, 53.98, 3.18  # ISO/IEC 7810 ID-1
PX_PER_MM = 14  # 356 dots an inch
SHIFT_X_MM, SHIFT_Y_MM, SIZE_SHARE = 0.5, 0.35, 0.02  # how inexact personalisation is
DIGIT_MM = 2.6  # from one OCR-B digit to the next


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print from `x` to `x_end`, `y` its middle, `size` the em or the height of an OCR-B digit; all in mm."""

    x: float
    y: float
    x_end: float
    size: float
    lines: int = 1
    pitch: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """One side: labels with their printed text, values, the portrait and the SPECIMEN mark (left, top, right, bottom)."""

    labels: Mapping[str, tuple[str, Line]]
    values: Mapping[str, Line]
    mark: tuple[float, float, float, float]
    portrait: tuple[float, float, float, float] | None = None
    ring: tuple[float, float, float, float] | None = None


_NUMBER = Line(29.5, 47.0, 77.5, 2.9)
_FRONT_LABELS = {
    "name": ("姓名", Line(5.4, 8.6, 12.4, 2.6)),
    "sex": ("性别", Line(5.4, 15.2, 12.4, 2.6)),
    "nation": ("民族", Line(24.5, 15.2, 31.5, 2.6)),
    "birth": ("出生", Line(5.4, 21.6, 12.4, 2.6)),
    "year": ("年", Line(24.0, 21.6, 27.0, 2.6)),
    "month": ("月", Line(32.0, 21.6, 35.0, 2.6)),
    "day": ("日", Line(40.0, 21.6, 43.0, 2.6)),
    "address": ("住址", Line(5.4, 28.2, 12.4, 2.6)),
    "number": ("公民身份号码", Line(5.4, 47.0, 26.0, 2.6)),
}
_FRONT_VALUES = {
    "name": Line(15.5, 8.6, 52.0, 3.3),
    "sex": Line(15.5, 15.2, 20.0, 2.9),
    "nation": Line(33.0, 15.2, 52.0, 2.9),
    "birth.year": Line(15.5, 21.6, 23.5, 2.9),
    "birth.month": Line(27.2, 21.6, 31.8, 2.9),
    "birth.day": Line(35.2, 21.6, 39.8, 2.9),
    "address": Line(15.5, 28.2, 50.5, 2.9, 4, 4.0),
    "number": _NUMBER,
}
_FRONT_MARK = (54.0, 39.8, 80.0, 43.4)
_FRONT_PORTRAIT = (54.0, 6.8, 80.0, 38.8)

LAYOUTS: Mapping[str, Layout] = {
    "id_front": Layout(_FRONT_LABELS, _FRONT_VALUES, _FRONT_MARK, _FRONT_PORTRAIT),
    "id_back": Layout(
        {
            "state": ("中华人民共和国", Line(27.0, 9.8, 75.0, 4.4)),
            "title": ("居民身份证", Line(27.0, 19.4, 75.0, 7.0)),
            "authority": ("签发机关", Line(19.5, 41.2, 31.5, 2.7)),
            "validity": ("有效期限", Line(19.5, 47.4, 31.5, 2.7)),
        },
        {"authority": Line(34.5, 41.2, 80.0, 2.9), "validity": Line(34.5, 47.4, 80.0, 2.9)},
        (30.0, 29.5, 72.0, 34.5),
        ring=(6.5, 6.0, 20.0, 19.5),
    ),
    "hmt_permit_front": Layout(
        {name: label for name, label in _FRONT_LABELS.items() if name != "nation"},
        {name: value for name, value in _FRONT_VALUES.items() if name != "nation"},
        _FRONT_MARK,
        _FRONT_PORTRAIT,
    ),
    "foreigner_front": Layout(
        {
            "title": ("中华人民共和国外国人永久居留身份证", Line(14.5, 5.0, 80.5, 3.2)),
            "subtitle": ("FOREIGN PERMANENT RESIDENT ID CARD OF CHINA", Line(14.5, 9.0, 80.5, 2.0)),
            "name": ("姓名/Name", Line(5.4, 13.8, 20.0, 1.9)),
            "sex": ("性别/Sex", Line(5.4, 25.0, 16.0, 1.9)),
            "birth": ("出生日期/Date of Birth", Line(21.0, 25.0, 44.0, 1.9)),
            "nationality": ("国籍/Nationality", Line(5.4, 32.2, 24.0, 1.9)),
            "validity": ("有效期限/Period of Validity", Line(5.4, 39.4, 32.0, 1.9)),
            "number": ("证件号码/Card No.", Line(5.4, 48.0, 26.0, 2.1)),
        },
        {
            "english_name": Line(5.4, 17.4, 55.5, 2.6),
            "name": Line(5.4, 21.4, 40.0, 2.9),
            "sex": Line(5.4, 28.4, 16.0, 2.7),
            "birth": Line(21.0, 28.4, 44.0, 2.7),
            "nationality": Line(5.4, 35.6, 44.0, 2.7),
            "validity": Line(5.4, 42.8, 50.0, 2.7),
            "number": Line(29.5, 48.0, 77.5, 2.9),
        },
        (58.0, 50.0, 80.0, 52.6),
        (56.5, 13.5, 80.5, 43.5),
        (5.0, 3.0, 12.0, 10.0),
    ),
    "bank_card": Layout(
        {
            "bank": ("测试银行 TEST BANK", Line(6.0, 7.5, 55.0, 4.0)),
            "expiry": ("VALID THRU", Line(27.0, 40.0, 35.0, 1.5)),
        },
        {
            "number.embossed": Line(8.4, 32.6, 82.0, 4.0),
            "number.flat": Line(8.4, 32.6, 82.0, 3.3),
            "expiry": Line(36.5, 40.0, 50.5, 2.9),
        },
        (10.0, 45.0, 50.0, 49.0),
    ),
}
KINDS = tuple(LAYOUTS)
