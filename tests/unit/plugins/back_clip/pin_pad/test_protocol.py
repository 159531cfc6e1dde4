from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_back_clip.pin_pad import protocol
from padkit_back_clip.pin_pad.protocol import Answer, Decoder, Said, encode
from padkit_sdk import BadFrame

VECTORS = Path(__file__).parents[4] / "vectors" / "pin_pad"
COMMANDS = tomllib.loads((VECTORS / "commands.toml").read_text(encoding="utf-8"))["vector"]
OK = encode("0")


def parts(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)]


def heard(decoder, *portions):
    return [said for portion in portions for said in decoder.feed(portion)]


@pytest.mark.parametrize("vector", COMMANDS, ids=lambda v: v["name"])
def test_every_command_of_the_manual_is_built(vector):
    assert encode(vector["text"]) == bytes.fromhex(vector["frame"])


def test_commands_are_built_from_what_is_meant():
    texts = {vector["text"] for vector in COMMANDS}
    assert protocol.start_pin("30", 6, "6228480000000000018") in texts
    assert {protocol.control("2", 30), protocol.control("4", 4), protocol.control("5", 6)} <= texts
    assert {":" + protocol.RANDOM, protocol.FORBID_INPUT, protocol.HEX_MODE, protocol.GET_PIN} <= texts
    assert protocol.load_under("20", "30", bytes(16)) == "2203002" + 32 * "0"
    assert protocol.erase("30") == "2003000"


@pytest.mark.parametrize("size", [1, 2, 5, 99])
def test_portions_do_not_matter(size):
    told = heard(Decoder(), *parts(b"*" + OK + b"**\x0d" + encode("E4"), size))
    assert told == [Said.STAR, Answer("0"), Said.STAR, Said.STAR, Said.ENTER, Answer("E4")]


def test_which_digit_was_sent_is_forgotten_at_once():
    assert heard(Decoder(), b"19#") == [Said.DIGIT] * 3
    assert heard(Decoder(), b"\x1b\x80\x08\x07A") == [Said.CANCEL, Said.CANCEL, Said.CLEAR, Said.OTHER, Said.OTHER]


def test_an_answer_shows_nothing_and_its_errors_are_told():
    assert "7D8C" not in repr(Answer("000087D8C858DF85989BB"))
    assert [Answer(text).error for text in ("E0", "EF", "0", "E", "E12")] == ["E0", "EF", "", "", ""]


@pytest.mark.parametrize(("frame", "reason"), [(OK[:-1] + b"0", "checksum"), (b"\x020010x31", "end")])
def test_a_spoiled_frame_is_refused_and_the_next_is_found(frame, reason):
    decoder = Decoder()
    with pytest.raises(BadFrame) as refused:
        heard(decoder, frame + OK)
    assert refused.value.reason == reason
    assert refused.value.frame == b""
    assert Answer("0") in heard(decoder, b"")


def test_a_length_that_cannot_be_begins_no_frame():
    assert heard(Decoder(), b"\x02999" + b"\x02\x02" + OK)[-1] == Answer("0")


def test_a_frame_that_stops_is_given_up():
    decoder = Decoder()
    assert heard(decoder, b"\x02147") == []
    assert decoder.inside_frame
    assert list(decoder.give_up()) == [Said.DIGIT] * 3
    assert heard(decoder, OK) == [Answer("0")]


def test_the_block_is_read_and_its_refusal_does_not_show_it():
    assert protocol.read_block(Answer("0" + "00" + "08" + "7D8C858DF85989BB")).hex() == "7d8c858df85989bb"
    with pytest.raises(BadFrame, match="20 characters") as refused:
        protocol.read_block(Answer("0" + "00" + "08" + "7D8C858DF85989B"))
    assert "7D8C" not in str(refused.value)


def test_a_check_value_is_read_from_six_digits_on():
    assert protocol.read_kcv(Answer("008d7b4")) == "08D7B4"
    assert protocol.read_kcv(Answer("008D7B4AA55AA55AA")) == "08D7B4"
    with pytest.raises(BadFrame):
        protocol.read_kcv(Answer("0"))


def test_user_information_is_read():
    text = "0" + " " * 50 + "0" * 48 + "05" + "0" * 18 + "00000001" + "ZT588 " + "1.0" + "2.3" + "2601" + "0042"
    seen = protocol.read_information(Answer(text))
    assert (seen.blank, seen.input_on, seen.model) == (True, False, "ZT588")
    assert (seen.hardware, seen.software, seen.serial) == ("1.0", "2.3", "0042")
    for wrong in (text[:-1], text.replace("05", "XX", 1)):
        with pytest.raises(BadFrame):
            protocol.read_information(Answer(wrong))


@given(st.binary(max_size=64), st.integers(1, 9))
def test_whatever_comes_is_a_bad_frame_or_nothing(noise, size):
    decoder = Decoder()
    for portion in parts(noise, size):
        try:
            heard(decoder, portion)
        except BadFrame:
            continue
