"""Drivers of fingerprint readers: U.are.U 4500 and EF01 modules (R30x)."""

from padkit_fingerprint.plugin import open_module, open_uru4500, padkit_drivers

__all__ = ["open_module", "open_uru4500", "padkit_drivers"]
