from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import BadFrame
from padkit_sdk.pboc.apdu import Sw, get_processing_options, parse_response, read_record, select

VECTORS = Path(__file__).parents[4] / "vectors" / "pboc"
COMMANDS = tomllib.loads((VECTORS / "commands.toml").read_text())["vector"]


@pytest.mark.parametrize("vector", COMMANDS, ids=lambda v: v["name"])
def test_a_command_is_the_apdu_of_the_notes(vector):
    args = bytes.fromhex(vector["args"])
    match vector["build"]:
        case "select":
            built = select(args)
        case "read_record":
            built = read_record(args[0], args[1])
        case _:
            built = get_processing_options(args)
    assert built == bytes.fromhex(vector["apdu"])


def test_long_pdol_data_has_a_long_length():
    assert get_processing_options(bytes(252))[:9].hex() == "80a80000ff8381fc00"
    assert get_processing_options(bytes(127))[:8].hex() == "80a8000081837f00"


@pytest.mark.parametrize("status", [status for status in Sw if status is not Sw.UNKNOWN])
def test_every_status_word_is_known(status):
    answer = parse_response(b"data" + status.value.to_bytes(2, "big"))
    assert (answer.status, answer.data, answer.ok) == (status, b"data", status is Sw.OK)


@pytest.mark.parametrize("sw", [0x9401, 0x63C2, 0x6F00])
def test_an_unknown_status_word_survives(sw):
    answer = parse_response(sw.to_bytes(2, "big"))
    assert (answer.status, answer.sw, answer.ok) == (Sw.UNKNOWN, sw, False)


@pytest.mark.parametrize("size", [0, 1, 259])
def test_an_answer_of_an_impossible_size_is_refused(size):
    with pytest.raises(BadFrame, match="R-APDU"):
        parse_response(bytes(size))


@given(st.binary(min_size=2, max_size=258))
def test_any_answer_of_a_possible_size_is_split(answer):
    response = parse_response(answer)
    assert response.data + response.sw.to_bytes(2, "big") == answer


def test_an_answer_is_printed_without_its_data():
    assert "data" not in repr(parse_response(b"\x62\x28\x48\x90\x00"))
