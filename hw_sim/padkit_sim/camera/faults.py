"""What can go wrong with the camera, and what an attacker can hold before it."""

from __future__ import annotations

from padkit_sim.faults import FaultSpec
from padkit_sim.faults.spec import ArgSpec, Kind

NAME = "camera"  # by which faults and the journal call it
VIEWS = ("document", "face")
_VIEW = {"view": ArgSpec("any", (*VIEWS, "any"))}

FAULTS = (
    FaultSpec(
        "ocr.digit_swap", "from the nth document picture on: two digits of its number are swapped", Kind.CONDITION
    ),
    FaultSpec("face.spoof_print", "from the nth face frame on: a print of the person is held up", Kind.CONDITION),
    FaultSpec("face.spoof_replay", "from the nth face frame on: an earlier sitting on a screen", Kind.CONDITION),
    FaultSpec("camera.frozen", "from the nth face frame on: the same frame again and again", Kind.CONDITION),
    FaultSpec("camera.dropped", "nth picture: the connection ends in the middle of it", args=_VIEW),
    FaultSpec("camera.truncated", "nth picture: its second half is missing", args=_VIEW),
    FaultSpec("camera.oversize", "nth picture: four megabytes more", args=_VIEW),
    FaultSpec("camera.text", "nth picture: text that calls itself a picture", args=_VIEW),
)
