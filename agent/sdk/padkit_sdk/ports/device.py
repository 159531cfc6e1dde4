"""What every device can do, whatever its port: say who it is, test itself, be closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Who answers on the wire, in the device's own words. `serial` is empty when the device has none."""

    model: str
    serial: str
    firmware: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a self-test: a stable dotted name, whether it passed, and what was seen."""

    name: str
    passed: bool
    seen: str


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The result of a self-test; a device is fit when every check passed."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)


class Device(Protocol):
    """The part that all ports share."""

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        """Ask the device who it is. Moves nothing. Raises `LinkLost`, `DeviceFault`, `OutcomeUnknown`."""
        ...

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        """Check the device without moving a card or touching a person's data."""
        ...

    async def close(self) -> None:
        """Leave the device safe (contacts off, entry forbidden) and let go of the link. Never moves a card."""
        ...
