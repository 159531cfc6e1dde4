"""The module's codec against the manual's frames."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.devices.identity_reader.wire import MOST, PREAMBLE, Ear, Rejected, Request, Status, reply

VECTORS = Path(__file__).parents[4] / "vectors" / "identity_card_reader"
FIND = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
FOUND = Request(0x20, 0x01)


def vectors(name):
    return tomllib.loads((VECTORS / name).read_text(encoding="utf-8"))["vector"]


@pytest.mark.parametrize("vector", vectors("commands.toml"), ids=lambda v: v["name"])
def test_every_command_of_the_manual_is_understood(vector):
    cmd, para = bytes.fromhex(vector["command"])
    assert list(Ear().hear(bytes.fromhex(vector["frame"]))) == [Request(cmd, para)]


@pytest.mark.parametrize("vector", vectors("replies.toml"), ids=lambda v: v["name"])
def test_every_reply_of_the_manual_is_built(vector):
    built = reply(bytes.fromhex(vector["status"])[2], bytes.fromhex(vector["data"]))
    assert built == bytes.fromhex(vector["frame"])


def test_a_byte_at_a_time_gives_the_same_requests():
    ear = Ear()
    assert [word for byte in FIND * 2 for word in ear.hear(bytes([byte]))] == [FOUND, FOUND]


def test_noise_and_half_a_preamble_before_a_frame_are_dropped():
    assert list(Ear().hear(b"\x00\xaa\xaa" + FIND)) == [FOUND]


def test_a_wrong_check_byte_is_answered_as_such():
    assert list(Ear().hear(FIND[:-1] + b"\x00" + FIND)) == [Rejected(Status.BAD_CHECKSUM), FOUND]


@pytest.mark.parametrize("length", [0, 2, MOST + 1, 0xFFFF])
def test_an_impossible_length_is_answered_as_such(length):
    assert list(Ear().hear(PREAMBLE + length.to_bytes(2, "big") + FIND)) == [Rejected(Status.BAD_LENGTH), FOUND]


def test_a_frame_that_stops_can_be_forgotten():
    ear = Ear()
    assert list(ear.hear(FIND[:8])) == []
    assert ear.midway
    ear.forget()
    assert list(ear.hear(FIND)) == [FOUND]


def test_data_of_a_request_is_kept():
    frame = bytes.fromhex("AAAAAA9669 0005 3001 0102") + bytes([0x05 ^ 0x30 ^ 0x01 ^ 0x01 ^ 0x02])
    assert list(Ear().hear(frame)) == [Request(0x30, 0x01, b"\x01\x02")]


def test_a_falsified_length_has_a_right_check_byte():
    assert reply(0x90, length_off_by=1) == bytes.fromhex("AAAAAA9669 0005 000090 95")


@given(st.binary(max_size=300))
def test_garbage_gives_requests_rejections_or_nothing(data):
    for word in Ear().hear(data):
        assert isinstance(word, Request | Rejected)


@given(st.lists(st.sampled_from([FIND, b"\xaa", b"\x00\x01"]), max_size=8), st.integers(1, 7))
def test_portions_do_not_matter(parts, size):
    stream = b"".join(parts)
    whole, ear = list(Ear().hear(stream)), Ear()
    assert [w for i in range(0, len(stream), size) for w in ear.hear(stream[i : i + size])] == whole


@pytest.mark.parametrize(
    "entry", tomllib.loads((VECTORS / "person.toml").read_text(encoding="utf-8"))["reply"], ids=lambda v: v["name"]
)
def test_the_worked_read_replies_are_built(entry):
    person = tomllib.loads((VECTORS / "person.toml").read_text(encoding="utf-8"))["person"]
    photo = bytes.fromhex(entry["photo_head"]).ljust(1024, b"\x00")
    blocks = [bytes.fromhex(person["text"]), photo, bytes(entry["fingerprint_bytes"])][
        : 3 if entry["fingerprint_bytes"] else 2
    ]
    built = reply(0x90, b"".join(len(block).to_bytes(2, "big") for block in blocks) + b"".join(blocks))
    assert built.startswith(bytes.fromhex(entry["head"]))
    assert (built[-1:], len(built)) == (bytes.fromhex(entry["chk"]), entry["frame_bytes"])
