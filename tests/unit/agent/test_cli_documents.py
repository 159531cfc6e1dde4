"""`padkit-agent documents`: lists what can be set, sets it to a new file, and refuses in one line with exit code 1."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import click.testing
import pytest

from padkit_agent.cli import main
from padkit_contract.crypto import sm3

from .documents.test_handwriting import png
from .documents.values import GOOD


def run(*arguments: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(main, ["documents", *arguments])


@pytest.fixture
def values(tmp_path: Path) -> Path:
    path = tmp_path / "values.json"
    path.write_text(json.dumps(GOOD["D-CRS"]), encoding="utf-8")
    return path


def test_the_list_names_each_document_with_its_languages() -> None:
    told = run("list")
    assert told.exit_code == 0
    for name in GOOD:
        assert name in told.output
    assert "zh-CN,en" in told.output


def test_the_list_as_json_says_the_fields_and_the_template() -> None:
    rows = {row["id"]: row for row in json.loads(run("list", "--json").output)["documents"]}
    assert rows.keys() == GOOD.keys()
    assert len(rows["D-CRS"]["template_sm3"]) == 64
    fields = {field["name"]: field for field in rows["D-CRS"]["fields"]}
    assert fields["customer_name"]["max_length"] == 60
    assert fields["surname"]["when"] == {"field": "tax_status", "is": ["non_resident", "both"]}


def test_a_document_is_set_to_a_file_that_only_its_owner_can_read(
    values: Path, tmp_path: Path, document_fonts: None
) -> None:
    out = tmp_path / "out.pdf"
    told = run("render", "D-CRS", "--values", str(values), "--out", str(out), "--language", "en", "--elder", "--json")
    answer = json.loads(told.output)
    assert out.read_bytes().startswith(b"%PDF-1.7")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert answer["pdf_sm3"] == sm3(out.read_bytes()).hex()
    assert (answer["document"], answer["version"], answer["language"], answer["elder"]) == ("D-CRS", 1, "en", True)
    assert answer["bytes"] == out.stat().st_size


def test_without_json_it_prints_the_digest(values: Path, tmp_path: Path, document_fonts: None) -> None:
    out = tmp_path / "out.pdf"
    told = run("render", "D-CRS", "--values", str(values), "--out", str(out))
    assert told.output.strip() == sm3(out.read_bytes()).hex()


def test_what_was_written_by_hand_is_set_into_its_room(values: Path, tmp_path: Path, document_fonts: None) -> None:
    picture, out = tmp_path / "hand.png", tmp_path / "out.pdf"
    picture.write_bytes(png().data)
    common = ("render", "D-CRS", "--values", str(values), "--json")
    read = json.loads(run(*common, "--out", str(tmp_path / "read.pdf")).output)
    told = json.loads(run(*common, "--out", str(out), "--written", "signature", str(picture)).output)
    assert (read["signed_sm3"], told["signed_sm3"]) == ("", read["pdf_sm3"])
    assert told["pdf_sm3"] == sm3(out.read_bytes()).hex() != read["pdf_sm3"]


def test_a_file_that_is_there_is_left_as_it_is(values: Path, tmp_path: Path, document_fonts: None) -> None:
    told = run("render", "D-CRS", "--values", str(values), "--out", str(values))
    assert told.exit_code == 1
    assert "exists; give a new file" in told.output
    assert json.loads(values.read_text(encoding="utf-8")) == GOOD["D-CRS"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[]", "no JSON object"),
        ("{", "not JSON"),
        ('{"date": "2026-01-01", "date": "2026-01-02"}', "a field stands there twice"),
        ("[" * 60_000, "not JSON"),
        (" " * 70_000, "more than 65536 bytes"),
        ('{"nickname": "x"}', "field 'nickname': there is no such field"),
        (json.dumps({**GOOD["D-CRS"], "customer_name": "张\U000323af"}), "U+323AF"),
    ],
)
def test_what_cannot_be_set_is_refused_in_one_line_and_nothing_is_written(
    values: Path, tmp_path: Path, document_fonts: None, content: str, why: str
) -> None:
    values.write_text(content, encoding="utf-8")
    out = tmp_path / "out.pdf"
    told = run("render", "D-CRS", "--values", str(values), "--out", str(out))
    assert told.exit_code == 1
    assert why in told.output
    assert told.output.count("\n") == 1
    assert not out.exists()


def test_the_typesetter_is_not_loaded_before_a_document_is_set() -> None:
    told = "import sys, padkit_agent.cli, padkit_agent.app, padkit_agent.documents; sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0
