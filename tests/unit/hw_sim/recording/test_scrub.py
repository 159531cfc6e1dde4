"""What is written instead of what is personal: as long, its checks right, and nothing left of what was there."""

from __future__ import annotations

from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.card_number import luhn_ok
from padkit_sim.devices.bank_card.issue import numbered, records, track2
from padkit_sim.devices.bank_card.tlv import tlv
from padkit_sim.devices.card_dispenser.wire import positive
from padkit_sim.devices.fingerprint_r30x.wire import ANSWER, ASK, FINAL, MORE, Ear, packet
from padkit_sim.devices.identity_reader.record import Permit, text_record
from padkit_sim.devices.identity_reader.wire import PREAMBLE, reply
from padkit_sim.recording import RULES
from padkit_sim.recording.apdu import Card

REAL = numbered("999912", 4711)
ANY = b"\xff" * 4
READ = bytes.fromhex("AA AA AA 96 69 00 03 30 01 32")
READ_FINGERS = bytes.fromhex("AA AA AA 96 69 00 03 30 10 23")
SECRET = Permit(
    "测试密", "2", "19850520", "某处", "810000198505200022", "某局", "20220101", "20270101", "H12345678", "01"
)


def to_host(kind, asked, answer):
    scrubber = RULES[kind].scrubber()
    scrubber.to_device(asked)
    return scrubber.to_host(answer)


def block(*blocks):
    return b"".join(len(it).to_bytes(2, "big") for it in blocks) + b"".join(blocks)


@pytest.mark.parametrize("asked", [READ, READ_FINGERS])
def test_a_record_becomes_nobodys_in_its_own_layout(asked):
    blocks = [text_record(SECRET), b"\x57" * 1024, *([b"\x43" * 512] if asked == READ_FINGERS else [])]
    answer = reply(0x90, block(*blocks))
    instead = to_host("identity_reader", asked, answer)
    assert len(instead) == len(answer)
    assert reduce(xor, instead[5:]) == 0
    text = instead[10 + 2 * len(blocks) :][:256].decode("utf-16-le")
    assert "测试无名" in text
    assert text[124] == "J"
    for field in (SECRET.name, SECRET.number, SECRET.pass_number, SECRET.address):
        assert field.encode("utf-16-le") not in instead
    assert b"\x57" * 8 not in instead
    assert b"\x43" * 8 not in instead


@pytest.mark.parametrize(
    "answer",
    [
        reply(0x90, block(b"short")),
        reply(0x90, b"\x01" * 900),
        reply(0x90, b"\xff"),
    ],
)
def test_a_record_that_is_not_understood_is_blank(answer):
    instead = to_host("identity_reader", READ, answer)
    assert set(instead[10:-1]) == {0}
    assert len(instead) == len(answer)


def test_the_number_of_the_module_is_kept():
    asked = bytes.fromhex("AA AA AA 96 69 00 03 12 FF EE")
    answer = reply(0x90, bytes(range(16)))
    assert to_host("identity_reader", asked, answer) == answer


def test_the_serial_number_of_a_card_is_blank():
    asked = PREAMBLE + bytes.fromhex("00 03 20 02 21")
    assert to_host("identity_reader", asked, reply(0x90, b"\x0b" * 8)) == reply(0x90, bytes(8))


def test_numbers_and_track_of_a_bank_card_become_nobodys_and_fit_each_other():
    card = Card()
    for data in records(REAL).values():
        instead = card.answer(data + b"\x90\x00")
        assert len(instead) == len(data) + 2
        assert bytes.fromhex(REAL.pan[:18]) not in instead
    number = card.answer(tlv("5A", bytes.fromhex(REAL.pan + "F")) + b"\x90\x00")[2:-2].hex().upper().rstrip("F")
    track = card.answer(tlv("57", track2(REAL)) + b"\x90\x00")[2:-2].hex().upper()
    assert luhn_ok(number)
    assert track.startswith(number + "D3012201")
    assert len(track) == len(track2(REAL)) * 2


@pytest.mark.parametrize("tag", ["5F20", "9F61", "9F1F", "9F0B", "9F26", "DF01"])
def test_a_tag_that_nobody_vouches_for_is_blank(tag):
    said = tlv("70", tlv(tag, b"\x41" * 9), tlv("50", b"LABEL")) + b"\x90\x00"
    instead = Card().answer(said)
    assert b"\x41" * 2 not in instead
    assert b"LABEL" in instead


def test_a_pin_on_its_way_to_the_card_is_blank():
    assert Card().command(bytes.fromhex("0020008008241234FFFFFFFFFF")) == bytes.fromhex("0020008008") + bytes(8)


def test_the_box_keeps_what_it_says_of_itself_and_blanks_a_memory():
    own = positive(0, 0xA2, 0x30, "002", b"\x0a0000000001")
    assert RULES["card_dispenser"].scrubber().to_host(own) == own
    memory = positive(0, 0x53, 0x33, "202", b"secret")
    assert b"secret" not in RULES["card_dispenser"].scrubber().to_host(memory)


def test_pictures_and_templates_of_a_finger_module_become_a_pattern():
    scrubber = RULES["fingerprint_r30x"].scrubber()
    for frame in (packet(ANY, MORE, b"\x77" * 128), packet(ANY, FINAL, b"\x77" * 128)):
        for instead in (scrubber.to_host(frame), scrubber.to_device(frame)):
            assert b"\x77\x77" not in instead
            assert [it.sound for it in Ear().hear(instead)] == [True]


def test_the_password_of_a_finger_module_is_blank_and_its_answers_are_kept():
    scrubber = RULES["fingerprint_r30x"].scrubber()
    assert scrubber.to_device(packet(ANY, ASK, b"\x13\x01\x02\x03\x04")) == packet(ANY, ASK, b"\x13" + bytes(4))
    for answer in (packet(ANY, ANSWER, b"\x00"), packet(ANY, ANSWER, b"\x00\x00\x07\x00\x64")):
        assert scrubber.to_host(answer) == answer


@given(st.binary(max_size=300))
def test_whatever_a_card_says_is_as_long_and_ends_with_its_status(data):
    said = data + b"\x90\x00"
    instead = Card().answer(said)
    assert (len(instead), instead[-2:]) == (len(said), b"\x90\x00")


@pytest.mark.parametrize("kind", RULES)
@given(data=st.binary(min_size=1, max_size=64))
def test_whatever_passes_keeps_its_length(kind, data):
    scrubber = RULES[kind].scrubber()
    for frame in (data, b"\xf2\x00" + len(data).to_bytes(2, "big") + data + b"\x03\x00", reply(0x90, data)):
        assert len(scrubber.to_device(frame)) == len(frame)
        assert len(scrubber.to_host(frame)) == len(frame)
