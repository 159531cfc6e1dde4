"""The one way the simulator says no to a person: what, where, which value, what next. Devices say no on their wire instead."""

from __future__ import annotations


class SimRefused(Exception):
    """A kit file, a control request or a hand action that cannot be done as asked; nothing was changed."""
