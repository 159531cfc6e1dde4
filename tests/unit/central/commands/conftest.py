"""Settings in a file, and a way to call a command while a service runs in this loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from padkit_central.cli import main


@pytest.fixture
def settings(config: Any, tmp_path: Path) -> Path:
    file = tmp_path / "central.toml"
    file.write_text(
        f'entities = ["demo"]\ndatabase = "central.db"\nparty = "{config.party}"\n'
        f'password_file = "{config.password_file}"\n[core]\nurl = "{config.core.url}"\n',
        encoding="utf-8",
    )
    return file


@pytest.fixture
async def run(settings: Path) -> AsyncIterator[Callable[..., Any]]:
    """Return a runner in a thread of its own, so that commands may have their own event loop."""

    async def invoke(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, [*words, "--config", str(settings)])

    yield invoke
