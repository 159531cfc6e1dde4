"""`padkit-central serve` as a process: says when it is ready, logs JSON, ends on SIGTERM."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any


async def test_it_says_ready_and_ends_cleanly(config: Any, tmp_path: Path) -> None:
    file = tmp_path / "central.toml"
    file.write_text(
        f'entities = ["demo"]\ndatabase = "c.db"\nparty = "{config.party}"\npassword_file = "{config.password_file}"\n'
        f'[core]\nurl = "{config.core.url}"\n',
        encoding="utf-8",
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "padkit_central.cli", "serve", "--config", str(file)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    assert ready["event"] == "ready"
    assert ready["url"].startswith("https://127.0.0.1:")
    process.terminate()
    rest, errors = await process.communicate()
    assert (process.returncode, rest) == (0, b"")
    events = [json.loads(line)["event"] for line in errors.decode().splitlines()]
    assert events[-1] == "central.stopped"
    assert "central.ready" in events
