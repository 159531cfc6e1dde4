from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.observe.bundle import make_bundle, scrub, scrubbed


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("card 6212345678901234 jammed", "card <16 digits> jammed"),
        ("6212 3456 7890 1234", "<19 digits>"),
        ("11010519491231002X", "<18 digits>"),
        ("call 138-0000-0000", "call <13 digits>"),
        ("customer 欧阳·测试 left", "customer <5 characters> left"),
        ("PUA \ue863 name", "PUA <1 characters> name"),
        ("2026-11-22T20:18:59.123456Z", "2026-11-22T20:18:59.123456Z"),
        ("flow 01932145-7812-7345-8123-012345678901 ended", "flow 01932145-7812-7345-8123-012345678901 ended"),
        ("card …1234", "card …1234"),
    ],
)
def test_what_could_be_personal_is_replaced_by_its_length(text: str, left: str) -> None:
    assert scrub(text) == left


@given(st.text(), st.from_regex(r"\A[0-9]{11,19}X?\Z"), st.text())
def test_a_long_number_is_never_left_whatever_stands_around_it(before: str, number: str, after: str) -> None:
    left = scrub(f"{before} {number} {after}")
    assert number not in left


def test_keys_numbers_and_deep_values_are_scrubbed_too() -> None:
    page = {"phone 13912345678": [{"n": 13912345678, "small": 42, "yes": True, "none": None, "f": 1.5}]}
    assert scrubbed(page) == {
        "phone <11 digits>": [{"n": "<11 digits>", "small": 42, "yes": True, "none": None, "f": 1.5}]
    }


def test_a_bundle_has_a_file_for_each_page_and_the_log() -> None:
    with zipfile.ZipFile(io.BytesIO(make_bundle({"versions": {"a": "1"}, "status": {}}, ["one", "two"]))) as bundle:
        assert bundle.namelist() == ["versions.json", "status.json", "agent.log"]
        assert json.loads(bundle.read("versions.json")) == {"a": "1"}
        assert bundle.read("agent.log") == b"one\ntwo\n"


def test_the_same_facts_make_the_same_bytes() -> None:
    assert make_bundle({"a": {"b": 1}}, ["x"]) == make_bundle({"a": {"b": 1}}, ["x"])
