"""One device of the kit: found on its wire, opened in its worker, opened again when it was lost. One task keeps it."""

from __future__ import annotations

import asyncio
import random
from typing import Protocol

from padkit_agent.core.found import FoundWire
from padkit_agent.core.gate import BOX_STOPPED, WIPED
from padkit_agent.devices.budget import back_off_s
from padkit_agent.devices.clock import Alarm, SteadyClock, deadline
from padkit_agent.devices.line import UNTIMED_CALL_S, WorkerLine
from padkit_agent.devices.machine import NEXT, DeviceState, Seen, next_state
from padkit_agent.devices.matching import Wire, match_wire
from padkit_agent.devices.profile import DeviceProfile
from padkit_agent.devices.views import DeviceView, LeaseView, Problem
from padkit_agent.plugins.messages import OfferView
from padkit_agent.plugins.proxy import port_proxy
from padkit_sdk.errors import BadFrame, LinkLost, PadkitError, Refused
from padkit_sdk.ports import Device, DeviceIdentity

IDENTIFY_S = 3.0
CLOSED = {BOX_STOPPED: "until central allows it again", WIPED: "for good: the kit was wiped"}


class Surroundings(Protocol):
    """What a keeper asks of its room."""

    def plugged(self) -> tuple[FoundWire, ...]:
        """What the last sweep found."""
        ...

    def look(self) -> tuple[FoundWire, ...]:
        """What is plugged in this very moment."""
        ...

    def line(self, plugin: str) -> WorkerLine | None:
        """The plugin's worker, if one is up."""
        ...

    def offer(self, plugin: str, model: str) -> OfferView | None:
        """What the worker that is up offers for `model`."""
        ...

    def shut(self, device: str) -> str:
        """Why the device must be closed now (a dotted name), empty when it may be open."""
        ...

    def on_state(self, keeper: DeviceKeeper) -> None:
        """The keeper's state or problem has changed."""
        ...

    def on_refused(self, keeper: DeviceKeeper, refusal: Refused) -> None:
        """The keeper saw what its table does not hold, and stayed as it was."""
        ...


class DeviceKeeper:
    """Keeps one device as near to ready as its wire and worker allow."""

    def __init__(
        self,
        profile: DeviceProfile,
        others: tuple[str, ...],
        room: Surroundings,
        clock: SteadyClock,
        chance: random.Random,
    ) -> None:
        self.profile = profile
        self.state = DeviceState.ABSENT
        self.problem: Problem | None = None
        self.identity: DeviceIdentity | None = None
        self.changed = asyncio.Event()  # set and replaced at every change of state
        self._others = others
        self._room = room
        self._clock = clock
        self._chance = chance
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._wire: Wire | None = None  # the one it was opened on
        self._tried: Wire | Problem | None = None  # what the last look found; back-off counts for it only
        self._pinned = ""  # USB serial number of the adapter it was first opened on
        self._ports: tuple[str, ...] = ()
        self._attempt = 0
        self._pause: Alarm | None = None

    def view(self, lease: LeaseView | None) -> DeviceView:
        """The device as others see it."""
        return DeviceView(
            device=self.profile.device,
            plugin=self.profile.plugin,
            model=self.profile.model,
            state=self.state,
            ports=self._ports,
            where="" if self._wire is None else self._wire.port.location,
            identity=self.identity,
            problem=self.problem,
            lease=lease,
        )

    async def keep(self) -> None:
        """Open the device whenever it can be opened, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self.state is DeviceState.QUARANTINED:
                continue
            if why := self._room.shut(self.profile.device):
                await self._shut(why)
                continue
            if self.state is DeviceState.LOCKED:
                self._see(Seen.UNLOCKED, None)
            await self._reconcile()

    def wake(self) -> None:
        """Something may have changed: look."""
        self._wake.set()

    async def call(self, port: str, method: str, arguments: bytes, *, timeout_s: float | None) -> bytes:
        """Call a port of the device when its last call is done; a broken link is noted and mended.

        Raises as `LeasedDevice.port` says, and `Refused` ``device.busy`` when the last call took all of `timeout_s`.
        """
        try:
            async with deadline(self._clock, UNTIMED_CALL_S if timeout_s is None else timeout_s):
                await self._turn.acquire()
        except TimeoutError:
            told = f"{self.profile.device}: busy with another call, {port}.{method} was not sent"
            raise Refused("device.busy", f"{told}; wait for that call") from None
        try:
            return await self._call(port, method, arguments, timeout_s)
        finally:
            self._turn.release()

    def unready(self, consequence: str) -> PadkitError:
        """Why the device takes no call now."""
        why = f" ({self.problem.message})" if self.problem is not None else ""
        told = f"{self.profile.device} is {self.state.value}{why}: {consequence}"
        if shut := self._room.shut(self.profile.device):
            return Refused(shut, f"{self.profile.device} is locked: {consequence}; see `padkit-agent status`")
        if self.state is DeviceState.QUARANTINED:
            return Refused(
                "device.quarantined", f"{told}; repair it, then `padkit-agent device retry {self.profile.device}`"
            )
        return LinkLost(f"{told}; wait until it is ready")

    def on_worker_lost(self, problem: Problem) -> None:
        """The worker is gone, and with it the open driver."""
        self._wire = None
        self._end_pause()
        self._see(Seen.WORKER_LOST, problem)

    def on_quarantine(self, problem: Problem) -> None:
        """There is no worker until somebody retries."""
        self._wire = None
        self._see(Seen.BUDGET_SPENT, problem)

    def retry(self) -> None:
        """Forget what spoke against the device: problem, back-off, and which adapter it used to be."""
        if Seen.RETRY in NEXT[self.state]:
            self._pinned, self.identity = "", None
            self._see(Seen.RETRY, None)
        self._resume()
        self._attempt = 0

    async def _call(self, port: str, method: str, arguments: bytes, timeout_s: float | None) -> bytes:
        line = self._room.line(self.profile.plugin)
        if self.state is not DeviceState.READY or line is None or self._room.shut(self.profile.device):
            raise self.unready(f"{port}.{method} was not sent")
        try:
            return await line.call(self.profile.device, port, method, arguments, timeout_s=timeout_s)
        except (LinkLost, BadFrame) as exc:
            if self.state is DeviceState.READY and self._room.line(self.profile.plugin) is line:
                self._see(Seen.LINK_LOST, Problem(exc.code, str(exc)))
                self.wake()
            raise

    async def _reconcile(self) -> None:
        """Bring the device one step nearer to what wire and worker allow now."""
        line, offer = self._room.line(self.profile.plugin), self._room.offer(self.profile.plugin, self.profile.model)
        if line is None:
            return
        if offer is None:
            told = f"{self.profile.device}: plugin {self.profile.plugin} has no model {self.profile.model}; see the profile"
            self._refuse(Problem("device.no_model", told))
            return
        found = match_wire(self.profile, offer, self._room.plugged(), pinned=self._pinned, others=self._others)
        if self._wire is not None and (found != self._wire or self.state is DeviceState.OPENING):
            await self._let_go(line)
            if line.ended.is_set():
                return
        if found != self._tried:
            self._tried, self._attempt = found, 0
            self._end_pause()
        match found:
            case None:
                self._gone()
            case Problem():
                self._refuse(found)
            case Wire() if self._wire is None and self._pause is None:
                await self._open(line, offer, found)

    async def _open(self, line: WorkerLine, offer: OfferView, wire: Wire) -> None:
        if self.state is DeviceState.READY:
            self._see(
                Seen.LINK_LOST, Problem(LinkLost.code, f"{self.profile.device}: plugged anew as {wire.port.name}")
            )
        elif self.state is not DeviceState.OPENING:
            self._see(Seen.FOUND, None)
        device = self.profile.device
        try:
            await line.open(device, offer.model, wire.match, wire.port.path, self.profile.settings)
            self._wire = wire
            identity = await port_proxy(Device, line, device).identify(timeout_s=IDENTIFY_S)
        except PadkitError as exc:
            if not line.ended.is_set():  # else the supervisor tells
                code = exc.reason if isinstance(exc, Refused) else exc.code
                await self._fail(line, Problem(code, str(exc)))
            return
        if line.ended.is_set():
            return
        locked = self._room.shut(device)
        if locked or wire.port not in self._room.look():  # the name may lead to another device since the last sweep
            await self._let_go(line)
            self.wake()
            return
        swapped = self._swapped(identity)
        if swapped is not None:
            await self._fail(line, swapped)
            return
        if identity.serial or self.identity is None:  # before `prepare` a box tells none: who it was stays known
            self.identity = identity
        self._ports, self._attempt = offer.ports, 0
        self._pinned = wire.port.serial
        self._see(Seen.OPENED, None)

    def _swapped(self, identity: DeviceIdentity) -> Problem | None:
        """Compare who answers with who answered before."""
        before = self.identity
        if before is None or "" in (before.serial, identity.serial) or before.serial == identity.serial:
            return None
        told = f"{self.profile.device}: device {identity.serial} answers, expected {before.serial}"
        return Problem(
            "device.swapped", f"{told}; plug ours, or accept it with `padkit-agent device retry {self.profile.device}`"
        )

    async def _fail(self, line: WorkerLine, problem: Problem) -> None:
        """Opening failed: let go and try again after a pause."""
        await self._let_go(line)
        self._refuse(problem)
        self._pause = self._clock.call_later(back_off_s(self._attempt, self._chance), self._resume)
        self._attempt += 1

    async def _shut(self, why: str) -> None:
        """Close the device and leave it closed."""
        line = self._room.line(self.profile.plugin)
        if line is not None and self._wire is not None:
            await self._let_go(line)
        self._wire = self._tried = None
        self._end_pause()
        if self.state is not DeviceState.LOCKED or self.problem is None or self.problem.code != why:
            self._see(
                Seen.LOCKED,
                Problem(why, f"{self.profile.device} is closed {CLOSED.get(why, 'until the kit is unlocked')}"),
            )

    async def _let_go(self, line: WorkerLine) -> None:
        """Close what is open of the device; whatever a broken one says to that is of no interest any more."""
        self._wire = None
        try:
            await line.close_device(self.profile.device)
        except PadkitError:
            return

    def _resume(self) -> None:
        self._end_pause()
        self.wake()

    def _gone(self) -> None:
        if self.state is not DeviceState.ABSENT or self.problem is not None:
            self._see(Seen.GONE, None)

    def _end_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _refuse(self, problem: Problem) -> None:
        if self.state is DeviceState.READY:
            self._see(Seen.LINK_LOST, problem)
        if self.problem != problem or self.state is not DeviceState.FAULTY:
            self._see(Seen.REFUSED, problem)

    def _see(self, seen: Seen, problem: Problem | None) -> None:
        before = (self.state, self.problem)
        try:
            self.state = next_state(self.state, seen, device=self.profile.device)
        except Refused as refusal:
            self._room.on_refused(self, refusal)
            return
        self.problem = problem
        if (self.state, self.problem) != before:
            self._room.on_state(self)
            self.changed.set()
            self.changed = asyncio.Event()
