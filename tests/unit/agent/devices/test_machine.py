"""The table of device states is complete, and what it does not hold is refused."""

from __future__ import annotations

import pytest

from padkit_agent.devices.machine import NEXT, DeviceState, Seen, next_state
from padkit_sdk import Refused


def test_every_state_has_a_row():
    assert set(NEXT) == set(DeviceState)


def test_every_state_can_be_left_and_reached():
    for state in DeviceState:
        assert any(after is not state for after in NEXT[state].values())
        assert any(state in row.values() for before, row in NEXT.items() if before is not state)


def test_only_opening_leads_to_ready():
    leads = [
        (before, seen) for before, row in NEXT.items() for seen, after in row.items() if after is DeviceState.READY
    ]
    assert leads == [(DeviceState.OPENING, Seen.OPENED)]


def test_only_a_person_ends_a_quarantine():
    assert {seen for seen, after in NEXT[DeviceState.QUARANTINED].items() if after is not DeviceState.QUARANTINED} == {
        Seen.RETRY
    }


@pytest.mark.parametrize("state", DeviceState)
@pytest.mark.parametrize("seen", Seen)
def test_what_is_not_in_the_table_is_refused_by_name(state, seen):
    if seen in NEXT[state]:
        assert next_state(state, seen, device="box") is NEXT[state][seen]
        return
    with pytest.raises(Refused, match=f"device box: {seen.value} while {state.value}") as caught:
        next_state(state, seen, device="box")
    assert caught.value.reason == "device.transition"
