"""The whole way once, small: cards are drawn, our own reader is judged on them. What it is worth is the benchmark's to say."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from padkit_sim.cli import main as simulator
from padkit_vision.evaluate.cli import main

DRAWN = (("id_front", "--level", "0"), ("bank_card", "--level", "0"), ("id_front", "--defect", "dark"))


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    """A good card of two sides, and one that must be asked for again."""
    folder = tmp_path_factory.mktemp("cards")
    for kind, *words in DRAWN:
        asked = ["pictures", "cards", str(folder), "--kind", kind, "--seed", "41", *words]
        drawn = CliRunner().invoke(simulator, asked)
        assert drawn.exit_code == 0, drawn.output
    return folder


def test_our_reader_is_judged_through_its_port(cards, tmp_path):
    goals = ("--goal", "number=1", "--goal", "wrong_checked=0", "--goal", "hint:document.dark=1")
    ran = CliRunner().invoke(main, ["evaluate", "ocr", str(cards), *goals, "--report", str(tmp_path / "report")])
    assert ran.exit_code == 0, ran.output
    told = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert told["cases"] == len(DRAWN)
    assert all(len(digest) == 64 for digest in told["models"].values())
    assert any("Synthetic" in note for note in told["notes"])
