"""Drivers of card boxes: the CRT-591 family, and the CRT-541, which only ejects."""

from padkit_card_dispenser.plugin import open_crt541, open_crt591, padkit_drivers

__all__ = ["open_crt541", "open_crt591", "padkit_drivers"]
