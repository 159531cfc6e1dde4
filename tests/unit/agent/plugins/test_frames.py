"""Frames between core and worker: portions do not matter, and nonsense is a bad frame or nothing."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.plugins.frames import HEADER, MAX_FRAME, core_side, encode, worker_side
from padkit_agent.plugins.messages import Call, Cancel, Event, Failure, Log, Open, Ping, Pong, Result
from padkit_sdk import BadFrame, UsbSerial

TO_WORKER = [
    Ping(1),
    Cancel(7),
    Call(2, "box", "card_dispenser", "move", b"\x81"),
    Open(3, "box", "toy", UsbSerial(1, 2, 9600, "S", "1-3"), "/dev/ttyUSB0", {"label": "x", "pace": 1.5, "on": True}),
]
FROM_WORKER = [
    Pong(1),
    Result(2, b"\x00" * 300),
    Failure(3, "bad_frame", "text", frame=b"\xff"),
    Event("box", "card.gate_cleared", {"at": "gate"}),
    Log("driver.bug", {"device": "box"}),
]


def take(decoder, data, cuts):
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [message for start, end in itertools.pairwise(edges) for message in decoder.feed(data[start:end])]


@given(st.lists(st.integers(0, 10_000), max_size=20))
def test_portions_do_not_matter(cuts):
    assert take(worker_side(), b"".join(map(encode, TO_WORKER)), cuts) == TO_WORKER
    assert take(core_side(), b"".join(map(encode, FROM_WORKER)), cuts) == FROM_WORKER


def test_a_byte_at_a_time_is_enough():
    decoder = core_side()
    data = b"".join(map(encode, FROM_WORKER))
    assert [message for byte in data for message in decoder.feed(bytes([byte]))] == FROM_WORKER


@given(st.binary(max_size=200))
def test_nonsense_is_a_bad_frame_or_nothing(data):
    for decoder in (core_side(), worker_side()):
        try:
            list(decoder.feed(data))
            list(decoder.feed(HEADER.pack(len(data)) + data))
        except BadFrame:
            continue


def test_a_frame_longer_than_the_cap_is_refused_before_it_is_read():
    with pytest.raises(BadFrame, match=f"at most {MAX_FRAME}"):
        list(core_side().feed(HEADER.pack(MAX_FRAME + 1)))


def test_a_message_longer_than_the_cap_is_not_sent():
    with pytest.raises(BadFrame, match="message Result"):
        encode(Result(1, bytes(MAX_FRAME)))


def test_a_message_for_the_other_side_is_refused():
    with pytest.raises(BadFrame, match="message refused"):
        list(core_side().feed(encode(Ping(1))))


def test_a_deep_nest_is_refused():
    body = b"\x91" * 100_000
    with pytest.raises(BadFrame):
        list(core_side().feed(HEADER.pack(len(body)) + body))
