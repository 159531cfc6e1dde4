"""The opaque blocks."""

from __future__ import annotations

import pytest

from padkit_sim.devices.identity_reader.images import fingerprints, no_photo, photo


def test_a_photo_begins_as_a_real_one_and_is_the_same_on_every_run():
    assert photo("test_a")[:8] == bytes.fromhex("574C66007E003200")
    assert len(photo("test_a")) == 1024
    assert photo("test_a") == photo("test_a") != photo("test_b")


def test_an_empty_photo_has_the_size_of_a_photo():
    assert no_photo() == bytes(1024)


@pytest.mark.parametrize("fingers", [0, 1, 2])
def test_each_finger_is_one_record_of_512_bytes(fingers):
    block = fingerprints("test_a", fingers)
    assert len(block) == 512 * fingers
    assert [block[512 * n] for n in range(fingers)] == [0x43] * fingers
    assert [block[512 * n + 5] for n in range(fingers)] == [11, 16][:fingers]
