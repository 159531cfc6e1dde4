"""Reading a table by the types wanted."""

from __future__ import annotations

import tomllib

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.kitfile.locate import lines_of_keys
from padkit_sim.kitfile.table import Source, Table

TEXT = """
text = "abc"
whole = 5
number = 1.5
flag = true
inner = { x = 1 }
many = [{ y = 1 }, { y = 2 }]
when = 2024-01-01
"""


@pytest.fixture
def table():
    return Table(Source("toy.toml", lines_of_keys(TEXT)), (), tomllib.loads(TEXT))


def test_values_come_by_their_types(table):
    assert (table.text("text"), table.whole("whole"), table.number("number"), table.flag("flag", default=False)) == (
        "abc",
        5,
        1.5,
        True,
    )
    assert table.number("whole") == 5.0
    assert table.table("inner").whole("x") == 1
    assert [one.whole("y") for one in table.tables("many")] == [1, 2]
    assert table.choice("text", ("abc", "def")) == "abc"


def test_what_is_absent_has_its_default(table):
    assert (table.text("no", "d"), table.whole("no2", 3), table.number("no3", 0.5)) == ("d", 3, 0.5)
    assert table.flag("no4", default=True)
    assert list(table.tables("no5")) == []
    assert not table.has("no6")


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        (lambda t: t.text("whole"), r"toy.toml:3: whole = 5: give text in quotes"),
        (lambda t: t.whole("number"), r"toy.toml:4: number = 1.5: give a whole number"),
        (lambda t: t.whole("flag"), r"toy.toml:5: flag = True: give a whole number"),
        (lambda t: t.number("text"), r"toy.toml:2: text = 'abc': give a number"),
        (lambda t: t.flag("whole", default=False), r"toy.toml:3: whole = 5: give true or false"),
        (lambda t: t.text("missing"), r"toy.toml:1: missing = missing: give text"),
        (lambda t: t.text("text", pattern="[0-9]+", means="digits"), r"toy.toml:2: text = 'abc': give digits"),
        (lambda t: t.choice("text", ("x", "y")), r"toy.toml:2: text = 'abc': give one of x, y"),
        (lambda t: t.whole("whole", least=6), r"give a whole number from 6$"),
        (lambda t: t.whole("whole", most=4), r"give a whole number from 0 to 4"),
        (lambda t: t.number("number", least=2), r"give a number from 2"),
        (lambda t: t.number("number", least=1.5, above=True), r"give a number above 1.5"),
        (lambda t: t.table("text"), r"toy.toml:2: text = 'abc': give a table"),
        (lambda t: list(t.tables("inner")), r"toy.toml:6: inner = .*: give an array of tables"),
        (lambda t: t.rest(), r"toy.toml:6: inner = .*: give text, a number, true or false"),
        (lambda t: t.table("inner").end(), r"toy.toml:6: inner.x = 1: unknown key"),
    ],
)
def test_a_refusal_names_file_line_key_value_and_what_next(table, read, problem):
    with pytest.raises(SimRefused, match=problem):
        read(table)


def test_the_rest_are_the_plain_values_nobody_took(table):
    for key in ("inner", "many", "when", "text"):
        table._raw(key, None)
    assert table.rest() == {"whole": 5, "number": 1.5, "flag": True}


def test_an_unknown_key_names_the_known_ones(table):
    table.text("text")
    with pytest.raises(SimRefused, match=r"toy.toml:3: whole = 5: unknown key; known here are text"):
        table.end()


def test_a_refusal_from_below_is_told_with_the_place(table):
    def refuse():
        raise SimRefused("no such thing; take another")

    with pytest.raises(SimRefused, match=r"toy.toml:2: text: no such thing; take another"):
        table.guarded("text", refuse)
