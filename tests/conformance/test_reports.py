"""The reports that a run of the kit writes, and the tier in them."""

from __future__ import annotations

import json

READER = ("--padkit-plugin", "back_clip", "--padkit-model", "SAM_V")


def report_of(folder, name="report.json"):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_reader_reaches_silver_on_the_simulator_and_never_gold(run_kit, tmp_path):
    ran = run_kit(*READER, "--padkit-json=report.json", "--padkit-html=report.html")
    assert ran.code == 0, ran.said
    report = report_of(tmp_path)
    assert report["tier"] == "silver"
    assert report["evidence"]["why_not_hardware"] == "the hands are the simulator's"
    assert {it["outcome"] for it in report["promises"]} == {"kept"}
    assert [rule["name"] for rule in report["rules"] if not rule["met"]] == ["real hardware", "trace"]
    assert "gold lacks: real hardware" in ran.said
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'class="tier silver"' in page


def test_a_part_of_the_kit_reaches_nothing(run_kit, tmp_path):
    ran = run_kit(*READER, "-k", "module_number", "--padkit-json=report.json")
    assert ran.code == 0, ran.said
    report = report_of(tmp_path)
    assert report["tier"] == "none"
    assert {it["outcome"] for it in report["promises"]} == {"kept", "not run"}


def test_a_broken_promise_is_told_with_device_step_expected_and_got(run_wrong, tmp_path):
    run_wrong("retracts-by-feeding", "test_card_dispenser", "-k", "capture_raises", "--padkit-json=report.json")
    report = report_of(tmp_path)
    assert report["tier"] == "none"
    (case, *_) = [case for it in report["promises"] for case in it["cases"] if case["outcome"] == "broken"]
    assert case["device"].startswith("retracts-by-feeding at ")
    assert case["step"] == "move to BIN with a card at gate"
    assert case["expected"] == "no card left the hopper"
    assert case["got"] == "card 000002 did"


def test_an_earlier_report_that_is_none_is_refused(run_kit, tmp_path):
    (tmp_path / "old.json").write_text("{}")
    ran = run_kit(*READER, "--padkit-with", "old.json")
    assert ran.code == 4
    assert "give a file that --padkit-json wrote" in ran.said
