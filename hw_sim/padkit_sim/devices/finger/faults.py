"""The fault that any fingerprint reader's customers can have: a finger that does not come out."""

from __future__ import annotations

from dataclasses import replace

from padkit_sim.devices.finger.touch import QUALITIES, Touch
from padkit_sim.faults import ArgSpec, Dial, FaultSpec

BAD = FaultSpec(
    "finger.bad",
    "nth touch: it comes out as `quality`, however the finger was put down",
    args={"quality": ArgSpec("dry", tuple(name for name in QUALITIES if name != "good"))},
)


def as_it_comes_out(touch: Touch, dial: Dial) -> Touch:
    """The touch, or what `finger.bad` makes of it."""
    bad = dial.strike(BAD.name)
    return replace(touch, quality=bad.text("quality")) if bad else touch
