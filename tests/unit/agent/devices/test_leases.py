"""One holder at a time, and the calls under a lease end with it."""

from __future__ import annotations

import pytest

from padkit_agent.devices.leases import Leases
from padkit_sdk import Refused


@pytest.fixture
def leases():
    return Leases()


def take(leases, owner="flow-1", now_mono_s=100.0):
    return leases.take("box", owner, "card_open", ttl_s=60.0, now_mono_s=now_mono_s)


def test_the_refusal_names_the_holder_and_the_seconds_left(leases):
    take(leases)
    with pytest.raises(Refused, match=r"box for flow-2 \(card_open\): held by flow-1 \(card_open\) for 45 s more"):
        take(leases, "flow-2", now_mono_s=115.0)


def test_another_device_is_free(leases):
    take(leases)
    leases.take("reader", "flow-2", "read", ttl_s=1, now_mono_s=100.0)
    assert leases.of("reader").view().owner == "flow-2"


def test_an_ended_lease_makes_room_and_ends_once(leases):
    lease = take(leases)
    assert leases.end(lease)
    assert not leases.end(lease)
    assert leases.of("box") is None
    assert take(leases, "flow-2").live


def test_ending_an_old_lease_leaves_the_new_one(leases):
    old = take(leases)
    leases.end(old)
    new = take(leases, "flow-2")
    leases.end(old)
    assert leases.of("box") is new


def test_the_calls_on_their_way_are_revoked(leases):
    lease, revoked = take(leases), []
    lease.revocations.add(lambda: revoked.append(1))
    leases.end(lease)
    assert revoked == [1]


def test_a_lease_is_good_until_its_expiry(leases):
    lease = take(leases)
    lease.check(159.9)
    with pytest.raises(Refused) as caught:
        lease.check(160.0)
    assert caught.value.reason == "lease.ended"
