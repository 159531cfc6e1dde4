"""Driver of card boxes of the CRT-591 family."""

from padkit_card_dispenser.plugin import open_crt591, padkit_drivers

__all__ = ["open_crt591", "padkit_drivers"]
