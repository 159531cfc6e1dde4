"""Practice: another kit, all of it simulated, as a program of its own beside the agent; this agent only starts and ends it.

It has a store, keys and a central of its own in a folder that goes with it. Nothing of this kit reaches it, nor the other way
round: no setting, no key and no device is handed over; only the wish to begin. It ends with its standard input: never after us.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from padkit_agent.api import client
from padkit_agent.api.answers import Launch
from padkit_agent.observe import Log
from padkit_sdk.errors import Refused

PROGRAM = Path(sys.executable).parent / "padkit-sim"
WORD = "practice"
READY_S = 90.0
STOP_S = 15.0
MAX_LINE = 65_536
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER")  # of our environment; nothing of this kit's


class Ready(msgspec.Struct, frozen=True):
    """The first line that the program prints."""

    event: str
    socket: str


class Practice:
    """One practice kit at a time. `program` is asked for by `padkit-agent practice` and by the page alike."""

    def __init__(self, log: Log, program: Path = PROGRAM) -> None:
        self._log = log
        self._program = program
        self._one = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._socket = ""

    @property
    def there(self) -> bool:
        """Whether the program is installed beside the agent."""
        return self._program.is_file()

    async def open(self) -> Launch:
        """Start it, or find the one that runs, and return where its page opens. Raises `Refused` ``practice.*``."""
        async with self._one:
            if self._process is None or self._process.returncode is not None:
                await self._start()
            try:
                answer = await client.call(Path(self._socket), "POST", "/v1/page/launch")
            except client.ApiError as exc:
                await self._end()
                raise Refused("practice.failed", f"practice: {exc}; begin it again") from exc
            return msgspec.convert(answer, Launch)

    async def close(self) -> None:
        """End it; what was done there is thrown away. Ending none is no fault."""
        async with self._one:
            await self._end()

    async def _start(self) -> None:
        if not self.there:
            told = f"practice: {self._program} is not there"
            raise Refused("practice.none", f"{told}; install padkit-sim and padkit-central beside the agent")
        self._process = process = await asyncio.create_subprocess_exec(
            str(self._program),
            WORD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
            limit=MAX_LINE,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_S):
                self._socket = msgspec.json.decode(await process.stdout.readline(), type=Ready).socket
        except (TimeoutError, ValueError) as exc:  # a line that is too long or no JSON is a ValueError, too
            await self._end()
            told = f"practice: {self._program} did not come up within {READY_S:g} s"
            raise Refused("practice.failed", f"{told}; run `padkit-agent practice` to see why") from exc
        self._log.info("practice.begun")

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        self._log.info("practice.ended")
