"""Which sources of pictures the settings name, as wires. Addresses only: none is asked here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from padkit_agent.core.found import FoundWire

CAMERAS = (
    "PADKIT_CAMERAS"  # addresses, one a line: of a simulated kit, and in a worker's environment all that are named
)


@dataclass(frozen=True, slots=True)
class CameraScan:
    """Names the sources after what `others` found."""

    addresses: tuple[str, ...]
    others: Callable[[], tuple[FoundWire, ...]] = tuple

    def __call__(self) -> tuple[FoundWire, ...]:
        """What the others found, and the sources in the order in which they are named."""
        named = tuple(FoundWire(it, it, location=it, kind="pictures") for it in self.addresses)
        return (*self.others(), *named)
