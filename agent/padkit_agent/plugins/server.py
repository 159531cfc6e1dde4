"""The worker's side of the conversation: takes the core's messages, lets the host act, answers each request once."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from padkit_agent.core.found import FoundWire
from padkit_agent.plugins.channel import Channel
from padkit_agent.plugins.failures import to_failure
from padkit_agent.plugins.frames import MAX_VALUE
from padkit_agent.plugins.host import HostObserver, LinkOpener, PluginHost
from padkit_agent.plugins.loading import link_kind
from padkit_agent.plugins.messages import (
    PROTOCOL,
    Call,
    Cancel,
    Close,
    Event,
    Failure,
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
    ToWorker,
    Unfit,
    Unlock,
)
from padkit_sdk.errors import BadFrame, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.links import DeviceEvent
from padkit_sdk.manifest import Manifest

LOOK_AGAIN_S, LOOK_AGAIN_MOST_S = 0.25, 4.0

Request = Open | Close | Call


class ToCore(HostObserver):
    """Passes on what a host observes."""

    def __init__(self, channel: Channel[ToWorker]) -> None:
        self._channel = channel

    def on_event(self, device: str, event: DeviceEvent) -> None:
        self._channel.send(Event(device, event.name, {key: str(value) for key, value in event.detail.items()}))

    def on_log(self, event: str, fields: Mapping[str, str]) -> None:
        self._channel.send(Log(event, dict(fields)))

    def on_sighted(self, kind: str, wires: tuple[FoundWire, ...]) -> None:
        """All wires of one kind that can be seen now."""
        self._channel.send(Sighted(kind, wires))


Sight = Callable[[Sequence[Any], Callable[[tuple[FoundWire, ...]], None]], Awaitable[None]]
"""Looks for wires of one kind until cancelled: given the matches of its kind, it tells all that is there at each change."""


@dataclass(frozen=True, slots=True)
class LinkKinds:
    """What this process can open and what it can look for, by kind of link. Both load a bus library when first used."""

    openers: Mapping[str, LinkOpener]
    sights: Mapping[str, Sight] = field(default_factory=dict)


async def serve(
    channel: Channel[ToWorker],
    links_for: Callable[[Manifest], LinkKinds],
    now_mono_s: Callable[[], float],
) -> None:
    """Host the plugin that the first message names until the core closes the channel, then close its devices.

    A plugin that cannot be loaded is answered with `Unfit`. Raises `BadFrame` when the core talks nonsense.
    """
    messages = channel.receive()
    hello = await anext(messages, None)
    if not isinstance(hello, Hello) or hello.protocol != PROTOCOL:
        raise BadFrame(f"first message {hello!r:.80} is no hello of protocol {PROTOCOL}; restart the agent")
    if hello.paths:
        sys.path[:0] = hello.paths
        importlib.invalidate_caches()
    try:
        links = links_for(hello.manifest)
        host = PluginHost(hello.manifest, links.openers, ToCore(channel), now_mono_s)
        host.lock = hello.lock
        offers = host.load()
    except Refused as exc:
        channel.send(Unfit(exc.reason, str(exc)))
        return
    channel.send(Ready(offers))
    server = HostServer(channel, host)
    try:
        async with asyncio.TaskGroup() as tasks:
            looking = [
                tasks.create_task(look(kind, sight, offers, ToCore(channel))) for kind, sight in links.sights.items()
            ]
            async for message in messages:
                server.take(message, tasks)
            server.cancel_all()
            for task in looking:
                task.cancel()
    finally:
        await host.aclose()


async def look(kind: str, sight: Sight, offers: Sequence[OfferView], core: ToCore) -> None:
    """Tell the core what wires of `kind` are there; a look that fails is told and taken up again."""
    matches = [match for offer in offers for match in offer.matches if link_kind(match) == kind]
    pause_s = LOOK_AGAIN_S
    while True:
        try:
            await sight(matches, lambda wires: core.on_sighted(kind, wires))
        except Exception as exc:  # noqa: BLE001 - a bus that is away for a while is none of the open devices' business
            core.on_sighted(kind, ())
            core.on_log("sight.failed", {"kind": kind, "error": f"{type(exc).__name__}: {exc}"[:200]})
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LOOK_AGAIN_MOST_S)


class HostServer:
    """Runs each request as a task of its own, so that a slow device holds up neither others nor the heart-beat."""

    def __init__(self, channel: Channel[ToWorker], host: PluginHost) -> None:
        self._channel = channel
        self._host = host
        self._running: dict[int, asyncio.Task[Result | Failure]] = {}

    def take(self, message: ToWorker, tasks: asyncio.TaskGroup) -> None:
        """Act on one message; requests are answered later. Raises `BadFrame` for a second hello."""
        match message:
            case Ping():
                self._channel.send(Pong(message.id))
            case Cancel():
                if message.id in self._running:
                    self._running[message.id].cancel()
            case Lock():
                self._host.lock = message
            case Unlock():
                self._host.lock = None
            case Hello():
                raise BadFrame("a second hello; a worker hosts one plugin")
            case _:
                task = tasks.create_task(self._perform(message))
                self._running[message.id] = task
                task.add_done_callback(partial(self._answer, message.id))

    def cancel_all(self) -> None:
        """Cancel what still runs; nobody waits for it any more."""
        for task in self._running.values():
            task.cancel()

    async def _perform(self, request: Request) -> Result | Failure:
        try:
            return Result(request.id, await self._act(request))
        except PadkitError as exc:
            return to_failure(request.id, exc)
        except Exception as exc:  # noqa: BLE001 - a driver's bug ends its call, not its worker
            method = request.method if isinstance(request, Call) else "open"
            self._host.report_bug(request.device, method, exc)
            return to_failure(request.id, exc)

    async def _act(self, request: Request) -> bytes:
        match request:
            case Open():
                await self._host.open(request)
            case Close():
                await self._host.close(request.device)
            case Call():
                value = await self._host.call(request)
                if len(value) > MAX_VALUE:
                    told = f"{request.device}: result of {request.method} has {len(value)} bytes, at most {MAX_VALUE}"
                    raise OutcomeUnknown(f"{told}; look before repeating")
                return value
        return b""

    def _answer(self, request: int, task: asyncio.Task[Result | Failure]) -> None:
        del self._running[request]
        if task.cancelled():
            self._channel.send(to_failure(request, asyncio.CancelledError()))
        elif task.exception() is None:
            self._channel.send(task.result())
