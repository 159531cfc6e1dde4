"""Calls into a vendor's library, in a process of its own: killed at the deadline, started again within a budget."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from padkit_sdk.bridge.description import Function, VendorLibrary
from padkit_sdk.bridge.process import END_S, LibraryProcess
from padkit_sdk.bridge.talk import MAX_LINE, Ask, Told
from padkit_sdk.deadline import Deadline
from padkit_sdk.errors import BadFrame, DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.links import LibraryLink

RESTARTS = 3
WINDOW_S = 600.0
CRASH_S = 0.2  # a crash is told by its own signal, when there is one


@dataclass(slots=True)
class RestartBudget:
    """At most `RESTARTS` ends of a library's process within `WINDOW_S`."""

    _ended_at_mono_s: deque[float] = field(default_factory=deque)

    def spend(self, now_mono_s: float) -> None:
        """One more process has ended by itself, or had to be killed."""
        self._ended_at_mono_s.append(now_mono_s)

    def is_spent(self, now_mono_s: float) -> bool:
        """Whether no other may be started now."""
        while self._ended_at_mono_s and now_mono_s - self._ended_at_mono_s[0] >= WINDOW_S:
            self._ended_at_mono_s.popleft()
        return len(self._ended_at_mono_s) > RESTARTS


_BUDGETS: dict[Path, RestartBudget] = defaultdict(
    RestartBudget
)  # by library: a device that is opened anew gets no new one


class LibraryCaller:
    """One library in its own process and process group. Calls take turns; a call that is cancelled ends the process."""

    def __init__(self, library: VendorLibrary, link: LibraryLink, device: str, now_mono_s: Callable[[], float]) -> None:
        self._library = library
        self._link = link
        self._path = link.path
        self._where = f"{library.model} {device}"
        self._now_mono_s = now_mono_s
        self._budget = _BUDGETS[link.path]
        self._turn = asyncio.Lock()
        self._child: LibraryProcess | None = None
        self._numbers = 0  # of the asks to this process
        self._closed = False
        self.calling: str | None = None  # the function that runs now, or ran last

    @property
    def pid(self) -> int | None:
        """The library's process now, None when none runs."""
        return None if self._child is None else self._child.pid

    async def call(self, function: Function, *given: int | bytes, timeout_s: float) -> Told:
        """Call `function`; what it returned is for the caller to judge.

        Raises:
            OutcomeUnknown: the library crashed, or did not return in `timeout_s` and was killed.
            BadFrame: it wrote nonsense; its process was ended, the outcome is not known.
            DeviceFault: ``bridge.spent`` (it ended too often), ``bridge.load`` (it cannot be loaded or has no such function).
            Refused: ``bridge.busy``, another call has the library until `timeout_s` is over; nothing was done.
            LinkLost: this caller is closed, or no process can be started; nothing was done.
        """
        deadline = Deadline.after(timeout_s, self._now_mono_s)
        await self._wait_for_turn(timeout_s)
        try:
            self._still_open()
            if self._child is not None and self._child.has_ended:  # since the last call: nothing was under way
                await self._failed()
            if self._child is None:
                await self._start(deadline)
            return await self._ask(function, given, deadline)
        finally:
            self._turn.release()

    async def _wait_for_turn(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._turn.acquire()
        except TimeoutError:
            told = f"{self._where}: {self.calling} still runs after {timeout_s:g} s; try later"
            raise Refused("bridge.busy", told) from None

    def _still_open(self) -> None:
        if self._closed:
            raise LinkLost(f"{self._where}: closed; open it again")

    async def close(self) -> None:
        """End the library's process: first politely, then for good."""
        self._closed = True
        if self._child is not None and not self._turn.locked():
            with suppress(PadkitError):
                for function in self._library.closing:
                    await self._ask(function, (), Deadline.after(END_S, self._now_mono_s))
        await self._end()

    async def _start(self, deadline: Deadline) -> None:
        if self._budget.is_spent(self._now_mono_s()):
            often = f"its library ended {RESTARTS + 1} times in {WINDOW_S / 60:g} minutes"
            raise DeviceFault("bridge.spent", f"{self._where}: {often}; replace {self._path.name}, or the device")
        self._numbers = 0
        number = ":".join(map(str, self._link.number))
        words = (
            str(self._path),
            "--number",
            number,
            "--parent",
            str(os.getpid()),
            "--memory-mb",
            str(self._library.memory_mb),
        )
        try:
            self._child = await LibraryProcess.start(words, limit=MAX_LINE)
        except OSError as exc:
            raise LinkLost(f"{self._where}: no process for {self._path.name} ({exc.strerror}); try later") from exc
        if self._closed:  # meanwhile
            await self._end()
            self._still_open()
        for function in self._library.opening:
            told = await self._ask(function, (), deadline)
            if not function.succeeded(told.returned):
                await self._end()
                fault = self._library.faults.get(told.returned, "bridge.refused")
                message = f"{self._where}: {function.symbol} returned {told.returned}; check the device and its cable"
                raise DeviceFault(fault, message, raw=str(told.returned))

    async def _ask(self, function: Function, given: tuple[int | bytes, ...], deadline: Deadline) -> Told:
        assert self._child is not None
        self._numbers += 1
        self.calling = function.symbol
        what = f"{self._where}: {function.symbol}"
        try:
            async with asyncio.timeout(deadline.left_s()):
                line = await self._child.ask(msgspec.json.encode(Ask(self._numbers, function, given)) + b"\n")
        except TimeoutError:
            await self._failed()
            raise OutcomeUnknown(
                f"{what} did not return in time; its process was killed, look before repeating"
            ) from None
        except ValueError as exc:
            await self._failed()
            raise BadFrame(f"{what}: a line of more than {MAX_LINE} bytes") from exc
        except asyncio.CancelledError:
            await self._end()
            raise
        if not line:
            how = await self._failed()
            raise OutcomeUnknown(f"{what} took its process down ({how}); look before repeating")
        return await self._judge(line, what)

    async def _judge(self, line: bytes, what: str) -> Told:
        try:
            told = msgspec.json.decode(line, type=Told)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            await self._failed()
            raise BadFrame(f"{what}: {len(line)} bytes that are no answer") from exc
        if told.id != self._numbers:
            await self._failed()
            raise BadFrame(f"{what}: answer {told.id}, expected {self._numbers}")
        if told.error.startswith(("OSError", "AttributeError")):
            await self._end()
            raise DeviceFault("bridge.load", f"{what}: {told.error}; is {self._path.name} the right file?")
        if told.error:
            await self._failed()
            raise BadFrame(f"{what}: {told.error}")
        return told

    async def _failed(self) -> str:
        """The process ended, or must: count it. Returns how it ended."""
        self._budget.spend(self._now_mono_s())
        return await self._end(patience_s=CRASH_S)

    async def _end(self, *, patience_s: float = 0.0) -> str:
        child, self._child = self._child, None
        return await child.end(patience_s=patience_s) if child is not None else "not running"
