"""What the store keeps of peripherals: each is a record of its own, whatever kit it works at. No SQL here."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


class DeviceState(enum.Enum):
    """A peripheral's place in the register."""

    FOUND = "found"  # a kit says that it has it; nobody here knew of it
    REGISTERED = "registered"  # a person wrote it down
    RETIRED = "retired"  # lost, broken or sold: it should work nowhere


class Happened(enum.Enum):
    """What the history of a peripheral tells."""

    FOUND = "found"  # at `kit`, for the first time anywhere
    MOVED = "moved"  # from `before` to `kit`
    CLAIMED = "claimed"  # `kit` says that it has it while it works at `before`
    FIRMWARE = "firmware"
    REGISTERED = "registered"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, order=True)
class DeviceKey:
    """By what a peripheral is known: who it says it is, in its own words. One without a serial number is known by its `place`."""

    model: str
    serial: str
    place: str = ""  # KIT/device

    @property
    def name(self) -> str:
        """How lists and cases call it."""
        return f"{self.model} {self.serial or f'at {self.place}'}"


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One peripheral. `left_at` is empty while its kit says that it works; `kit` is empty until one did."""

    key: DeviceKey
    state: DeviceState
    kit: str = ""
    since: str = ""
    left_at: str = ""
    plugin: str = ""
    firmware: str = ""
    claimed_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """One line of a peripheral's history; it stands in that of `kit` and of `before`, too."""

    key: DeviceKey
    at: str
    what: Happened
    kit: str = ""
    before: str = ""
    detail: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """What a kit's word changes: the record after it, a line of history, the reason of a case."""

    row: DeviceRow
    event: DeviceEvent | None = None
    case: str = ""


Judge = Callable[[Mapping[DeviceKey, DeviceRow], Mapping[str, str]], Sequence[DeviceChange]]
"""From the records (those of the kit, and those it names) and each kit's last contact, the changes."""
