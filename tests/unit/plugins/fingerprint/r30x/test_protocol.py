from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_fingerprint.r30x.protocol import MOST_PAYLOAD, Decoder, Packet, Pid, encode, packets
from padkit_sdk import BadFrame

VECTORS = tomllib.loads((Path(__file__).parents[4] / "vectors" / "fingerprint" / "r30x.toml").read_text())["packet"]
ADDRESS = b"\xff" * 4
OK = bytes.fromhex("EF 01 FF FF FF FF 07 00 03 00 00 0A")


def decoded(decoder, data):
    """Packets, going on after each refusal."""
    found = []
    feeding = decoder.feed(data)
    while True:
        try:
            found.extend(feeding)
        except BadFrame:
            feeding = decoder.feed(b"")
        else:
            return found


@pytest.mark.parametrize("vector", VECTORS, ids=lambda it: it["name"])
def test_packets_are_those_of_the_notes(vector):
    frame, payload = bytes.fromhex(vector["frame"]), bytes.fromhex(vector["payload"])
    assert encode(ADDRESS, Pid(vector["kind"]), payload) == frame
    assert list(Decoder().feed(frame)) == [Packet(ADDRESS, Pid(vector["kind"]), payload)]


@given(st.lists(st.integers(0, len(VECTORS) - 1), max_size=4), st.lists(st.integers(1, 9), min_size=60, max_size=60))
def test_portions_do_not_matter(which, cuts):
    frames = b"".join(bytes.fromhex(VECTORS[at]["frame"]) for at in which)
    decoder, found = Decoder(), []
    for cut in cuts:
        found += decoder.feed(frames[:cut])
        frames = frames[cut:]
    found += decoder.feed(frames)
    assert len(found) == len(which)
    assert not decoder.inside_packet


@pytest.mark.parametrize("noise", ["55", "EF", "EF EF", "01 EF 02", "EF 01 FF FF FF FF 07 00 02"])
def test_a_packet_is_found_behind_noise(noise):
    assert decoded(Decoder(), bytes.fromhex(noise) + OK) == [Packet(ADDRESS, Pid.ACK, b"\0")]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ("EF 01 FF FF FF FF 07 00 03 00 00 0B", "checksum"),
        ("EF 01 FF FF FF FF 07 01 03", "length or kind"),
        ("EF 01 FF FF FF FF 03 00 03 00 00 06", "length or kind"),
    ],
)
def test_a_damaged_packet_is_refused_by_its_head_and_the_next_one_heard(frame, reason):
    decoder = Decoder()
    with pytest.raises(BadFrame, match=reason) as caught:
        list(decoder.feed(bytes.fromhex(frame) + OK))
    assert len(caught.value.frame) == 9
    assert decoded(decoder, b"")[-1:] == [Packet(ADDRESS, Pid.ACK, b"\0")]


def test_data_goes_in_packets_of_which_the_last_says_so():
    sent = [packet for frame in packets(ADDRESS, bytes(300), 128) for packet in Decoder().feed(frame)]
    assert [(packet.pid, len(packet.payload)) for packet in sent] == [(Pid.DATA, 128), (Pid.DATA, 128), (Pid.LAST, 44)]


def test_what_was_begun_can_be_given_up():
    decoder = Decoder()
    assert not list(decoder.feed(OK[:8]))
    assert decoder.inside_packet
    decoder.give_up()
    assert len(list(decoder.feed(OK))) == 1


@given(st.binary(max_size=600))
def test_hostile_bytes_are_refused_or_ignored_and_not_kept(data):
    decoder = Decoder()
    decoded(decoder, data)
    assert len(decoder._held) < MOST_PAYLOAD + 11
