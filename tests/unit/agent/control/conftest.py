from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .government import Government


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Government]:
    made = Government(tmp_path / "kit.db")
    await made.control.load()
    yield made
    made.store.close()
