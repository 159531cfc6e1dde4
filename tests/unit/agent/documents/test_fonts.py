"""The fonts of documents: what they hold is read from Debian's files, and one that is missing is named with its package."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from padkit_agent.documents import Fonts, open_fonts
from padkit_agent.documents.fonts import BOLD, REGULAR, ROOT, Coverage, FontFile
from padkit_sdk.errors import Refused

NO_CHARACTERS = b"\0\1\0\0\0\0" + bytes(6)


@pytest.fixture
def root(document_fonts: None, tmp_path: Path) -> Path:
    for font in (*REGULAR, BOLD):
        there = tmp_path / font.path
        there.parent.mkdir(parents=True, exist_ok=True)
        if not there.exists():
            there.symlink_to(ROOT / font.path)
    return tmp_path


@pytest.mark.parametrize("character", "张·㐂A9—●○𠀀𠮷𪛖𪜀𫝀𫠠𬺰韓ㄱ㎡")
def test_common_rare_and_extension_b_to_f_characters_are_held(kit_fonts: Fonts, character: str) -> None:
    assert character in kit_fonts.coverage


@pytest.mark.parametrize("character", "\U000323af\U0010ffff\u1820\u0628")
def test_what_no_font_draws_is_not_held(kit_fonts: Fonts, character: str) -> None:
    assert character not in kit_fonts.coverage


def test_groups_may_overlap_and_end_anywhere() -> None:
    coverage = Coverage([(10, 100), (20, 30), (200, 200)])
    held = [code for code in range(300) if chr(code) in coverage]
    assert held == [*range(10, 101), 200]


@pytest.mark.parametrize("font", [*REGULAR, BOLD])
def test_a_missing_font_is_named_with_its_package(root: Path, font: FontFile) -> None:
    (root / font.path).unlink()
    with pytest.raises(Refused, match=f"{font.path}.*install the Debian package {font.package}") as refused:
        open_fonts(root)
    assert refused.value.reason == "document.fonts"


@pytest.mark.parametrize("broken", [b"", b"ttcf", NO_CHARACTERS, b"ttcf" + b"\xff" * 100])
def test_a_broken_font_is_named_with_its_package(root: Path, broken: bytes) -> None:
    there = root / REGULAR[0].path
    there.unlink()
    there.write_bytes(broken)
    with pytest.raises(Refused, match="fonts-noto-cjk"):
        open_fonts(root)


def test_a_font_cut_off_in_its_table_of_characters_is_refused(root: Path) -> None:
    there = root / REGULAR[1].path
    there.unlink()
    shutil.copyfile(ROOT / REGULAR[1].path, there)
    with there.open("r+b") as file:
        file.truncate(4096)
    with pytest.raises(Refused, match="fonts-hanazono"):
        open_fonts(root)
