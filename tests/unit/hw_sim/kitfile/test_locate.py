"""The line of each key, found again in every shape that TOML allows."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.kitfile.locate import lines_of_keys

TEXT = '''# a comment with [brackets] and = signs
top = 1   # another

[kit]
name = "a # no comment ] } , ="
"quoted key" = 'literal \\ # x'
a.b . "c d" = true

[[device]]
id = "one"
wire = { vid = 0x12, more = { deep = [1, 2] } }
slots = [
  # first
  { bin = "1", count = 2 },
  { bin = "2" },
  # last
]
when = 1979-05-27 07:32:00

[[device]]
long = """
id = "not a key"
"""
raw = \'\'\'
[nor a table]
\'\'\'
last = 2

[[device.person]]
id = "p0"

[[device.person]]
id = "p1"

[device.extra]
x = []
y = {}
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("kit",), 4),
        (("kit", "name"), 5),
        (("kit", "quoted key"), 6),
        (("kit", "a", "b", "c d"), 7),
        (("device", 0), 9),
        (("device", 0, "id"), 10),
        (("device", 0, "wire", "vid"), 11),
        (("device", 0, "wire", "more", "deep", 1), 11),
        (("device", 0, "slots", 0), 14),
        (("device", 0, "slots", 1, "bin"), 15),
        (("device", 0, "when"), 18),
        (("device", 1), 20),
        (("device", 1, "raw"), 24),
        (("device", 1, "last"), 27),
        (("device", 1, "person", 0, "id"), 30),
        (("device", 1, "person", 1), 32),
        (("device", 1, "person", 1, "id"), 33),
        (("device", 1, "extra", "y"), 37),
    ],
)
def test_a_key_is_on_its_line(path, line):
    tomllib.loads(TEXT)
    assert lines_of_keys(TEXT)[path] == line


def test_what_is_inside_strings_is_no_key():
    assert ("device", 1, "id") not in lines_of_keys(TEXT)


def test_an_empty_text_has_no_keys():
    assert lines_of_keys("") == {}
    assert lines_of_keys("# only a comment") == {}


VALUES = st.sampled_from(
    [
        "1",
        "-0.5",
        "true",
        '"x # y"',
        "'z ]'",
        "[1, 2]",
        "[]",
        "{ q = 1 }",
        "[\n  1,\n  # c\n  2,\n]",
        '"""\nk = 1\n"""',
        "2024-01-01",
    ]
)


@given(st.lists(VALUES, min_size=1, max_size=12))
def test_every_value_leaves_the_next_key_to_be_found(values):
    lines, text = [], ""
    for place, value in enumerate(values):
        lines.append(text.count("\n") + 1)
        text += f"k{place} = {value}\n"
    tomllib.loads(text)
    found = lines_of_keys(text)
    assert [found[(f"k{place}",)] for place in range(len(values))] == lines
