"""The class descriptor, byte by byte; messages cut anywhere, and what no host should send."""

from __future__ import annotations

import struct

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padkit_sim.devices.card_reader.ccid import MAX_DATA, Ear, class_descriptor


def test_the_class_descriptor_says_whole_apdus_and_one_slot():
    raw = class_descriptor()
    assert (len(raw), raw[0], raw[1]) == (54, 54, 0x21)
    assert raw[4] == 0
    assert struct.unpack_from("<II", raw, 40) == (0x000404FE, 65_554)
    assert raw[53] == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_whatever_a_host_sends_every_message_is_answered_and_the_reader_lives(bench, transfers):
    for data in transfers:
        bench.take(bench.reader.out(0x01, data, bench.at()))
    bench.run(60.0)
    bench.take(bench.reader.power_cycle(bench.at()))
    assert bench.ask(0x65).command == 0


@given(st.binary(min_size=0, max_size=MAX_DATA), st.integers(1, 200))
def test_a_message_is_the_same_however_it_is_cut(data, size):
    message = struct.pack("<BIBB3s", 0x6F, len(data), 0, 7, b"\0\0\0") + data
    ear = Ear()
    heard = [it for at in range(0, len(message), size * 64) for it in ear.hear(message[at : at + size * 64])]
    assert [(it.type, it.sequence, it.data) for it in heard] == [(0x6F, 7, data)]
