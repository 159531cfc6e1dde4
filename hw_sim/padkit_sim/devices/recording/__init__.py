"""A recording played as a device."""

from padkit_sim.devices.recording.player import HANDS, Player, PlayerSettings
from padkit_sim.devices.recording.usb_player import UsbPlayer, UsbPlayerSettings

FAULTS = ()

__all__ = ["FAULTS", "HANDS", "Player", "PlayerSettings", "UsbPlayer", "UsbPlayerSettings"]
