"""What a bad wire does to the answer of a motion, for the promises that a motion is never done twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from padkit_sdk.conformance.hands import FaultArgument

DOUBT_S = 3.0  # for a motion whose answer never comes


@dataclass(frozen=True, slots=True)
class Wire:
    """A fault on the wire, struck while the box carries the motion out, so at its answer."""

    fault: str
    args: Mapping[str, FaultArgument]
    times: int = 1


WIRES = {
    "answer lost": Wire("link.drop_frame", {}),
    "every answer lost": Wire("link.drop_frame", {}, times=0),
    "answer garbled": Wire("link.flip_bcc", {}),
    "every answer garbled": Wire("link.flip_bcc", {}, times=0),
    "answer cut off": Wire("link.truncate", {"keep": 4}),
    "answer twice": Wire("link.repeat", {}),
    "answer in pieces": Wire("link.split", {"size": 1, "gap_s": 0.002}),
    "noise before the answer": Wire("link.noise", {"piece": "frame"}),
    "cable out": Wire("link.drop", {"at": "answer", "replug_s": 0.2}),
}
LOST_ACKS = (1, 2, 3)  # the exchange whose ACK is lost; a driver looks before it moves
every_wire = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES.keys())
