"""The unit's codec against the manual's frames."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.devices.card_dispenser.wire import Command, Control, Damaged, Ear, Word, bcc, negative, positive

VECTORS = Path(__file__).parents[4] / "vectors" / "card_dispenser"
STATUS = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")
STATUS_WORD = Command(0, 0x31, 0x30, b"")


def vectors(name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads((VECTORS / name).read_text(encoding="utf-8"))["vector"]
    return found


def raw(vector: dict[str, object], key: str) -> bytes:
    return bytes.fromhex(str(vector[key]))


def number(vector: dict[str, object], key: str) -> int:
    value = vector[key]
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("vector", vectors("commands.toml"), ids=lambda v: str(v["name"]))
def test_every_command_of_the_manual_is_understood(vector: dict[str, object]) -> None:
    words = list(Ear().hear(raw(vector, "frame")))
    assert words == [Command(0, number(vector, "cm"), number(vector, "pm"), raw(vector, "data"))]


@pytest.mark.parametrize("vector", vectors("responses.toml"), ids=lambda v: str(v["name"]))
def test_every_response_of_the_manual_is_built(vector: dict[str, object]) -> None:
    cm, pm = number(vector, "cm"), number(vector, "pm")
    if "status" in vector:
        built = positive(0, cm, pm, str(vector["status"]), raw(vector, "data"))
    else:
        built = negative(0, cm, pm, str(vector["code"]))
    assert built == raw(vector, "frame")


def test_a_byte_at_a_time_gives_the_same_words() -> None:
    ear = Ear()
    words = [word for byte in STATUS + b"\x06" for word in ear.hear(bytes([byte]))]
    assert words == [STATUS_WORD, Control.ACK]


def test_noise_before_a_frame_is_dropped() -> None:
    assert list(Ear().hear(b"\x00\xff\x33" + STATUS)) == [STATUS_WORD]


def test_control_bytes_inside_data_do_not_end_a_frame() -> None:
    body = bytes.fromhex("F2 00 00 06 43 51 39 03 06 15 03")
    assert list(Ear().hear(body + bytes([bcc(body)]))) == [Command(0, 0x51, 0x39, b"\x03\x06\x15")]


def test_a_wrong_bcc_is_damage() -> None:
    frame = STATUS[:-1] + b"\x00"
    assert list(Ear().hear(frame)) == [Damaged(frame)]


@pytest.mark.parametrize("length", ["0002", "0000", "0400", "FFFF"])
def test_an_impossible_length_is_damage_at_once(length: str) -> None:
    head = bytes.fromhex("F200" + length)
    assert list(Ear().hear(head)) == [Damaged(head)]


def test_an_answer_is_not_a_command() -> None:
    frame = positive(0, 0x31, 0x30, "020")
    assert list(Ear().hear(frame)) == [Damaged(frame)]


def test_a_frame_that_stops_can_be_forgotten() -> None:
    ear = Ear()
    assert list(ear.hear(STATUS[:5])) == []
    assert ear.midway
    ear.forget()
    assert not ear.midway
    assert list(ear.hear(STATUS)) == [STATUS_WORD]


@given(st.binary(max_size=600))
def test_garbage_gives_words_or_nothing(data: bytes) -> None:
    for word in Ear().hear(data):
        assert isinstance(word, Word)


@given(st.lists(st.sampled_from([STATUS, b"\x06", b"\x15", b"\x04"]), max_size=6), st.integers(1, 9))
def test_portions_do_not_matter(parts: list[bytes], size: int) -> None:
    stream = b"".join(parts)
    whole, ear = list(Ear().hear(stream)), Ear()
    assert [w for i in range(0, len(stream), size) for w in ear.hear(stream[i : i + size])] == whole
