"""The fonts that customer documents are set in, Debian's, and which characters they hold.

Nothing else of the machine is used, so that two kits set the same bytes.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padkit_sdk.errors import Refused

if TYPE_CHECKING:
    import typst

ROOT = Path("/usr/share/fonts")
TABLE_FORMAT = 12  # OpenType 1.9, cmap: groups of 32-bit characters


@dataclass(frozen=True, slots=True)
class FontFile:
    """One face of a file below `ROOT`. `package` is Debian's, `index` counts the faces of a collection."""

    package: str
    path: str
    index: int = 0


REGULAR = (
    FontFile("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc", index=2),  # "Noto Sans CJK SC"
    FontFile("fonts-hanazono", "truetype/hanazono/HanaMinA.ttf"),
    FontFile("fonts-hanazono", "truetype/hanazono/HanaMinB.ttf"),
)
BOLD = FontFile("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Bold.ttc", index=2)


class Coverage:
    """Which characters some fonts have a glyph for."""

    def __init__(self, groups: Sequence[tuple[int, int]]) -> None:
        self._groups = sorted(groups)
        self._lasts: list[int] = []
        reach = -1
        for _, last in self._groups:
            reach = max(reach, last)
            self._lasts.append(reach)

    def __contains__(self, character: str) -> bool:
        code = ord(character)
        at = bisect_right(self._groups, (code, 0x110000)) - 1
        return at >= 0 and code <= self._lasts[at]


@dataclass(frozen=True, slots=True)
class Fonts:
    """The opened fonts: for the typesetter, and for asking what they hold."""

    faces: typst.Fonts
    coverage: Coverage = field(repr=False)


def open_fonts(root: Path = ROOT) -> Fonts:
    """Open the fonts below `root`; takes up to a second, so keep them.

    Raises:
        Refused: ``document.fonts`` when one is missing or cannot be read; the message names its Debian package.
    """
    import typst  # 80 MB of program: only where documents are set

    groups = [group for font in REGULAR for group in _groups(font, root)]
    folders = sorted({(root / font.path).parent for font in (*REGULAR, BOLD)})
    faces = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(it) for it in folders]
    )
    seen = {(Path(face.path).resolve(), face.index) for face in faces.fonts() if face.path}
    for font in (*REGULAR, BOLD):
        if ((root / font.path).resolve(), font.index) not in seen:
            raise _missing(font, root, "the typesetter does not see it")
    return Fonts(faces, Coverage(groups))


def _missing(font: FontFile, root: Path, why: str) -> Refused:
    told = f"font {root / font.path}: {why}; install the Debian package {font.package}"
    return Refused("document.fonts", told)


def _groups(font: FontFile, root: Path) -> list[tuple[int, int]]:
    try:
        with (root / font.path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return list(_read_groups(data, font.index))
    except (OSError, ValueError, struct.error) as exc:
        raise _missing(font, root, str(exc)) from exc


def _read_groups(data: mmap.mmap, index: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last character of each group of a face (OpenType 1.9: font file, ttc header, cmap)."""
    face = _unpack(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = (_unpack(">4sIII", data, face + 12 + 16 * at) for at in range(_unpack(">H", data, face + 4)[0]))
    cmap = next((offset for tag, _, offset, _ in tables if tag == b"cmap"), None)
    if cmap is None:
        raise ValueError("it has no table of characters")
    for at in range(_unpack(">H", data, cmap + 2)[0]):
        table = cmap + _unpack(">HHI", data, cmap + 4 + 8 * at)[2]
        if _unpack(">H", data, table)[0] == TABLE_FORMAT:
            for group in range(_unpack(">I", data, table + 12)[0]):
                first, last, glyph = _unpack(">III", data, table + 16 + 12 * group)
                yield first + (glyph == 0), last  # glyph 0 is the box that stands for no glyph
            return
    raise ValueError("it has no table of 32-bit characters")


_unpack: Callable[..., tuple[Any, ...]] = struct.unpack_from
