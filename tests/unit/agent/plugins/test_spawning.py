"""Packets between core and spawner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.plugins.spawning import (
    MAX_PACKET,
    Exited,
    Kill,
    Spawn,
    Spawned,
    pack,
    unpack_answer,
    unpack_request,
)
from padkit_sdk import BadFrame


@pytest.mark.parametrize("message", [Spawn(1, 256, 64), Kill(1)])
def test_the_spawner_gets_what_the_core_asked(message):
    assert unpack_request(pack(message)) == message
    assert len(pack(message)) < MAX_PACKET


@pytest.mark.parametrize("message", [Spawned(1, 4711), Exited(1, -9)])
def test_the_core_gets_what_the_spawner_said(message):
    assert unpack_answer(pack(message)) == message


@given(st.binary(max_size=100))
def test_nonsense_is_a_bad_frame_or_a_message(packet):
    for unpack in (unpack_answer, unpack_request):
        try:
            unpack(packet)
        except BadFrame:
            continue
