"""The core's side of one worker: requests and their answers, heart-beat, deadlines, and what a worker may not do.

A worker that breaks the rules (deadline, heart-beat, flood, nonsense) is killed; the line then ends like that of a
worker that died. Every request that was sent and not answered is `OutcomeUnknown`, one that was not sent is `LinkLost`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from padkit_agent.core.found import FoundWire
from padkit_agent.devices.clock import Alarm, SteadyClock, deadline, wait
from padkit_agent.devices.flood import Bucket
from padkit_agent.plugins.channel import Channel
from padkit_agent.plugins.failures import to_error
from padkit_agent.plugins.finding import FoundPlugin
from padkit_agent.plugins.host import CLOSE_S, OPEN_S
from padkit_agent.plugins.messages import (
    PROTOCOL,
    Call,
    Cancel,
    Close,
    Event,
    Failure,
    FromWorker,
    Hello,
    Lock,
    Log,
    OfferView,
    Open,
    Ping,
    Pong,
    Ready,
    Result,
    Sighted,
    Unfit,
    Unlock,
)
from padkit_sdk.errors import BadFrame, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.links import LinkMatch, Setting

START_S = 10.0  # for importing a plugin
UNTIMED_CALL_S = 5.0  # for port methods without ``timeout_s``, which do no I/O or little
OVERRUN_S = 2.0  # a driver that has not answered this long after its deadline is hung
CANCEL_S = 2.0  # a driver that has not stopped this long after a cancel is hung
BEAT_S = 0.5
HUNG_BEATS = 4  # in a row unanswered; beats count, not seconds, so that a core without breath blames no worker
HUNG_S = HUNG_BEATS * BEAT_S
WORDS, WORDS_PER_S = 1_000, 200  # events, log lines and lines of output
BYTES, BYTES_PER_S = 32 * 1024 * 1024, 8 * 1024 * 1024


class LineListener(Protocol):
    """Who hears what a worker says unasked."""

    def on_event(self, plugin: str, device: str, name: str, detail: Mapping[str, str]) -> None:
        """A device said something by itself, or so its plugin says."""
        ...

    def on_log(self, plugin: str, event: str, fields: Mapping[str, str]) -> None:
        """The host reports a driver's misbehaviour."""
        ...

    def on_sighted(self, plugin: str, kind: str, wires: tuple[FoundWire, ...]) -> None:
        """These are all the wires of that kind that the worker sees now."""
        ...


@dataclass(slots=True)
class Pending:
    """A request on its way."""

    answer: asyncio.Future[Result | Failure]
    alarm: Alarm


class WorkerLine:
    """One worker from its hello to its end. The owner runs `read` as a task, and after the hello `beat`."""

    def __init__(
        self,
        plugin: FoundPlugin,
        channel: Channel[FromWorker],
        clock: SteadyClock,
        listener: LineListener,
        kill: Callable[[], None],
        on_end: Callable[[str], None],
    ) -> None:
        self._plugin = plugin
        self._channel = channel
        self._clock = clock
        self._listener = listener
        self._kill = kill
        self._on_end = on_end
        self._ids = 0
        self._pending: dict[int, Pending] = {}
        self._welcome: asyncio.Future[Ready | Unfit] = asyncio.get_running_loop().create_future()
        now = clock.now_mono_s()
        self._words = Bucket(WORDS, WORDS_PER_S, now)
        self._bytes = Bucket(BYTES, BYTES_PER_S, now)
        self._unanswered = 0  # beats
        self._opening = 0
        self.ended = asyncio.Event()
        self.ending = ""  # why, once ended

    def obey(self, lock: Lock | None) -> None:
        """Tell the worker what it must refuse from now on."""
        if not self.ended.is_set():
            self._channel.send(Unlock() if lock is None else lock)

    async def hello(self, lock: Lock | None = None) -> tuple[OfferView, ...]:
        """Let the worker load the plugin, locked from the first moment when there is a `lock`; return its offers.

        Raises `Refused` ``plugin.*`` (it cannot be loaded, another try will not help) or `LinkLost` (the worker died).
        """
        self._channel.send(Hello(PROTOCOL, self._plugin.manifest, self._plugin.paths, lock))
        try:
            async with deadline(self._clock, START_S):
                answer = await self._welcome
        except TimeoutError as exc:
            self.end(f"not ready within {START_S:g} s")
            raise self._lost() from exc
        if self.ended.is_set():
            raise self._lost()
        if isinstance(answer, Unfit):
            raise Refused(answer.reason, answer.message)
        return answer.offers

    async def open(self, device: str, model: str, match: LinkMatch, path: str, settings: Mapping[str, Setting]) -> None:
        """Open a device. Raises what link or driver raised; `LinkLost` also when the worker died meanwhile."""
        request = Open(self._next(), device, model, match, path, dict(settings))
        self._opening += 1
        try:
            await self._request(request, f"{device}.open", OPEN_S)
        except OutcomeUnknown as exc:
            raise LinkLost(str(exc)) from exc  # nothing moved: opening again is safe
        finally:
            self._opening -= 1
            self._unanswered = 0

    async def close_device(self, device: str) -> None:
        """Close a device. Raises `LinkLost` or `OutcomeUnknown` when the worker died, which closes it as well."""
        await self._request(Close(self._next(), device), f"{device}.close", CLOSE_S)

    async def call(self, device: str, port: str, method: str, arguments: bytes, *, timeout_s: float | None) -> bytes:
        """See `plugins.proxy.Endpoint`. A cancel waits for the driver to stop, `CANCEL_S` at most."""
        request = Call(self._next(), device, port, method, arguments)
        limit_s = UNTIMED_CALL_S if timeout_s is None else timeout_s
        return await self._request(request, f"{device}.{method}", limit_s)

    async def read(self) -> None:
        """Take what the worker sends until it ends; then every request that waits is told."""
        try:
            async for message in self._channel.receive(self._on_bytes):
                if self.ended.is_set():
                    return
                self._take(message)
        except BadFrame as exc:
            self.end(f"talked nonsense ({exc})")
        self.end("died")

    async def beat(self) -> None:
        """Ask for a sign of life every `BEAT_S` until the line ends; `HUNG_BEATS` without an answer end it.

        Not while a device is being opened: that imports its driver, which may be slow and has its own deadline.
        """
        while not await wait(self._clock, self.ended, BEAT_S):
            if self._unanswered >= HUNG_BEATS and not self._opening:
                self.end(f"hung, no heart-beat for {HUNG_S:g} s")
            else:
                self._unanswered += 1
                self._channel.send(Ping(self._next()))

    def said(self, words: int) -> None:
        """Count what the worker said unasked; too much ends the line."""
        if not self._words.take(words, self._clock.now_mono_s()):
            self.end(f"flooded us, more than {WORDS} events and log lines at once")

    def end(self, why: str) -> None:
        """Kill the worker and fail what waits for it, unless the line has ended before."""
        if not self.ended.is_set():
            self.stop(why)
            self._kill()
            self._on_end(why)

    def stop(self, why: str) -> None:
        """Fail what waits for the worker and let it leave its devices safe by itself, unless the line has ended before."""
        if self.ended.is_set():
            return
        self.ending = why
        self.ended.set()
        for request, pending in tuple(self._pending.items()):
            lost = f"worker of {self._plugin.name} {why}; look before repeating"
            self._settle(Failure(request, OutcomeUnknown.code, lost), pending)
        if not self._welcome.done():
            self._welcome.set_result(Unfit("plugin.crashed", why))

    async def _request(self, request: Open | Close | Call, what: str, timeout_s: float) -> bytes:
        if self.ended.is_set():
            raise self._lost()
        pending = self._expect(request.id, what, timeout_s + OVERRUN_S)
        self._channel.send(request)
        try:
            answer = await asyncio.shield(pending.answer)
        except asyncio.CancelledError:
            await self._cancel(request.id, what, pending)
            raise
        if isinstance(answer, Failure):
            raise to_error(answer)
        return answer.value

    async def _cancel(self, request: int, what: str, pending: Pending) -> None:
        if pending.answer.done():
            return
        pending.alarm.cancel()
        overrun = f"hung, {what} not stopped {CANCEL_S:g} s after a cancel"
        pending.alarm = self._clock.call_later(CANCEL_S, lambda: self.end(overrun))
        self._channel.send(Cancel(request))
        await asyncio.wait((pending.answer,))

    def _expect(self, request: int, what: str, limit_s: float) -> Pending:
        overrun = f"hung, {what} not answered {OVERRUN_S:g} s after its deadline"
        alarm = self._clock.call_later(limit_s, lambda: self.end(overrun))
        pending = Pending(asyncio.get_running_loop().create_future(), alarm)
        self._pending[request] = pending
        return pending

    def _take(self, message: FromWorker) -> None:
        match message:
            case Result() | Failure():
                if message.id in self._pending:
                    self._settle(message, self._pending[message.id])
                else:
                    self.said(1)  # answered twice, or never asked
            case Pong():
                self._unanswered = 0
            case Event():
                self.said(1)
                self._listener.on_event(self._plugin.name, message.device, message.name, message.detail)
            case Log():
                self.said(1)
                self._listener.on_log(self._plugin.name, message.event, message.fields)
            case Sighted():
                self.said(1)
                self._listener.on_sighted(self._plugin.name, message.kind, message.wires)
            case Ready() | Unfit():
                if self._welcome.done():
                    raise BadFrame("a second welcome")
                self._welcome.set_result(message)

    def _settle(self, answer: Result | Failure, pending: Pending) -> None:
        pending.alarm.cancel()
        del self._pending[answer.id]
        if not pending.answer.done():
            pending.answer.set_result(answer)

    def _on_bytes(self, count: int) -> None:
        if not self._bytes.take(count, self._clock.now_mono_s()):
            raise BadFrame(f"a flood of more than {BYTES} bytes")

    def _lost(self) -> LinkLost:
        return LinkLost(f"worker of {self._plugin.name} {self.ending}, nothing was sent; wait until it is back")

    def _next(self) -> int:
        self._ids += 1
        return self._ids
