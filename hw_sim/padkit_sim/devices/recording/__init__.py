"""A recording played as a device."""

from padkit_sim.devices.recording.player import HANDS, Player, PlayerSettings

FAULTS = ()

__all__ = ["FAULTS", "HANDS", "Player", "PlayerSettings"]
