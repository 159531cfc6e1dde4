from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_back_clip import protocol
from padkit_back_clip.protocol import Command, Decoder, Reply, Status, encode
from padkit_sdk import BadFrame

VECTORS = Path(__file__).parents[3] / "vectors" / "identity_card_reader"
COMMANDS = tomllib.loads((VECTORS / "commands.toml").read_text())["vector"]
REPLIES = tomllib.loads((VECTORS / "replies.toml").read_text())["vector"]
PERSON = tomllib.loads((VECTORS / "person.toml").read_text())
BY_NAME = {value.name: value for value in vars(protocol).values() if isinstance(value, Command)}

FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
NO_CARD = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")


def drain(decoder: Decoder, data: bytes) -> list[Reply | str]:
    """All that comes of `data`: replies, and the reasons of refusals in their place."""
    seen: list[Reply | str] = []
    while True:
        try:
            for reply in decoder.feed(data):
                seen.append(reply)  # noqa: PERF402 - what came before a refusal must be kept
        except BadFrame as exc:
            seen.append(exc.reason)
            data = b""
        else:
            return seen


def person_frame(reply: dict) -> bytes:
    photo = bytes.fromhex(reply["photo_head"]).ljust(1024, b"\0")
    text = bytes.fromhex(PERSON["person"]["text"])
    return bytes.fromhex(reply["head"]) + text + photo + bytes(reply["fingerprint_bytes"]) + bytes.fromhex(reply["chk"])


@pytest.mark.parametrize("vector", COMMANDS, ids=lambda v: v["name"])
def test_a_command_is_the_frame_of_the_manual(vector):
    assert encode(BY_NAME[vector["name"]]) == bytes.fromhex(vector["frame"])


def test_every_command_has_a_vector():
    assert set(BY_NAME) == {vector["name"] for vector in COMMANDS}


@pytest.mark.parametrize("vector", REPLIES, ids=lambda v: v["name"])
def test_a_reply_of_the_manual_is_understood(vector):
    (reply,) = Decoder().feed(bytes.fromhex(vector["frame"]))
    assert reply.sw == bytes.fromhex(vector["status"])
    assert reply.status.value == reply.sw[2]
    assert reply.data == bytes.fromhex(vector["data"])


@pytest.mark.parametrize("vector", PERSON["reply"], ids=lambda v: v["name"])
def test_a_read_reply_of_the_manual_is_understood(vector):
    frame = person_frame(vector)
    assert len(frame) == vector["frame_bytes"]
    (reply,) = Decoder().feed(frame)
    assert reply.status is Status.DONE
    assert bytes.fromhex(PERSON["person"]["text"]) in reply.data


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.UNKNOWN])
def test_every_status_byte_is_known(status, reply):
    (got,) = Decoder().feed(reply(status.value))
    assert got.status is status


@pytest.mark.parametrize("sw", ["05 05 05", "00 00 7E", "01 00 90"])
def test_an_unknown_status_survives_with_its_bytes(sw, frame):
    (reply,) = Decoder().feed(frame(bytes.fromhex(sw)))
    assert (reply.status, reply.sw) == (Status.UNKNOWN, bytes.fromhex(sw))


def test_the_silent_module_answer_of_the_manual_survives():
    (reply,) = Decoder().feed(bytes.fromhex("AA AA AA 96 69 00 05 05 05 05 00 00"))
    assert reply.status is Status.UNKNOWN


@given(st.data())
def test_portions_do_not_matter(data):
    pieces = [FOUND, NO_CARD, person_frame(PERSON["reply"][0]), b"\xaa\xaa", bytes(9), FOUND[:-1] + b"\0", FOUND[:9]]
    stream = b"".join(data.draw(st.lists(st.sampled_from(pieces), max_size=6)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    decoder = Decoder()
    portions = [stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])]
    in_portions = [seen for portion in portions for seen in drain(decoder, portion)]
    assert in_portions == drain(Decoder(), stream)


def test_one_byte_at_a_time_gives_the_same_reply():
    decoder = Decoder()
    assert [r.status for byte in FOUND for r in decoder.feed(bytes([byte]))] == [Status.FOUND]
    assert not decoder.inside_frame


@given(st.binary(max_size=200))
def test_noise_before_a_frame_is_skipped(noise):
    seen = drain(Decoder(), noise.replace(b"\x69", b"") + FOUND)
    assert [s.status for s in seen if isinstance(s, Reply)] == [Status.FOUND]


def test_a_preamble_with_an_aa_too_many_is_found():
    assert [r.status for r in Decoder().feed(b"\xaa" + FOUND)] == [Status.FOUND]


@given(st.binary(max_size=5000), st.booleans())
def test_garbage_gives_bad_frame_or_nothing(garbage, begins_well):
    prefix = protocol.PREAMBLE if begins_well else b""
    decoder = Decoder()
    drain(decoder, prefix + garbage)
    assert len(decoder._held) < protocol.HEAD + protocol.MAX_LEN


@pytest.mark.parametrize("length", [0, 3, 2322, 0xFFFF])
def test_an_insane_length_is_refused_with_its_bytes(length):
    with pytest.raises(BadFrame, match="length: AA AA AA 96 69"):
        list(Decoder().feed(protocol.PREAMBLE + length.to_bytes(2, "big")))


def test_the_longest_length_is_waited_for():
    decoder = Decoder()
    assert list(decoder.feed(protocol.PREAMBLE + (2321).to_bytes(2, "big"))) == []
    assert decoder.inside_frame


def test_a_wrong_checksum_is_refused_and_the_next_frame_comes_through():
    assert [s if isinstance(s, str) else s.status for s in drain(Decoder(), NO_CARD[:-1] + b"\0" + FOUND)] == [
        "checksum",
        Status.FOUND,
    ]


def test_a_refused_record_does_not_show_the_person(reply, card_data):
    frame = bytearray(reply(0x90, card_data()))
    frame[-1] ^= 1
    with pytest.raises(BadFrame) as refused:
        list(Decoder().feed(bytes(frame)))
    assert len(refused.value.frame) == 10


def test_a_frame_cut_off_gives_way_to_the_one_it_swallowed():
    cut = person_frame(PERSON["reply"][0])[:40]
    decoder = Decoder()
    assert list(decoder.feed(cut + FOUND)) == []
    assert [r.status for r in decoder.give_up()] == [Status.FOUND]


def test_a_reply_is_printed_without_its_data(reply):
    (got,) = Decoder().feed(reply(0x90, b"secret"))
    assert "secret" not in repr(got)


def test_a_late_answer_to_another_command_does_not_fit(reply):
    def answer(sw3: int, size: int) -> Reply:
        return next(Decoder().feed(reply(sw3, bytes(size))))

    assert protocol.SELECT.fits(answer(0x90, 8))
    assert not protocol.SELECT.fits(answer(0x9F, 4))
    assert not protocol.SELECT.fits(answer(0x90, 1284))
    assert not protocol.FIND.fits(answer(0x90, 8))
    assert protocol.FIND.fits(answer(0x80, 0))
    assert protocol.READ_ADDRESS.fits(answer(0x90, 140))
    assert not protocol.READ_ADDRESS.fits(answer(0x90, 71))
