"""Driver of resident-identity-card readers with the SAM_V host interface."""

from padkit_back_clip.plugin import open_reader, padkit_drivers

__all__ = ["open_reader", "padkit_drivers"]
