from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_card_dispenser.crt541.protocol import Acknowledged, Command, Decoder, Report, Work, encode, go_ahead
from padkit_sdk import BadFrame

VECTORS = Path(__file__).parents[4] / "vectors" / "eject_box"
OURS = {command.value for command in Command}


def vectors(name):
    return tomllib.loads((VECTORS / f"{name}.toml").read_text())["vector"]


COMMANDS = [vector for vector in vectors("commands") if vector["code"] in OURS]
ANSWERS = vectors("answers")
READY = bytes.fromhex(ANSWERS[0]["frame"])


def heard(decoder, data):
    """What comes out, with BadFrame by its reason."""
    found = []
    while True:
        try:
            found.extend(decoder.feed(data))
        except BadFrame as exc:
            found.append(exc.reason)
            data = b""
        else:
            return found


@pytest.mark.parametrize("vector", COMMANDS, ids=lambda it: it["name"])
def test_a_command_is_written_as_the_specification_says(vector):
    assert encode(Command(vector["code"]), int(vector["address"])) == bytes.fromhex(vector["frame"])


@pytest.mark.parametrize("vector", ANSWERS, ids=lambda it: it["name"])
def test_an_answer_is_understood_in_any_portions(vector):
    data, address = bytes.fromhex(vector["frame"]), int(vector["address"])
    wanted = [Report(vector["work"], vector["stacker"])]
    assert heard(Decoder(address), b"\xff\x06" + data) == wanted
    decoder = Decoder(address)
    assert [event for byte in data for event in heard(decoder, bytes([byte]))] == wanted


def test_acknowledgements_and_the_go_ahead_carry_the_address():
    assert heard(Decoder(1), b"\x0601\x1501") == [Acknowledged(accepted=True), Acknowledged(accepted=False)]
    assert go_ahead(15) == b"\x0515"


def test_what_others_are_told_is_passed_over():
    assert heard(Decoder(1), b"\x0600" + READY + b"\x0601") == [Acknowledged(accepted=True)]


@pytest.mark.parametrize(("at", "reason"), [(3, "checksum"), (5, "no 03 at its end"), (6, "checksum")])
def test_a_damaged_frame_is_told_once_and_the_next_is_heard(at, reason):
    bad = bytearray(READY)
    bad[at] ^= 0x41
    assert heard(Decoder(0), bytes(bad) + READY) == [reason, Report(Work.READY, "0")]


def test_what_has_begun_can_be_forgotten():
    decoder = Decoder(0)
    assert heard(decoder, READY[:4]) == []
    decoder.reset()
    assert heard(decoder, READY) == [Report(Work.READY, "0")]


@given(st.lists(st.binary(max_size=20), max_size=10))
def test_whatever_comes_in_nothing_else_comes_out_and_the_next_good_frame_is_heard(pieces):
    decoder = Decoder(0)
    for piece in pieces:
        assert all(isinstance(event, Report | Acknowledged | str) for event in heard(decoder, piece))
    decoder.reset()
    assert heard(decoder, READY) == [Report("0", "0")]
