"""Holds the kit's store, central, the core and the card box against each other, each heard through its own door."""

from padkit_sim.compare.cli import command

__all__ = ["command"]
