"""The shelf of templates: versions, digests, and that a published version never changes."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from padkit_agent.documents import TEMPLATES, Shelf, open_shelf
from padkit_sdk.errors import Refused

PUBLISHED = Path(__file__).parents[3] / "vectors" / "documents" / "templates.toml"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(TEMPLATES, tmp_path / "templates")


def test_a_published_version_never_changes(shelf: Shelf) -> None:
    published = tomllib.loads(PUBLISHED.read_text(encoding="utf-8"))["sm3"]
    assert {f"{name}/{version}": it.sm3 for (name, version), it in shelf.sheets.items()} == published


def test_every_document_is_written_in_both_languages(shelf: Shelf) -> None:
    assert {it.template.languages for it in shelf.sheets.values()} == {("zh-CN", "en")}


def test_no_template_asks_for_a_file_or_a_package() -> None:
    for path in TEMPLATES.rglob("*.typ"):
        assert not re.search(r"#\s*(import|include)|\bread\(|\bplugin\(|@preview", path.read_text(encoding="utf-8")), (
            path
        )


def test_the_newest_version_is_found_and_an_older_one_by_its_number(copied: Path) -> None:
    shutil.copytree(copied / "D-CRS" / "1", copied / "D-CRS" / "12")
    head = copied / "D-CRS" / "12" / "template.toml"
    head.write_text(head.read_text(encoding="utf-8").replace("version = 1\n", "version = 12\n"), encoding="utf-8")
    shelf = open_shelf(copied)
    assert shelf.find("D-CRS").template.version == 12
    assert shelf.find("D-CRS", 1).template.version == 1
    assert [it.template.version for it in shelf.newest() if it.template.id == "D-CRS"] == [12]


@pytest.mark.parametrize("file", ["D-CRS/1/template.toml", "D-CRS/1/en.typ", "D-CRS/1/zh-CN.typ", "house-1.typ"])
def test_the_digest_covers_every_file_that_is_set(copied: Path, shelf: Shelf, file: str) -> None:
    with (copied / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert open_shelf(copied).find("D-CRS").sm3 != shelf.find("D-CRS").sm3


@pytest.mark.parametrize(("name", "version"), [("D-NOBODY", None), ("D-CRS", 99), ("D-CRS\n\x1b[2J" * 20, None)])
def test_a_document_that_is_not_there_is_refused_with_those_that_are(
    shelf: Shelf, name: str, version: int | None
) -> None:
    with pytest.raises(Refused) as refused:
        shelf.find(name, version)
    assert refused.value.reason == "document.unknown"
    assert "D-CDD 1, D-CRS 1" in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("file", ["D-CRS/1/en.typ", "house-1.typ"])
def test_a_template_that_lacks_a_file_is_refused(copied: Path, file: str) -> None:
    (copied / file).unlink()
    with pytest.raises(Refused, match=Path(file).name) as refused:
        open_shelf(copied)
    assert refused.value.reason == "document.template"


def test_a_template_in_another_ones_folder_is_refused(copied: Path) -> None:
    (copied / "D-CRS").rename(copied / "D-OTHER")
    with pytest.raises(Refused, match="D-OTHER/1") as refused:
        open_shelf(copied)
    assert refused.value.reason == "document.template"
