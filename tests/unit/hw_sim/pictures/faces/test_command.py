"""The commands: folders of sittings, pairs of faces, and what is refused."""

from __future__ import annotations

import json

import cv2
import pytest
from click.testing import CliRunner

from padkit_sim.cli import main


def run(*words):
    return CliRunner().invoke(main, ["pictures", *map(str, words)])


def test_sittings_are_written_a_folder_each(tmp_path):
    done = run("faces", tmp_path, "--attack", "screen", "--count", 2, "--seed", 7, "--steps", "flash:#ff0000")
    assert done.exit_code == 0, done.output
    assert sorted(it.name for it in tmp_path.iterdir()) == ["screen-7", "screen-8"]
    assert json.loads((tmp_path / "screen-8" / "session.json").read_text())["seed"] == 8


@pytest.mark.parametrize("words", [("--attack", "hologram"), ("--steps", "jump"), ("--person", "nobody")])
def test_what_is_unknown_is_refused(tmp_path, words):
    done = run("faces", tmp_path / "x", *words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_pairs_are_same_and_different_of_chip_and_print_by_turns(tmp_path):
    assert run("pairs", tmp_path, "--count", 4).exit_code == 0
    labels = [json.loads((tmp_path / f"pair-{number}.json").read_text()) for number in range(1, 5)]
    assert {(it["kind"], it["same"]) for it in labels} == {
        ("chip", True),
        ("chip", False),
        ("print", True),
        ("print", False),
    }
    for label in labels:
        assert (label["people"][0] == label["people"][1]) is label["same"]
        portrait = cv2.imread(str(tmp_path / label["portrait"]))
        assert portrait.shape[:2] == ((126, 102) if label["kind"] == "chip" else (296, 240))
        assert cv2.imread(str(tmp_path / label["face"])).shape == (480, 640, 3)
