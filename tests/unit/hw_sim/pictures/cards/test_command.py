"""The commands: files and labels as an evaluation reads them, and what is refused."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from padkit_sim.cli import main
from padkit_sim.pictures.cards.command import DEFECTS, KINDS
from padkit_sim.pictures.cards.layouts import KINDS as DRAWN
from padkit_sim.pictures.cards.strengths import DEFECTS as KNOWN

pytestmark = pytest.mark.usefixtures("fonts")


def run(*words):
    return CliRunner().invoke(main, ["pictures", "cards", *map(str, words)])


def test_the_command_offers_what_can_be_drawn() -> None:
    assert KINDS == DRAWN
    assert DEFECTS == KNOWN


def test_pictures_have_their_labels_beside_them(tmp_path):
    done = run(tmp_path, "--kind", "id_back", "--level", 2, "--count", 2, "--seed", 40)
    assert done.exit_code == 0, done.output
    assert sorted(it.name for it in tmp_path.glob("*.jpg")) == ["id_back-2-40.jpg", "id_back-2-41.jpg"]
    label = json.loads((tmp_path / "id_back-2-41.json").read_text(encoding="utf-8"))
    assert (label["kind"], label["level"], label["seed"], label["expect"]) == ("id_back", 2, 41, None)
    assert set(label["fields"]) == {"authority", "valid_from", "valid_to"}
    assert label["chip"]["issuer"] == label["fields"]["authority"]
    assert done.stderr == "2 of 2\n"


def test_a_seed_is_the_same_person_and_file_each_time(tmp_path):
    for name in ("one", "two"):
        assert run(tmp_path / name, "--level", 1, "--seed", 5).exit_code == 0
    first, again = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert [it.read_bytes() for it in first] == [it.read_bytes() for it in again]
    assert run(tmp_path / "hard", "--level", 3, "--seed", 5).exit_code == 0
    labels = [json.loads(next((tmp_path / name).glob("*.json")).read_text()) for name in ("one", "hard")]
    assert labels[0]["fields"] == labels[1]["fields"]


def test_a_defect_is_what_the_gate_should_say(tmp_path):
    done = run(tmp_path, "--kind", "bank_card", "--defect", "glare", "--json")
    assert done.exit_code == 0, done.output
    path = json.loads(done.stdout)["label"]
    assert json.loads((tmp_path / "bank_card-1-glare-1.json").read_text())["expect"] == "document.glare"
    assert path == str(tmp_path / "bank_card-1-glare-1.json")


def test_swapped_digits_are_in_the_label(tmp_path):
    assert run(tmp_path, "--swap-digits", "--level", 0).exit_code == 0
    label = json.loads((tmp_path / "id_front-0-swapped-1.json").read_text())
    assert label["fields"]["number"] != label["chip"]["number"]
    assert sorted(label["fields"]["number"]) == sorted(label["chip"]["number"])


@pytest.mark.parametrize(
    "words", [("--kind", "passport"), ("--level", 4), ("--defect", "torn"), ("--kind", "id_back", "--swap-digits")]
)
def test_what_is_unknown_is_refused(tmp_path, words):
    done = run(tmp_path / "x", *words)
    assert done.exit_code == 2
    assert not (tmp_path / "x").exists()
