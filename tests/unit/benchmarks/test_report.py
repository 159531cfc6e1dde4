from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks import report
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.machine import Machine, this_machine
from benchmarks.stats import median, quantile

MACHINE = Machine("a processor", 2, 8.0, "6.1", "3.11.2")
RESULT = Result(
    {
        "ready": Figure(0.5, "s", Goal("<", 0.4), Peer("another", 1.0), (0.4, 0.5, 0.7)),
        "sealed": Figure(600, "1/s", Goal.times(">=", 25, 20), Peer("gmssl", 20), (600,)),
        "seen": Figure(3, "MB"),
    },
    ("a note",),
)


def test_a_result_is_written_in_the_shape_that_is_promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "OUT", tmp_path)
    report.write("start", RESULT, MACHINE, "2026-01-01T00:00:00+00:00")
    written = json.loads((tmp_path / "start.json").read_text())
    assert set(written) == {"figures", "machine", "date"}
    assert written["figures"]["ready"] == {
        "value": 0.5,
        "unit": "s",
        "goal": "< 0.4",
        "ok": False,
        "peer": "another",
        "peer_value": 1.0,
        "ratio": 0.5,
    }
    assert json.loads((tmp_path / "samples" / "start.json").read_text())["samples"]["ready"] == [0.4, 0.5, 0.7]


def test_a_part_that_was_not_run_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "OUT", tmp_path)
    for part, value in (("first", 1), ("third", 3), ("first", 2)):
        report.write_part(
            "soak", ("first", "second", "third"), part, {"failed": Figure(value, "runs")}, MACHINE, "a day"
        )
    written = json.loads((tmp_path / "soak.json").read_text())["parts"]
    assert written["second"] == "not run"
    assert [written[part]["figures"]["failed"]["value"] for part in ("first", "third")] == [2, 3]
    assert (written["first"]["date"], written["first"]["machine"]["cores"]) == ("a day", 2)


def test_a_goal_in_multiples_of_the_peer_says_what_it_was_reckoned_from() -> None:
    figure = RESULT.figures["sealed"]
    assert (str(figure.goal), figure.ok, figure.ratio) == (">= 500 (25 x peer)", True, 30)


def test_a_figure_without_a_goal_is_only_reported() -> None:
    assert (RESULT.figures["seen"].ok, RESULT.figures["seen"].ratio) == (True, None)


def test_the_table_shows_a_missed_goal_and_the_notes() -> None:
    table = report.table("start", RESULT)
    assert "MISSED" in table
    assert "a note" in table


def test_a_quantile_is_a_sample_that_was_taken() -> None:
    samples = [3.0, 1.0, 2.0, 4.0]
    assert (quantile(samples, 0.5), quantile(samples, 0.99), median(samples)) == (2.0, 4.0, 2.5)


def test_the_machine_is_described_without_its_name() -> None:
    kernel = this_machine().kernel
    assert set(kernel) <= set("0123456789.")
