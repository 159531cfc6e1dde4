"""The evaluation of documents, counted on a toy whose pictures say what it reads."""

from __future__ import annotations

import json
import stat

NUMBER = "11010119900131002X"
RIGHT = {"fields": {"number": [NUMBER, "checked"], "name": ["王 小明", "read"]}}
WRONG = {"fields": {"number": ["110101199001310021", "doubtful"], "name": ["王小明", "read"]}}
LABEL = {"kind": "id_front", "fields": {"number": NUMBER, "name": "王 小明"}}


def measured(ran):
    return {(it["measure"], it["group"], it["level"]): it["value"] for it in json.loads(ran.stdout)["measures"]}


def test_fields_are_counted_by_kind_and_level(put, evaluate):
    put("a.jpg", RIGHT, **LABEL, level=0)
    put("b.jpg", WRONG, **LABEL, level=0)
    put("c.jpg", {"ask": "document.blurred", **RIGHT}, **LABEL, level=1)
    bank = {"side": "bank_card", "fields": {"number": ["6225", "checked"]}}
    put("d.jpg", bank, kind="bank_card", level=0, fields={"number": "6225"})
    ran = evaluate("ocr", "--json")
    found = measured(ran)
    assert ran.exit_code == 0
    assert found["number", "id_front", 0] == 0.5
    assert found["name", "id_front", 0] == 0.5  # blanks are not thrown away
    assert found["number", "id_front", 1] == 0  # asked for again is not right
    assert found["number", "bank_card", 0] == 1
    assert found["wrong_checked", "", None] == 0


def test_fields_of_another_side_are_not_right(put, evaluate):
    put("a.jpg", {**RIGHT, "side": "hmt_permit_front"}, **LABEL)
    ran = evaluate("ocr", "--json")
    assert measured(ran)["number", "id_front", 0] == 0
    assert json.loads(ran.stdout)["failed"][0]["why"][0] == "side: read hmt_permit_front, label id_front"


def test_goals_decide_the_exit_code(put, evaluate):
    put("a.jpg", RIGHT, **LABEL)
    put("b.jpg", WRONG, **LABEL, level=1)
    assert evaluate("ocr", "--goal", "number/0=0.99", "--goal", "wrong_checked=0").exit_code == 0
    missed = evaluate("ocr", "--goal", "number=0.99")
    assert missed.exit_code == 1
    assert "goal number=0.99: MISSED: number:id_front/1 0 (0 of 1)" in missed.stdout


def test_a_wrong_number_that_is_checked_is_named(put, evaluate):
    put("bad.jpg", {"fields": {"number": ["1", "checked"], "name": ["王 小明", "read"]}}, **LABEL)
    ran = evaluate("ocr", "--json", "--goal", "wrong_checked=0")
    assert ran.exit_code == 1
    assert any(it.startswith("A WRONG NUMBER") and it.endswith("bad.jpg") for it in json.loads(ran.stdout)["notes"])


def test_what_the_gate_asked_for_is_read_without_it(put, evaluate):
    put("a.jpg", {"ask": "document.glare", **WRONG}, **LABEL, level=3)  # rightly
    put("b.jpg", {"ask": "document.glare", **WRONG}, **LABEL, level=3)
    put("c.jpg", {"ask": "document.glare", **RIGHT}, **LABEL, level=3)  # needlessly
    put("d.jpg", WRONG, **LABEL, level=3)  # it should have
    found = measured(evaluate("ocr", "--json"))
    assert found["asked_again", "", 3] == 2 / 3
    assert found["asked_needlessly", "", 3] == 1 / 4


def test_where_nothing_is_misread_the_gate_has_missed_nothing(put, evaluate):
    put("a.jpg", RIGHT, **LABEL, level=3)
    assert evaluate("ocr", "--goal", "asked_again/3=0.7").exit_code == 0


def test_pictures_that_should_be_asked_for_again_are_judged_by_their_hint(put, evaluate):
    gate = {"kind": "id_front", "fields": {}, "expect": "document.screen"}
    put("a.jpg", {"ask": "document.screen"}, **gate)
    put("b.jpg", {"ask": "document.glare"}, **gate)
    put("c.jpg", RIGHT, **gate)
    put("d.jpg", RIGHT, **LABEL)
    found = measured(evaluate("ocr", "--json"))
    assert found["hint", "document.screen", None] == 1 / 3
    assert found["number", "id_front", 0] == 1


def test_a_driver_that_fails_or_lets_a_bug_through_ends_no_run(put, evaluate):
    put("a.jpg", {"fault": "vision.memory"}, **LABEL)
    put("b.jpg", {"bug": "a name nobody may see"}, **LABEL)
    put("c.jpg", RIGHT, **LABEL)
    ran = evaluate("ocr", "--json")
    rows = {row["outcome"]: row["count"] for row in json.loads(ran.stdout)["tables"]["outcomes"]}
    assert rows == {"DeviceFault vision.memory": 1, "ZeroDivisionError (not of the family)": 1, "way windows": 1}
    assert "nobody may see" not in ran.output


def test_two_processes_count_the_same_and_one_that_dies_loses_its_picture_only(put, evaluate):
    for number in range(4):
        put(f"{number}.jpg", RIGHT, **LABEL)
    put("9.jpg", {"dies": True}, **LABEL)
    ran = evaluate("ocr", "--jobs", "2", "--json")
    assert measured(ran)["number", "id_front", 0] == 4 / 5
    assert [it["why"] for it in json.loads(ran.stdout)["failed"]] == [["process ended"]]


def test_the_report_has_the_failed_pictures_and_is_its_owners_only(put, evaluate, tmp_path):
    put("a.jpg", RIGHT, **LABEL, seed=7)
    bad = put("b.jpg", WRONG, **LABEL)
    out = tmp_path / "report"
    assert evaluate("ocr", "--report", str(out), "--lang", "zh-CN").exit_code == 0
    assert (out / "pictures" / "0000-0.jpg").read_bytes() == bad.read_bytes()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "合成数据" in page
    assert "110101199001310021" in page
    told = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert told["models"] == {"toy": "ab" * 32}
    assert [it["case"] for it in told["failed"]] == [str(bad)]
    assert {stat.S_IMODE(it.stat().st_mode) for it in out.rglob("*") if it.is_file()} == {0o600}


def test_a_report_may_be_one_file_by_name_with_its_page_beside_it(put, evaluate, tmp_path):
    put("b.jpg", WRONG, **LABEL)
    out = tmp_path / "reports" / "monday.json"
    assert evaluate("ocr", "--report", str(out)).exit_code == 0
    assert len(json.loads(out.read_text(encoding="utf-8"))["failed"]) == 1
    assert "monday-pictures/0000-0.jpg" in (out.parent / "monday.html").read_text(encoding="utf-8")
    assert (out.parent / "monday-pictures" / "0000-0.jpg").is_file()
    out.with_name("old.json").mkdir()  # a folder that ends so is still a folder
    assert evaluate("ocr", "--report", str(out.with_name("old.json"))).exit_code == 0
    assert (out.with_name("old.json") / "report.json").is_file()


def test_what_stands_on_the_terminal_shows_nothing_of_a_person(put, evaluate):
    put("a.jpg", WRONG, **LABEL)
    ran = evaluate("ocr")
    assert "110101" not in ran.output
    assert "王" not in ran.output


def test_a_wrong_call_ends_with_two_and_says_what_to_do(put, evaluate):
    assert evaluate("ocr").exit_code == 2  # nothing there
    put("a.jpg", RIGHT, **LABEL)
    for options, said in (
        (("--goal", "number"), "goal 'number'"),
        (("--goal", "apcer=0.1"), "nothing measured"),
        (("--setting", "speed=1"), "toy has gate"),
        (("--plugin", "nobody_made_it"), "no such entry point"),
        (("--report", "/proc/none"), "--report /proc/none"),
    ):
        ran = evaluate("ocr", *options)
        assert (ran.exit_code, said in ran.output) == (2, True), ran.output
