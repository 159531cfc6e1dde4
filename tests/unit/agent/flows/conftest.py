from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .kit import Kit


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    """A kit with its pack and slip, at work."""
    made = Kit(tmp_path)
    await made.start()
    yield made
    await made.kill()
    made.store.close()


@pytest.fixture
async def idle(tmp_path: Path) -> AsyncIterator[Kit]:
    """A kit that has not been started."""
    made = Kit(tmp_path)
    yield made
    made.store.close()
