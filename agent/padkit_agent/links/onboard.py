"""The kit's own processor as a link: nothing to open, nothing to lose."""

from __future__ import annotations

from pathlib import Path

from padkit_sdk.links import Onboard, OnboardLink


class NoWire(OnboardLink):
    """There is no wire."""

    async def close(self) -> None:
        """See `OnboardLink.close`."""


async def open_onboard(match: Onboard, path: Path) -> OnboardLink:
    """Always succeeds."""
    return NoWire()
