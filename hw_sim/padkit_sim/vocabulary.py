"""All faults of a simulated kit by name."""

from __future__ import annotations

from collections.abc import Mapping

from padkit_sim import wires
from padkit_sim.devices import card_dispenser, identity_reader
from padkit_sim.faults import FaultSpec

VOCABULARY: Mapping[str, FaultSpec] = {
    spec.name: spec for spec in (*card_dispenser.FAULTS, *identity_reader.FAULTS, *wires.FAULTS)
}
BOX_FAULTS = card_dispenser.NAMES | wires.NAMES
READER_FAULTS = identity_reader.NAMES | wires.NAMES
