"""The keypad's codec against the manual's frames."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.devices.pin_pad.wire import Ear, say

VECTORS = Path(__file__).parents[4] / "vectors" / "pin_pad"
COMMANDS = tomllib.loads((VECTORS / "commands.toml").read_text(encoding="utf-8"))["vector"]
PROBE = bytes.fromhex("02 30 30 31 33 03 30 31")


@pytest.mark.parametrize("vector", COMMANDS, ids=lambda v: v["name"])
def test_every_command_of_the_manual_is_understood(vector):
    assert Ear().hear(bytes.fromhex(vector["frame"])) == [vector["text"]]


@pytest.mark.parametrize("vector", COMMANDS, ids=lambda v: v["name"])
def test_answers_are_framed_alike(vector):
    assert say(vector["text"]) == bytes.fromhex(vector["frame"])


def test_a_byte_at_a_time_gives_the_same_commands():
    ear = Ear()
    assert [text for byte in PROBE * 2 for text in ear.hear(bytes([byte]))] == ["3", "3"]


def test_noise_and_false_beginnings_are_passed_over():
    assert Ear().hear(b"\xff\x02\x02ab\x02999" + PROBE) == ["3"]


def test_wrong_check_digits_are_counted_and_not_obeyed():
    ear = Ear()
    assert ear.hear(PROBE[:-1] + b"7" + PROBE) == ["3"]
    assert ear.spoiled == 1


def test_a_spoiled_answer_differs_in_its_check_digits_only():
    assert say("0", spoiled=True)[:-2] == say("0")[:-2]
    assert say("0", spoiled=True) != say("0")


@given(st.binary(max_size=64))
def test_whatever_comes_a_command_after_it_is_heard_in_the_end(noise):
    ear = Ear()
    texts = ear.hear(noise)
    for _ in range(60):  # a false beginning may swallow up to 307 bytes
        texts += ear.hear(PROBE)
    assert "3" in texts
