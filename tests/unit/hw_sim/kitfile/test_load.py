"""Finding and reading kit files."""

from __future__ import annotations

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import find_kit_file, load, shipped

TOY = '[kit]\nname = "toy"\n'


def test_every_shipped_kit_can_be_loaded_by_its_bare_name():
    assert "demo" in shipped()
    for name in shipped():
        assert load(find_kit_file(name)).name == name


def test_a_path_is_taken_as_it_is(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TOY, encoding="utf-8")
    assert load(find_kit_file(str(path))).name == "toy"


def test_an_unknown_name_tells_the_shipped_ones():
    with pytest.raises(SimRefused, match=r"kit 'nope' is neither a file nor shipped; shipped are .*demo"):
        find_kit_file("nope")


def test_a_missing_file_tells_what_to_give(tmp_path):
    with pytest.raises(SimRefused, match="No such file"):
        load(find_kit_file(str(tmp_path / "none.toml")))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[kit\n", r"is not TOML: .*line 1"),
        (b'name = "\xff"\n', "is not UTF-8 at byte 8"),
        (b"#" * (1 << 20) + b"\n", "at most 1048576"),
    ],
)
def test_a_file_that_is_no_kit_file_is_refused(tmp_path, content, problem):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(SimRefused, match=problem):
        load(path)
