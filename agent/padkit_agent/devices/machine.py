"""The states of one device, as a table. No I/O here; who holds the device is not a state but a lease beside it."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from padkit_sdk.errors import Refused


class DeviceState(enum.Enum):
    """What can be asked of a device: only a READY one takes calls."""

    ABSENT = "absent"  # not plugged, or its plugin's worker is not up yet
    OPENING = "opening"  # a worker is opening it, for the first time or again
    READY = "ready"
    FAULTY = "faulty"  # plugged, but it refused to open or is the wrong one; tried again with back-off
    LOCKED = "locked"  # the kit, or this device alone, is locked: it is closed and stays closed
    QUARANTINED = "quarantined"  # its plugin's restart budget is spent; waits for a person


class Seen(enum.Enum):
    """What the room learns about a device."""

    FOUND = "found"  # the wire is there and a worker can take it
    GONE = "gone"  # the wire is not there any more
    OPENED = "opened"
    REFUSED = "refused"  # opening failed, or another device answered
    LINK_LOST = "link_lost"  # a call or the sweep found the link broken
    WORKER_LOST = "worker_lost"  # the worker died or was killed; its successor finds the device anew
    BUDGET_SPENT = "budget_spent"
    LOCKED = "locked"  # the kit was locked
    UNLOCKED = "unlocked"
    RETRY = "retry"  # a person asked for another try


NEXT: Mapping[DeviceState, Mapping[Seen, DeviceState]] = {
    DeviceState.ABSENT: {
        Seen.FOUND: DeviceState.OPENING,
        Seen.REFUSED: DeviceState.FAULTY,
        Seen.GONE: DeviceState.ABSENT,
        Seen.WORKER_LOST: DeviceState.ABSENT,
        Seen.BUDGET_SPENT: DeviceState.QUARANTINED,
        Seen.RETRY: DeviceState.ABSENT,
        Seen.LOCKED: DeviceState.LOCKED,
    },
    DeviceState.OPENING: {
        Seen.OPENED: DeviceState.READY,
        Seen.REFUSED: DeviceState.FAULTY,
        Seen.GONE: DeviceState.ABSENT,
        Seen.WORKER_LOST: DeviceState.ABSENT,
        Seen.BUDGET_SPENT: DeviceState.QUARANTINED,
        Seen.LOCKED: DeviceState.LOCKED,
    },
    DeviceState.READY: {
        Seen.LINK_LOST: DeviceState.OPENING,
        Seen.GONE: DeviceState.ABSENT,
        Seen.WORKER_LOST: DeviceState.ABSENT,
        Seen.BUDGET_SPENT: DeviceState.QUARANTINED,
        Seen.LOCKED: DeviceState.LOCKED,
    },
    DeviceState.FAULTY: {
        Seen.FOUND: DeviceState.OPENING,
        Seen.REFUSED: DeviceState.FAULTY,
        Seen.GONE: DeviceState.ABSENT,
        Seen.WORKER_LOST: DeviceState.ABSENT,
        Seen.BUDGET_SPENT: DeviceState.QUARANTINED,
        Seen.RETRY: DeviceState.ABSENT,
        Seen.LOCKED: DeviceState.LOCKED,
    },
    DeviceState.LOCKED: {
        Seen.LOCKED: DeviceState.LOCKED,
        Seen.UNLOCKED: DeviceState.ABSENT,
        Seen.GONE: DeviceState.LOCKED,
        Seen.WORKER_LOST: DeviceState.LOCKED,
        Seen.BUDGET_SPENT: DeviceState.QUARANTINED,
    },
    DeviceState.QUARANTINED: {
        Seen.RETRY: DeviceState.ABSENT,
        Seen.BUDGET_SPENT: DeviceState.QUARANTINED,
    },
}


def next_state(state: DeviceState, seen: Seen, *, device: str) -> DeviceState:
    """Return the state after `seen`. Raises `Refused` ``device.transition`` for what the table does not hold."""
    following = NEXT[state].get(seen)
    if following is None:
        raise Refused(
            "device.transition", f"device {device}: {seen.value} while {state.value} is not in the table; state kept"
        )
    return following
