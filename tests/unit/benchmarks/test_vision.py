from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks import vision, vision_accuracy
from benchmarks.line_child import LineChild
from benchmarks.vision_lines import right_fields


def box(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


LABEL = {
    "fields": {"name": "王·小明", "sex": "女", "birth": "1990-01-05", "number": "11010119900105002X"},
    "boxes": {
        "name": box(100, 10, 200, 30),
        "sex": box(100, 40, 120, 60),
        "birth": box(100, 70, 300, 90),
        "number": box(100, 100, 400, 120),
    },
}


def test_a_peer_gets_each_line_over_a_fields_place_whatever_is_printed_beside():
    lines = [
        (box(40, 11, 205, 29), "姓名 王•小明"),
        (box(40, 41, 300, 61), "性别女 民族汉"),
        (box(40, 71, 310, 91), "出生 1990年1月5日"),
        (box(260, 101, 405, 121), "0105002x"),
        (box(40, 101, 250, 121), "公民身份号码 1101011990"),
    ]
    assert right_fields(LABEL, lines) == dict.fromkeys(LABEL["fields"], True)


def test_a_misread_character_and_a_text_in_another_place_count_against_it():
    lines = [(box(100, 10, 200, 30), "王小朋"), (box(100, 300, 200, 320), "女")]
    assert not any(right_fields(LABEL, lines).values())


def test_a_side_has_its_quantiles_ratio_and_accuracy():
    times = vision.Times([10.0, 20.0, 30.0], [100.0, 200.0, 300.0], 17, 16, 18)
    figures = dict(vision._of_side("front", times, 2))
    assert (figures["front_p50_2_cores"].value, figures["front_p50_2_cores"].ratio) == (20, 0.1)
    assert (figures["front_times_faster_2_cores"].value, figures["front_times_faster_2_cores"].ok) == (10, True)
    assert (figures["front_fields_right"].value, figures["front_fields_right"].ok) == (17 / 18, True)
    assert all(it.goal is None for name, it in vision._of_side("back", times, 1) if "p50" in name)


def test_without_a_peer_there_is_no_ratio():
    figures = dict(vision._of_side("front", vision.Times([10.0], [], 1, 0, 1), 2))
    assert set(figures) == {"front_p50_2_cores", "front_p95_2_cores", "front_fields_right", "front_unread"}


def measure(name, value, **more):
    rest = {"group": "", "level": None, "count": None, "of": None, "low": None, "high": None}
    return {"measure": name, "value": value, **rest, **more}


def test_what_the_evaluation_measured_becomes_figures_with_the_goals_of_the_project():
    shown = {"count": 297, "of": 300, "low": 0.971, "high": 0.9966}
    told = {
        "measures": [
            measure("number", 0.99, group="id_front", level=2, **shown),
            measure("name", 0.99, group="id_front", level=3, **shown),
            measure("asked_again", 0.6, level=3, **shown),
            measure("wrong_checked", 0.0, **shown),
            measure("p50_ms", 80.0, group="id_front"),
        ]
    }
    figures = dict(vision_accuracy._documents("id_front", told))
    assert {name: (str(it.goal or ""), it.ok) for name, it in figures.items()} == {
        "number_level2": (">= 0.99", True),
        "name_level3": ("", True),
        "asked_again_level3": (">= 0.7", False),
        "wrong_checked": ("== 0", True),
        "p50_ms": ("", True),
    }
    assert figures["number_level2"].unit == "share (297 of 300; 0.9710..0.9966)"


def test_a_layer_has_a_figure_for_each_kind_unless_it_was_not_available():
    row = {"layer": "flash", "attack": "print", "count": 1, "of": 4, "share": 0.25, "low": 0.0456, "high": 0.6994}
    told = {"tables": {"layers": [row, {**row, "layer": "passive", "of": 0}]}}
    ((name, figure),) = vision_accuracy._layers(told)
    assert (name, figure.unit) == ("layer_flash_alone_print", "share let through (1 of 4; 0.0456..0.6994)")


def test_what_could_not_be_judged_is_a_note_and_no_end(tmp_path):
    notes = []
    assert vision_accuracy._evaluated("ocr", "cards", tmp_path, notes) == {}
    assert notes == ["cards: not judged: JSONDecodeError"]


def test_a_child_answers_line_by_line_and_ends_with_its_input():
    echo = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
    with LineChild([sys.executable, "-c", echo], str(Path.cwd())) as child:
        assert [child.ask({"a": number}) for number in range(3)] == [{"a": 0}, {"a": 1}, {"a": 2}]


def test_a_child_that_ends_is_no_silence():
    with (
        LineChild([sys.executable, "-c", "input()"], str(Path.cwd())) as child,
        pytest.raises(EOFError, match="ended with 0"),
    ):
        child.ask({})
