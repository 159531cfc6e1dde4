"""What the reader is about, as a table; what is not in the table is refused. Pure, no I/O and no clock."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from padkit_sdk import DeviceFault


class Phase(enum.Enum):
    """Where the driver stands (manual 9)."""

    DOWN = "down"  # not powered up since it was opened, or in doubt
    READY = "ready"
    ARMED = "armed"  # waits for a touch
    CAPTURING = "capturing"
    LIFTING = "lifting"  # waits until the finger is lifted


class Seen(enum.Enum):
    """What happened, to it or by our hand."""

    STARTED = "started"
    ARM = "arm"
    TOUCHED = "touched"
    PICTURE = "picture"
    AGAIN = "again"  # no usable picture: another one at once
    LIFTED = "lifted"
    STOPPED = "stopped"  # MODE 70
    TROUBLE = "trouble"  # an error of the wire, or no answer


_ENDS = {Seen.STOPPED: Phase.READY, Seen.TROUBLE: Phase.DOWN, Seen.STARTED: Phase.READY}
NEXT: Mapping[Phase, Mapping[Seen, Phase]] = {
    Phase.DOWN: {Seen.STARTED: Phase.READY, Seen.TROUBLE: Phase.DOWN, Seen.STOPPED: Phase.DOWN},
    Phase.READY: {Seen.ARM: Phase.ARMED, **_ENDS},
    Phase.ARMED: {Seen.TOUCHED: Phase.CAPTURING, **_ENDS},
    Phase.CAPTURING: {Seen.PICTURE: Phase.LIFTING, Seen.AGAIN: Phase.CAPTURING, **_ENDS},
    Phase.LIFTING: {Seen.LIFTED: Phase.READY, **_ENDS},
}


def advance(phase: Phase, seen: Seen) -> Phase:
    """The phase after `seen`. Raises `DeviceFault` ``finger.sequence`` for what cannot happen there."""
    after = NEXT[phase].get(seen)
    if after is None:
        told = f"fingerprint reader: {seen.value} while {phase.value}; close it and open it again"
        raise DeviceFault("finger.sequence", told, raw=f"{phase.value}/{seen.value}")
    return after
