"""What the kit profile says about its devices: which name is which model on which wire. Data only, parsed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from padkit_sdk.links import Setting


@dataclass(frozen=True, slots=True)
class DeviceProfile:
    """One device of the kit.

    `device` is the kit's own name (``box``), `plugin` the plugin's name in its manifest, `model` a model the plugin offers.
    `serial` (USB serial number) and `location` (sysfs port path such as ``1-3``) say which adapter is meant; what is left
    empty matches any. `settings` go to the driver and are checked against the offer.
    """

    device: str
    plugin: str
    model: str
    serial: str = ""
    location: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KitProfile:
    """All devices of one kit; names are unique."""

    devices: tuple[DeviceProfile, ...]

    def plugins(self) -> tuple[str, ...]:
        """The plugins this kit needs, each once, in the order of the devices."""
        return tuple(dict.fromkeys(device.plugin for device in self.devices))
