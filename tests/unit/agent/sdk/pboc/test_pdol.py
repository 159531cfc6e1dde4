from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import BadFrame
from padkit_sdk.pboc import Terminal
from padkit_sdk.pboc.pdol import MAX_PDOL_DATA, build_pdol_data, parse_dol

VECTORS = Path(__file__).parents[4] / "vectors" / "pboc"
VECTOR = tomllib.loads((VECTORS / "commands.toml").read_text())["pdol"]


def test_the_common_pdol_is_answered_as_in_the_notes():
    terminal = Terminal(VECTOR["day"], bytes.fromhex(VECTOR["random4"]))
    assert build_pdol_data(bytes.fromhex(VECTOR["dol"]), terminal) == bytes.fromhex(VECTOR["data"])


@pytest.mark.parametrize(
    ("dol", "data"),
    [
        ("9F1A 01", "56"),  # a number too long loses its left end
        ("9F1A 03", "000156"),  # too short, it grows on the left
        ("9A 02", "0307"),
        ("9F37 02", "0102"),  # anything else loses its right end
        ("9F37 06", "010203040000"),
        ("9F1A 00 9F37 00", ""),
        ("DF8101 03", "000000"),  # unknown
        ("", ""),
    ],
)
def test_values_fit_the_size_that_the_card_asks_for(dol, data, terminal):
    assert build_pdol_data(bytes.fromhex(dol), terminal) == bytes.fromhex(data)


@pytest.mark.parametrize("dol", ["9F", "9F37", "9F3704 95", "9F8181818101 04"])
def test_a_list_cut_off_is_refused(dol, terminal):
    with pytest.raises(BadFrame):
        build_pdol_data(bytes.fromhex(dol), terminal)


def test_a_list_that_asks_for_too_much_is_refused(terminal):
    assert len(build_pdol_data(bytes([0x95, MAX_PDOL_DATA]), terminal)) == MAX_PDOL_DATA
    with pytest.raises(BadFrame, match="at most"):
        build_pdol_data(bytes([0x95, 200, 0x9A, 53]), terminal)


@given(st.binary(max_size=100))
def test_garbage_gives_bad_frame_or_the_bytes_asked_for(dol):
    try:
        asked = parse_dol(dol)
    except BadFrame:
        return
    assert len(build_pdol_data(dol, Terminal(date(2026, 3, 7), bytes(4)))) == sum(size for _, size in asked)
