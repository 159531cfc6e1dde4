"""The devices of the kit: workers, hot-plug, leases, self-test. Opens no device node and knows no bus library."""

from padkit_agent.devices.clock import LoopClock, SteadyClock
from padkit_agent.devices.contract import Devices, LeasedDevice
from padkit_agent.devices.discovery import WireScan
from padkit_agent.devices.launching import InlineLauncher, Launcher
from padkit_agent.devices.libraries import VENDOR_LIBRARIES, LibraryScan
from padkit_agent.devices.machine import DeviceState
from padkit_agent.devices.profile import DeviceProfile, KitProfile
from padkit_agent.devices.room import DeviceRoom, Ground, open_room
from padkit_agent.devices.spawning import SpawnerLauncher
from padkit_agent.devices.uevents import kernel_hints, no_hints
from padkit_agent.devices.views import DeviceView, LeaseView, Problem, RoomEvent

__all__ = [
    "VENDOR_LIBRARIES",
    "DeviceProfile",
    "DeviceRoom",
    "DeviceState",
    "DeviceView",
    "Devices",
    "Ground",
    "InlineLauncher",
    "KitProfile",
    "Launcher",
    "LeaseView",
    "LeasedDevice",
    "LibraryScan",
    "LoopClock",
    "Problem",
    "RoomEvent",
    "SpawnerLauncher",
    "SteadyClock",
    "WireScan",
    "kernel_hints",
    "no_hints",
    "open_room",
]
