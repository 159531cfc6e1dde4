"""Each model has its card and each card its model, with the sha256 that the file has; the index and the site list them all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from padkit_vision.shelf import LIST_NAME, Entry, read_list

ROOT = Path(__file__).parents[2]
CARDS = ROOT / "docs" / "reference" / "models"
FOLDERS = sorted(path.parent for path in ROOT.glob(f"plugins/*/padkit_*/models/{LIST_NAME}"))
ENTRIES = [(folder, entry) for folder in FOLDERS for entry in read_list(folder)]
NAMES = sorted(entry.name for _, entry in ENTRIES)


def of_each(argument: tuple[Path, Entry]) -> str:
    return argument[1].name


def test_there_are_models() -> None:
    assert [folder.parts[-3] for folder in FOLDERS] == ["liveness", "ocr"]


@pytest.mark.parametrize("model", ENTRIES, ids=of_each)
def test_a_model_has_a_card_with_its_hash(model: tuple[Path, Entry]) -> None:
    _, entry = model
    card = (CARDS / f"{entry.name}.md").read_text(encoding="utf-8")
    assert card.startswith(f"# {entry.name}\n")
    assert f"| sha256 | `{entry.sha256}` |" in card
    assert ("**not shipped**" in card) == (not entry.file)


@pytest.mark.parametrize("model", [it for it in ENTRIES if it[1].file], ids=of_each)
def test_a_shipped_model_is_the_file_that_the_list_names(model: tuple[Path, Entry]) -> None:
    folder, entry = model
    assert hashlib.sha256((folder / entry.file).read_bytes()).hexdigest() == entry.sha256


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parts[-3])
def test_every_model_file_is_listed(folder: Path) -> None:
    listed = {entry.file for entry in read_list(folder) if entry.file}
    assert {path.name for path in folder.glob("*.onnx")} == listed


def test_every_card_has_its_model() -> None:
    assert sorted(path.stem for path in CARDS.glob("*.md")) == NAMES


def test_the_index_and_the_site_list_every_card() -> None:
    index = (CARDS.parent / "models.md").read_text(encoding="utf-8")
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"[{name}](models/{name}.md)" in index
        assert f"- reference/models/{name}.md\n" in site
