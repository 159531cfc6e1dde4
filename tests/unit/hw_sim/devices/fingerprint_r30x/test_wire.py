from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.devices.fingerprint_r30x.wire import Ear, Heard, in_packets, packet

VECTORS = tomllib.loads((Path(__file__).parents[4] / "vectors" / "fingerprint" / "r30x.toml").read_text())["packet"]
ADDRESS = b"\xff" * 4


@pytest.mark.parametrize("vector", VECTORS, ids=lambda it: it["name"])
def test_packets_are_those_of_the_notes(vector):
    frame, content = bytes.fromhex(vector["frame"]), bytes.fromhex(vector["payload"])
    assert packet(ADDRESS, vector["kind"], content) == frame
    assert list(Ear().hear(frame)) == [Heard(ADDRESS, vector["kind"], content, sound=True)]


def test_a_wrong_checksum_is_heard_as_unsound():
    assert [heard.sound for heard in Ear().hear(packet(ADDRESS, 1, b"\x01", spoil=1))] == [False]


@given(st.integers(1, 40), st.binary(max_size=8).filter(lambda noise: 0xEF not in noise))
def test_portions_and_noise_do_not_matter(size, noise):
    whole = noise + packet(ADDRESS, 1, b"\x0f") + packet(ADDRESS, 1, b"\x1d")
    ear = Ear()
    heard = [it for at in range(0, len(whole), size) for it in ear.hear(whole[at : at + size])]
    assert [it.content for it in heard] == [b"\x0f", b"\x1d"]
    assert not ear.midway


def test_the_last_data_packet_says_so():
    assert [one[6] for one in in_packets(ADDRESS, bytes(300), 128)] == [2, 2, 8]


@given(st.binary(max_size=400))
def test_whatever_is_heard_is_not_kept_for_ever(data):
    ear = Ear()
    list(ear.hear(data))
    assert len(ear._rest) < 280
