"""What others may see of the devices: their state, the lease on them, and what happens to them. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from padkit_agent.devices.machine import DeviceState
from padkit_sdk.ports import DeviceIdentity


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a device is not ready: a stable dotted `code` (``device.swapped``, ``link_lost``) and a message for staff."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LeaseView:
    """Who holds a device, what for, and until when on the steady clock."""

    owner: str
    purpose: str
    expires_mono_s: float


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device at one moment.

    `ports` and `identity` are those of the last successful opening; `where` is the USB location, empty when absent.
    """

    device: str
    plugin: str
    model: str
    state: DeviceState
    ports: tuple[str, ...] = ()
    where: str = ""
    identity: DeviceIdentity | None = None
    problem: Problem | None = None
    lease: LeaseView | None = None


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """Something that happened to a device or its plugin.

    `name` is ``device.<state>``, ``device.swapped``, ``lease.taken|renewed|released|expired``,
    ``plugin.ready|crashed|refused|quarantined``, ``events.lost``, or what the device itself said, such as
    ``card.gate_cleared``. `device` is empty when the event concerns a plugin only. `detail` holds no personal data.
    """

    name: str
    device: str = ""
    plugin: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
