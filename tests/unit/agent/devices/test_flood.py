"""The bucket of words that a worker may say unasked."""

from __future__ import annotations

from padkit_agent.devices.flood import Bucket


def test_a_burst_up_to_the_capacity_is_allowed():
    bucket = Bucket(10, 1, at_mono_s=0.0)
    assert all(bucket.take(1, 0.0) for _ in range(10))
    assert not bucket.take(1, 0.0)


def test_time_fills_it_again_to_the_brim_only():
    bucket = Bucket(10, 2, at_mono_s=0.0)
    bucket.take(10, 0.0)
    assert not bucket.take(3, 1.0)
    assert bucket.take(10, 1000.0)
    assert not bucket.take(1, 1000.0)


def test_one_word_larger_than_the_bucket_is_a_flood():
    assert not Bucket(10, 1, at_mono_s=0.0).take(11, 0.0)
