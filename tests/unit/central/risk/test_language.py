"""The language of rules: what it says, what it refuses and where, and that no text makes it do more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_central.risk.language import HUGE, MAX_DEPTH, MAX_LENGTH, RuleError, compile_expression

SLOTS = {"a": 0, "b": 1, "zero": 2}
VALUES = (3.0, 4.0, 0.0)


def run(text: str) -> float:
    return compile_expression(text, SLOTS).run(VALUES)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 2 - 3", 5), ("-a + 1", -2), ("a / zero", 0), ("8 / 4 / 2", 1),
        ("min(a, b, 2)", 2), ("max(a, b)", 4), ("abs(a - b)", 1), ("a < b", 1), ("a == 3 and not b == 3", 1),
        ("a > b or b > a", 1), ("a > b and b > a or 1 < 2", 1), ("not (a < b)", 0), ("0.5 * b", 2),
    ],
)  # fmt: skip
def test_it_reckons_as_written(text: str, value: float) -> None:
    assert run(text) == value


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ("a <", 1, 4, "wanted"),
        ("a < b < 3", 1, 7, "chained"),
        ("a and b", 1, 3, "yes/no"),
        ("(a < b) + 1", 1, 9, "number"),
        ("a <\n  nobody", 2, 3, "no signal"),
        ("a ** 2", 1, 4, "wanted"),
        ("a; b", 1, 2, "no meaning"),
        ("min(a)", 1, 1, "takes 2 to 8"),
        ("a b", 1, 3, "after the end"),
        ("", 1, 1, "wanted"),
        ("abs a", 1, 5, "'('"),
        ("max(a, b", 1, 9, "')'"),
        ("not a", 1, 1, "yes/no"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, line: int, column: int, part: str) -> None:
    with pytest.raises(RuleError) as refused:
        compile_expression(text, SLOTS)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert part in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "a.__class__", "a[0]", "lambda: a", "'text' == a", "exec(a)", "a if a else b", "f(a)",
        "{a}", "a := 1", "9" * 400, "a\x00", "１ + a", "open(a)",
        "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), "not " * 60 + "a > 1", "-" * 60 + "a",
        "a" + " + a" * ((MAX_LENGTH // 4) + 1), "+".join("a" * 160),
    ],
)  # fmt: skip
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(RuleError):
        compile_expression(text, SLOTS)


@given(st.text(alphabet="ab01 ()<>=+-*/,.ndotrminxs\n", max_size=80))
def test_any_text_is_either_run_or_refused(text: str) -> None:
    try:
        value = run(text)
    except RuleError as refused:
        assert refused.line >= 1
        assert refused.column >= 1
    else:
        assert abs(value) <= HUGE


numbers = st.integers(0, 999).map(str)
sums = st.recursive(
    numbers,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda it: f"({' '.join(it)})"),
    max_leaves=12,
)


@given(sums)
def test_it_agrees_with_plain_arithmetic(text: str) -> None:
    assert run(text) == max(-HUGE, min(HUGE, float(eval(text))))  # made above: numbers and signs only
