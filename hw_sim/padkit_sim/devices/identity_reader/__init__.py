"""The identity-card reader: a SAM_V module behind a serial line, and invented people's cards to lay on it."""

from padkit_sim.devices.identity_reader.faults import FAULTS, NAMES
from padkit_sim.devices.identity_reader.hands import HANDS
from padkit_sim.devices.identity_reader.reader import IdentityReader, ReaderSettings
from padkit_sim.devices.identity_reader.record import Foreigner2017, Foreigner2023, Permit, Person, Resident

__all__ = [
    "FAULTS",
    "HANDS",
    "NAMES",
    "Foreigner2017",
    "Foreigner2023",
    "IdentityReader",
    "Permit",
    "Person",
    "ReaderSettings",
    "Resident",
]
