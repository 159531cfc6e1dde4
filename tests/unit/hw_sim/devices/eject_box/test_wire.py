from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from padkit_sim.devices.eject_box.wire import Ear, Go, Order, Spoiled, check, denied, status, taken

VECTORS = Path(__file__).parents[5] / "tests" / "vectors" / "eject_box"


def vectors(name):
    return tomllib.loads((VECTORS / f"{name}.toml").read_text())["vector"]


@pytest.mark.parametrize("vector", vectors("commands"), ids=lambda it: it["name"])
def test_a_command_is_heard_in_any_portions(vector):
    data = bytes.fromhex(vector["frame"])
    wanted = [Order(vector["address"].encode(), vector["code"])]
    assert list(Ear().hear(data)) == wanted
    ear = Ear()
    assert [word for byte in data for word in ear.hear(bytes([byte]))] == wanted
    assert not ear.midway


@pytest.mark.parametrize("vector", vectors("answers"), ids=lambda it: it["name"])
def test_a_status_is_said_as_the_document_says(vector):
    assert status(vector["address"].encode(), vector["work"], vector["stacker"]) == bytes.fromhex(vector["frame"])


def test_acknowledgements_carry_the_address():
    assert (taken(b"01"), denied(b"15")) == (b"\x0601", b"\x1515")


def test_a_wrong_check_byte_or_end_is_a_spoiled_command():
    good = bytes.fromhex(vectors("commands")[0]["frame"])
    for at in (3, 5, 6):
        bad = bytearray(good)
        bad[at] ^= 1
        assert list(Ear().hear(bytes(bad))) == [Spoiled(b"00")]


def test_noise_before_a_word_is_dropped_and_a_broken_off_one_forgotten():
    ear = Ear()
    assert list(ear.hear(b"\xff\x00\x0500\x02")) == [Go(b"00")]
    assert ear.midway
    ear.forget()
    assert list(ear.hear(b"\x0501")) == [Go(b"01")]


def test_a_status_that_is_to_be_spoiled_has_a_wrong_check_byte():
    assert check(status(b"00", "0", "0", spoiled=True)) != 0
