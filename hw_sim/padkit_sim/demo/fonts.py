"""The fonts in which an agent sets documents, where Debian puts them."""

from __future__ import annotations

from pathlib import Path

FONTS = tuple(
    Path("/usr/share/fonts") / font
    for font in (
        "opentype/noto/NotoSansCJK-Regular.ttc",
        "opentype/noto/NotoSansCJK-Bold.ttc",
        "truetype/hanazono/HanaMinA.ttf",
    )
)


def lacking() -> list[Path]:
    """Return those that are not here."""
    return [font for font in FONTS if not font.exists()]
