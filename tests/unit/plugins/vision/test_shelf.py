"""The shelf: what is listed, what the site brought under whatever name, and what lies there and is none of ours."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from padkit_sdk import Refused
from padkit_vision.shelf import LIST_NAME, MAX_LIST_BYTES, MAX_MODEL_BYTES, MAX_SITE_FILES, read_shelf

DATA = b"a model"
SHA256 = hashlib.sha256(DATA).hexdigest()
SHIPPED = f'[one]\nfile = "one.onnx"\nsha256 = "{"0" * 64}"\nlicence = "MIT"\norigin = "here"\n'
BROUGHT = f'[two]\nsite = true\nsha256 = "{SHA256}"\nlicence = "MIT"\norigin = "there"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / LIST_NAME).write_text(SHIPPED + BROUGHT)
    return tmp_path / "shelf"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def test_a_shipped_model_lies_beside_the_list_and_a_missing_site_model_is_left_out(folder: Path, site: Path) -> None:
    for where in (None, site):
        shelf = read_shelf(folder, where)
        assert {name: model.path for name, model in shelf.items()} == {"one": folder / "one.onnx"}


def test_a_site_model_is_found_by_its_hash_whatever_it_is_called(folder: Path, site: Path) -> None:
    (site / "some name").write_bytes(DATA)
    (site / "other").write_bytes(b"another model")
    assert read_shelf(folder, site)["two"].path == site / "some name"


def test_a_site_model_may_be_a_link(folder: Path, site: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(DATA)
    (site / "link").symlink_to(tmp_path / "elsewhere")
    assert read_shelf(folder, site)["two"].path == site / "link"


def test_what_is_no_readable_file_of_a_models_size_is_passed_over(folder: Path, site: Path) -> None:
    (site / "loop").symlink_to(site / "loop")
    (site / "nowhere").symlink_to(site / "gone")
    (site / "folder").mkdir()
    os.mkfifo(site / "pipe")
    (site / "huge").write_bytes(DATA)
    os.truncate(site / "huge", MAX_MODEL_BYTES + 1)
    (site / "zz").write_bytes(DATA)
    assert read_shelf(folder, site)["two"].path == site / "zz"


def test_a_file_that_was_changed_is_hashed_anew(folder: Path, site: Path) -> None:
    (site / "model").write_bytes(DATA)
    assert "two" in read_shelf(folder, site)
    (site / "model").write_bytes(b"changed, and longer")
    assert "two" not in read_shelf(folder, site)


def test_a_crowded_site_folder_is_refused(folder: Path, site: Path) -> None:
    for number in range(MAX_SITE_FILES + 1):
        (site / str(number)).touch()
    with pytest.raises(Refused, match=str(MAX_SITE_FILES)) as refusal:
        read_shelf(folder, site)
    assert refusal.value.reason == "model.site"


def test_a_site_folder_that_is_not_there_is_refused(folder: Path, site: Path) -> None:
    site.rmdir()
    with pytest.raises(Refused, match="site_models") as refusal:
        read_shelf(folder, site)
    assert refusal.value.reason == "model.site"


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        b"\xff".decode("latin-1"),
        "one = 1",
        SHIPPED + "more = 1\n",
        SHIPPED.replace("0" * 64, "0" * 63),
        SHIPPED.replace("0" * 64, "A" * 64),
        SHIPPED.replace("one.onnx", "../one.onnx"),
        SHIPPED.replace("one.onnx", ""),
        SHIPPED + "site = true\n",
        SHIPPED.replace('licence = "MIT"\n', ""),
        SHIPPED.replace('"MIT"', "7"),
        BROUGHT.replace("true", '"yes"'),
        "#" * (MAX_LIST_BYTES + 1),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(folder: Path, text: str) -> None:
    (folder / LIST_NAME).write_bytes(text.encode("latin-1"))
    with pytest.raises(Refused, match=LIST_NAME) as refusal:
        read_shelf(folder, None)
    assert refusal.value.reason == "model.list"


def test_a_folder_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        read_shelf(tmp_path, None)
    assert refusal.value.reason == "model.list"
