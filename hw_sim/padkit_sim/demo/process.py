"""One child process of the demonstration: started, waited for until ready, stopped by its own pid. Its log goes to a file."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

READY_S = 30.0
STOP_S = 10.0


class WorldFailed(Exception):
    """Something of the demonstration did not come up or did not answer; the message says what and where to look."""


def program(name: str) -> str:
    """Return the path of one of our commands: it lies beside the interpreter that runs us."""
    return str(Path(sys.executable).parent / name)


class Child:
    """A started program that prints one JSON line with ``"event":"ready"``."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path, ready: dict[str, Any]) -> None:
        self.name = name
        self.process = process
        self.log = log
        self.ready = ready

    @property
    def running(self) -> bool:
        return self.process.returncode is None

    async def gone(self) -> int | None:
        """Wait until it has ended by itself and return its exit code; None when it runs on after `STOP_S`."""
        try:
            async with asyncio.timeout(STOP_S):
                return await self.process.wait()
        except TimeoutError:
            return None

    async def stop(self, number: int = signal.SIGTERM) -> None:
        """Send a signal and wait until it is gone; after `STOP_S` it is killed."""
        if self.running:
            self.process.send_signal(number)
            try:
                async with asyncio.timeout(STOP_S):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


async def start(name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Child:
    """Start `command` and wait for its ready line. Raises `WorldFailed` with the end of its log."""
    log = folder / f"{name}.log"
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **environment},
            cwd=folder,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            line = await process.stdout.readline()
        ready = msgspec.json.decode(line, type=dict[str, Any])
    except (TimeoutError, msgspec.DecodeError) as exc:
        with suppress(ProcessLookupError):  # it may have ended by itself
            process.kill()
        await process.wait()
        raise WorldFailed(f"{name} did not come up: {tail(log)}") from exc
    return Child(name, process, log, ready)


async def call(name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command to its end and return what it printed. Raises `WorldFailed`."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
        cwd=folder,
    )
    out, err = await process.communicate()
    if process.returncode != 0:
        raise WorldFailed(
            f"{name}: {' '.join(command)} ended with {process.returncode}: {err.decode(errors='replace')}"
        )
    return out.decode()


def tail(log: Path, lines: int = 12) -> str:
    """Return the end of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
