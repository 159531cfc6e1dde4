from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from padkit_sim.devices.fingerprint_uru4500.reader import SHOWN
from padkit_sim.devices.fingerprint_uru4500.wire import LINE, Part, Scrambler, header, message, picture_message

VECTORS = tomllib.loads((Path(__file__).parents[4] / "vectors" / "fingerprint" / "uru4500.toml").read_text())


@pytest.mark.parametrize("vector", VECTORS["stream"], ids=lambda it: it["name"])
def test_the_shift_register_is_that_of_the_notes(vector):
    first = bytes.fromhex(vector.get("bytes", ""))
    scrambler = Scrambler(int(vector["key"], 16))
    assert scrambler.mask(len(first)) == first
    scrambler.walk(vector["steps"] - len(first))
    assert scrambler.key == int(vector["after"], 16)


def test_a_block_is_hidden_as_in_the_notes_but_for_its_first_byte():
    block = VECTORS["block"]
    scrambler = Scrambler(int(block["key"], 16))
    hidden = scrambler.hide(bytes.fromhex(block["clear"]))
    assert hidden[1:] == bytes.fromhex(block["scrambled"])[1:]
    assert scrambler.key == int(block["after"], 16)


def test_the_descriptors_are_those_of_the_notes():
    shown = VECTORS["descriptors"]
    assert SHOWN.device(0x05BA, 0x000A) == bytes.fromhex(shown["device"])
    assert SHOWN.configuration() == bytes.fromhex(shown["configuration"])


def test_an_interrupt_message_has_64_bytes():
    assert (len(message(b"\x01\x01")), message(b"\x01\x01")[:2]) == (64, b"\x01\x01")


def test_rows_that_are_not_present_are_not_sent():
    parts = [Part(0, 1), Part(1, 1), Part(0, 1)]
    made = picture_message(bytes([1]) * LINE * 3, parts, 5, [1])
    assert made[:64] == header(2, 5, parts)
    assert (made[4:7], made[16:22]) == (b"\x02\0\x05", b"\0\x01\x01\x01\0\x01")
    assert made[64:] == bytes([254]) * LINE * 2
