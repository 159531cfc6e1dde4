"""The windows of each side, from the tables of docs/reference/document-layouts.md.

A window reaches 1.5 to 2 mm beyond its value: the print is up to 0.5 mm off its card, and a card is found some pixels off. Values
that stand in one row with short labels between them are one window, read at once: sex and nation, the day of birth.
"""

from __future__ import annotations

from collections.abc import Mapping

from padkit_ocr.layouts.window import Window
from padkit_sdk.ports import DocumentSide

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NARROW = 0.68  # Chinese characters read as well at four fifths of their width; names of letters lose their blanks

_NAME = Window("name", 13.6, 6.2, 53.0, 11.0, 3.3)  # at full width: rare characters
_BIRTH = Window("birth", 13.6, 19.4, 44.0, 23.8, 2.9, DIGITS + "年月日", density=NARROW)
_ADDRESS = Window("address", 13.6, 26.0, 52.6, 42.6, 2.9, lines=4, pitch=4.0, first=2.2, density=NARROW)
_NUMBER = Window("number", 27.6, 44.6, 79.5, 49.4, 2.9, DIGITS + "X", density=0.64)

WINDOWS: Mapping[DocumentSide, tuple[Window, ...]] = {
    DocumentSide.ID_FRONT: (
        _NUMBER,
        _NAME,
        Window("sex_nation", 13.6, 13.0, 52.6, 17.4, 2.9, density=NARROW),
        _BIRTH,
        _ADDRESS,
    ),
    DocumentSide.ID_BACK: (
        Window("valid", 33.0, 45.2, 81.5, 49.6, 2.9, DIGITS + ".-长期", slashes=True),
        Window("authority", 33.0, 39.0, 81.5, 43.4, 2.9),
    ),
    DocumentSide.HMT_PERMIT_FRONT: (
        _NUMBER,
        _NAME,
        Window("sex", 13.6, 13.0, 22.0, 17.4, 2.9, "男女"),
        _BIRTH,
        _ADDRESS,
    ),
    DocumentSide.FOREIGNER_FRONT: (
        Window("number", 27.6, 45.6, 79.5, 50.4, 2.9, DIGITS + CAPITALS, density=0.8),
        Window("english_name", 4.0, 15.4, 56.0, 19.3, 2.6, CAPITALS + " ,-'."),
        Window("name", 4.0, 19.4, 42.0, 23.5, 2.9),
        Window("sex", 4.0, 26.3, 18.0, 30.5, 2.7, "男女/MF", slashes=True),
        Window("birth", 19.6, 26.3, 45.5, 30.5, 2.7, DIGITS + "."),
        Window("nationality", 4.0, 33.5, 45.5, 37.7, 2.7, slashes=True),
        Window("valid", 4.0, 40.7, 52.0, 44.9, 2.7, DIGITS + ".-长期", slashes=True),
    ),
    DocumentSide.BANK_CARD: (
        Window("number", 6.4, 29.6, 83.6, 35.6, 3.7, DIGITS + " ", density=0.56, light=True),
        Window("expiry", 35.4, 37.8, 52.0, 42.2, 2.9, DIGITS + "/|", density=1.0, slashes=True, light=True),
    ),
}
