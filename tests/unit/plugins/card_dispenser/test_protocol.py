from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from padkit_card_dispenser.commands import Command
from padkit_card_dispenser.protocol import Control, Decoder, Done, Failed, StatusCharacters, encode
from padkit_sdk import BadFrame

VECTORS = Path(__file__).parents[3] / "vectors" / "card_dispenser"
COMMANDS = tomllib.loads((VECTORS / "commands.toml").read_text())["vector"]
RESPONSES = tomllib.loads((VECTORS / "responses.toml").read_text())["vector"]
DERIVED = {
    v["name"]: bytes.fromhex(v["frame"]) for v in tomllib.loads((VECTORS / "derived.toml").read_text())["vector"]
}
ANSWERS = {name: frame for name, frame in DERIVED.items() if frame[4] != 0x43}
FRAMES = {v["name"]: bytes.fromhex(v["frame"]) for v in RESPONSES} | ANSWERS
STATUS = FRAMES["status 020"]
TRICKY = FRAMES["apdu with 03 06 15 04"]  # its data holds ETX, ACK, NAK, EOT and F2


def drain(decoder, data):
    """All that comes of `data`: events, and the reasons of refusals in their place."""
    seen = []
    while True:
        try:
            for event in decoder.feed(data):
                seen.append(event)  # noqa: PERF402 - what came before a refusal must be kept
        except BadFrame as exc:
            seen.append(exc.reason)
            data = b""
        else:
            return seen


def flushed(decoder):
    """What a silent line makes of a frame that has begun."""
    seen = []
    while decoder.pending:
        try:
            decoder.flush()
        except BadFrame as exc:
            seen.append(exc.reason)
        seen += drain(decoder, b"")
    return seen


def reply_of(vector):
    if "code" in vector:
        return Failed(vector["cm"], vector["pm"], vector["code"])
    status = StatusCharacters(*vector["status"])
    return Done(vector["cm"], vector["pm"], status, bytes.fromhex(vector["data"]))


@pytest.mark.parametrize("vector", COMMANDS, ids=lambda vector: vector["name"])
def test_each_command_of_the_manual_is_encoded_as_printed(vector):
    command = Command(vector["name"], vector["cm"], vector["pm"], bytes.fromhex(vector["data"]))
    assert encode(command) == bytes.fromhex(vector["frame"])


@pytest.mark.parametrize("vector", RESPONSES, ids=lambda vector: vector["name"])
def test_each_response_of_the_manual_is_read(vector):
    assert drain(Decoder(), bytes.fromhex(vector["frame"])) == [reply_of(vector)]


def test_the_address_stands_in_the_frame():
    assert encode(Command("STATUS", 0x31, 0x30), address=15) == bytes.fromhex("F2 0F 00 03 43 31 30 03 BF")


@pytest.mark.parametrize(("size", "address"), [(513, 0), (0, 16), (0, -1)])
def test_what_no_frame_can_hold_is_refused_without_showing_it(size, address):
    with pytest.raises(BadFrame, match="at most") as refused:
        encode(Command("X", 0x51, 0x39, bytes(size)), address)
    assert refused.value.frame == b""


def test_the_longest_command_is_encoded():
    assert len(encode(Command("X", 0x51, 0x39, bytes(512)))) == 521


def test_the_printed_negative_marker_45_is_taken_too():
    assert drain(Decoder(), FRAMES["negative with marker 45"]) == [Failed(0x32, 0x31, "10")]


def test_an_unknown_error_code_survives():
    assert drain(Decoder(), FRAMES["move reader failed 7Z"]) == [Failed(0x32, 0x31, "7Z")]
    assert drain(Decoder(), bytes.fromhex("F2 00 00 05 4E 32 31 FF 01 03 47")) == [Failed(0x32, 0x31, "\\xff\x01")]


def test_control_bytes_stand_outside_frames_only():
    seen = drain(Decoder(), b"\x06" + TRICKY + b"\x15\x04")
    assert [seen[0], *seen[2:]] == [Control.ACK, Control.NAK, Control.EOT]
    assert isinstance(seen[1], Done)
    assert seen[1].data == bytes.fromhex("0306150403F2009000")


def test_noise_before_a_frame_is_passed_over():
    assert drain(Decoder(), b"\x00\xffABC\xf2\x77" + STATUS) == drain(Decoder(), STATUS)


def test_a_start_byte_before_a_frame_is_passed_over():
    assert drain(Decoder(), b"\xf2" + STATUS) == drain(Decoder(), STATUS)


def test_what_is_no_reply_is_noise():
    assert drain(Decoder(), bytes.fromhex(COMMANDS[0]["frame"])) == []  # a host's command, not a box's reply


def test_frames_of_another_address_are_passed_over_whole():
    other = bytes.fromhex("F2 05 00 08 50 51 39 32 32 30 06 15 03 E7")
    assert drain(Decoder(), other + STATUS) == drain(Decoder(), STATUS)
    broken = other[:-1] + b"\x00"
    assert drain(Decoder(), broken + STATUS) == drain(Decoder(), STATUS)
    assert len(drain(Decoder(address=5), other[:-1] + bytes([_bcc(other)]))) == 1


def _bcc(frame):
    check = 0
    for byte in frame[:-1]:
        check ^= byte
    return check


def test_a_wrong_check_byte_is_refused_with_its_bytes():
    decoder = Decoder()
    with pytest.raises(BadFrame, match="checksum: F2 00 00 06 50 31 30 30 32 30 03 95"):
        list(decoder.feed(STATUS[:-1] + b"\x95"))
    assert drain(decoder, STATUS) == drain(Decoder(), STATUS)


def test_a_wrong_length_is_refused_and_the_next_frame_is_read():
    short = bytes.fromhex("F2 00 00 07 50 31 30 30 32 30 03 94")
    assert drain(Decoder(), short + STATUS) == ["no 03 where LEN puts it", *drain(Decoder(), STATUS)]


@pytest.mark.parametrize("length", [0, 4, 5, 519, 0xFFFF])
def test_an_impossible_length_is_refused_before_waiting_for_it(length):
    head = b"\xf2\x00" + length.to_bytes(2, "big") + b"\x50"
    assert drain(Decoder(), head) == ["length"]
    assert drain(Decoder(), head + STATUS) == ["length", *drain(Decoder(), STATUS)]


def test_the_longest_reply_is_read():
    frame = b"\xf2\x00" + (518).to_bytes(2, "big") + b"\x50\x51\x39220" + bytes(512) + b"\x03\x00"
    frame = frame[:-1] + bytes([_bcc(frame)])
    (done,) = drain(Decoder(), frame)
    assert len(done.data) == 512


@pytest.mark.parametrize("cut", range(4, len(STATUS)))
def test_a_frame_cut_off_is_refused_when_the_line_is_silent(cut):
    decoder = Decoder()
    assert drain(decoder, STATUS[:cut]) == []
    assert decoder.pending
    assert flushed(decoder) == ["cut off"]
    assert drain(decoder, STATUS) == drain(Decoder(), STATUS)


@pytest.mark.parametrize(
    "begun", [STATUS[:1], STATUS[:3], b"\xf2\x00\x00\x04", b"\xf2\x00\x02\x07", b"\xf2\x01\x00\x06"]
)
def test_a_few_bytes_that_may_be_anything_are_noise(begun):
    decoder = Decoder()
    assert drain(decoder, begun) == []
    assert flushed(decoder) == []


def test_a_frame_behind_one_cut_off_is_not_lost():
    decoder = Decoder()
    assert drain(decoder, b"\xf2\x00\x01\x00\x50" + STATUS) == []
    assert flushed(decoder) == ["cut off", *drain(Decoder(), STATUS)]


def test_a_cut_off_frame_of_another_address_is_nobody_s_loss():
    decoder = Decoder(address=1)
    assert drain(decoder, STATUS[:8]) == []
    assert flushed(decoder) == []


def test_reset_forgets_what_has_begun():
    decoder = Decoder()
    assert drain(decoder, STATUS[:8]) == []
    decoder.reset()
    assert not decoder.pending


def test_what_a_card_said_is_not_printed():
    (done,) = drain(Decoder(), FRAMES["apdu AABB 9000"])
    assert done.data
    assert "data" not in repr(done)


pieces = st.lists(
    st.one_of(
        st.sampled_from([*FRAMES.values(), b"\x06", b"\x15", b"\x04"]),
        st.binary(max_size=12),
        st.sampled_from([*FRAMES.values()]).map(lambda frame: frame[:-1]),
    ),
    max_size=8,
).map(b"".join)


@given(pieces, st.data())
@example(TRICKY, None)
def test_portions_do_not_matter(stream, data):
    whole, single, cut = Decoder(), Decoder(), Decoder()
    expected = drain(whole, stream)
    assert [event for byte in stream for event in drain(single, bytes([byte]))] == expected
    at = data.draw(st.integers(0, len(stream))) if data else 7
    assert drain(cut, stream[:at]) + drain(cut, stream[at:]) == expected
    assert flushed(single) == flushed(whole)


@given(st.binary(max_size=700))
def test_garbage_is_refused_or_yields_nothing_but_values(garbage):
    decoder = Decoder()
    for event in drain(decoder, garbage) + flushed(decoder):
        assert isinstance(event, Done | Failed | Control | str)
    assert not decoder.pending


@given(st.binary(max_size=30), st.sampled_from(sorted(FRAMES)))
def test_a_frame_is_found_behind_any_noise_when_the_line_falls_silent(noise, name):
    decoder = Decoder()
    seen = drain(decoder, noise) + flushed(decoder) + drain(decoder, FRAMES[name])
    assert seen[-1] == drain(Decoder(), FRAMES[name])[0]
