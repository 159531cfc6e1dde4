"""The devices of the kit: workers, hot-plug, leases, self-test. Opens no device node and knows no bus library."""

from padkit_agent.devices.contract import Devices, LeasedDevice
from padkit_agent.devices.machine import DeviceState
from padkit_agent.devices.profile import DeviceProfile, KitProfile
from padkit_agent.devices.views import DeviceView, LeaseView, Problem, RoomEvent

__all__ = [
    "DeviceProfile",
    "DeviceState",
    "DeviceView",
    "Devices",
    "KitProfile",
    "LeaseView",
    "LeasedDevice",
    "Problem",
    "RoomEvent",
]
