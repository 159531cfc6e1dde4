"""Greedy CTC on shares written by hand: classes are blank, a, b, c."""

from __future__ import annotations

import numpy as np
import pytest

from padkit_ocr.ctc import Floats, Line, classes_of, decode

ABC = "abc"


def steps(*rows: tuple[float, float, float, float]) -> Floats:
    return np.array(rows, np.float32)


BLANK = (0.9, 0.1, 0.0, 0.0)
A, B = (0.1, 0.8, 0.1, 0.0), (0.0, 0.3, 0.7, 0.0)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ((A, A, B), "ab"),
        ((A, BLANK, A), "aa"),
        ((BLANK, BLANK), ""),
        ((A,), "a"),
        ((BLANK, B, BLANK, B, B, A), "bba"),
        ((), ""),
    ],
)
def test_runs_are_one_character_and_blanks_part_them(
    rows: tuple[tuple[float, float, float, float], ...], text: str
) -> None:
    assert decode(steps(*rows).reshape(-1, 4), ABC).text == text


def test_a_character_is_as_sure_as_its_surest_step_and_stands_there() -> None:
    line = decode(steps((0.4, 0.6, 0, 0), (0.1, 0.9, 0, 0), BLANK, B), ABC)
    assert [it.confidence for it in line.chars] == pytest.approx([0.9, 0.7])
    assert [it.at for it in line.chars] == pytest.approx([0.375, 0.875])
    assert line.confidence == pytest.approx(0.7)


def test_a_narrower_question_does_not_make_surer() -> None:
    shares = steps((0.05, 0.15, 0.8, 0.0))
    assert decode(shares, ABC).text == "b"
    line = decode(shares, ABC, classes_of("a", ABC))
    assert line.text == "a"
    assert line.confidence == pytest.approx(0.15)


def test_characters_that_the_model_does_not_know_are_left_out() -> None:
    assert classes_of("c?a", ABC).tolist() == [1, 3]


def test_nothing_is_sure_of_nothing() -> None:
    assert Line().confidence == 0
    assert Line().text == ""
