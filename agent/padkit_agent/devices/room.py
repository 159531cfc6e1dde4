"""All devices of the kit behind one door: plugins are kept alive, devices open, and one holder at a time speaks to each."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field

from structlog.typing import FilteringBoundLogger as Log

from padkit_agent.core.found import FoundWire
from padkit_agent.core.gate import Gate
from padkit_agent.devices.clock import SteadyClock, deadline, wait
from padkit_agent.devices.contract import LeasedDevice
from padkit_agent.devices.holding import HeldDevice
from padkit_agent.devices.keeper import DeviceKeeper
from padkit_agent.devices.launching import Launcher
from padkit_agent.devices.leases import Lease, Leases
from padkit_agent.devices.line import WorkerLine
from padkit_agent.devices.machine import DeviceState
from padkit_agent.devices.owning import own
from padkit_agent.devices.profile import KitProfile
from padkit_agent.devices.supervisor import Supervisor
from padkit_agent.devices.uevents import Hints
from padkit_agent.devices.views import DeviceView, Problem, RoomEvent
from padkit_agent.devices.watching import Watchers
from padkit_agent.plugins.finding import FoundPlugin
from padkit_agent.plugins.messages import Lock, OfferView
from padkit_contract.commands import Standing
from padkit_sdk.errors import Refused
from padkit_sdk.ports import Device, SelfTest

ONBOARD = FoundWire("onboard", "", kind="onboard")  # the kit's own processor is always there
SWEEP_S = 0.5  # what hints miss is found by then
OWN_EVENTS = ("device.", "plugin.", "lease.", "events.")  # what only the room itself may say
SELF_TEST_LEASE_S = 5.0  # over the self-test's own deadline


@dataclass(frozen=True, slots=True)
class Ground:
    """What the room stands on, made by a composition root. `gate` says what is locked; the room obeys each change."""

    launcher: Launcher
    scan: Callable[[], tuple[FoundWire, ...]]
    hints: Hints
    clock: SteadyClock
    chance: random.Random
    log: Log
    gate: Gate = field(default_factory=lambda: Gate(Standing()))


class DeviceRoom:
    """The `Devices` of a kit profile. Made by `open_room`; see `contract` for what each method promises."""

    def __init__(self, profile: KitProfile, plugins: Mapping[str, FoundPlugin], ground: Ground) -> None:
        self._ground = ground
        self._plugged: tuple[FoundWire, ...] = ()
        self._sighted: dict[tuple[str, str], tuple[FoundWire, ...]] = {}  # by plugin and kind, while its worker lives
        self._look = asyncio.Event()
        self._leases = Leases()
        self._watchers = Watchers()
        self._supervisors = {
            name: Supervisor(plugins[name], ground.launcher, ground.clock, self, ground.log)
            for name in profile.plugins()
            if name in plugins
        }
        self._keepers: dict[str, DeviceKeeper] = {}
        for device in profile.devices:
            others = tuple(other.serial for other in profile.devices if other is not device and other.serial)
            self._keepers[device.device] = DeviceKeeper(device, others, self, ground.clock, ground.chance)
        ground.gate.watch(self._obey)
        for name in profile.plugins():
            if name not in plugins:
                told = f"plugin {name} is not installed or was refused; see the log"
                self.on_quarantine(name, Problem("plugin.missing", told))

    async def run(self) -> None:
        """Keep plugins and devices until cancelled."""
        with self._ground.hints(self._look.set):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._sweep())
                for keeper in self._keepers.values():
                    tasks.create_task(keeper.keep())
                for supervisor in self._supervisors.values():
                    tasks.create_task(supervisor.run())

    @asynccontextmanager
    async def lease(self, device: str, *, owner: str, purpose: str, ttl_s: float) -> AsyncIterator[LeasedDevice]:
        keeper = self._keeper(device)
        self._ground.gate.check_device(device, owner)
        clock = self._ground.clock
        lease = self._leases.take(device, owner, purpose, ttl_s=ttl_s, now_mono_s=clock.now_mono_s())
        held = HeldDevice(keeper, lease, clock, self._end_lease)
        holder = asyncio.current_task()
        assert holder is not None
        self._tell_lease("lease.taken", lease)
        holder.add_done_callback(held.on_holder_done)
        try:
            held.renew(ttl_s)
            yield held
        finally:
            holder.remove_done_callback(held.on_holder_done)
            held.close()

    async def wait_ready(self, device: str, timeout_s: float) -> DeviceView:
        keeper = self._keeper(device)
        try:
            async with deadline(self._ground.clock, timeout_s):
                while keeper.state is not DeviceState.READY:
                    if keeper.state is DeviceState.QUARANTINED or self.shut(device):
                        raise keeper.unready("waiting is of no use")
                    await keeper.changed.wait()
        except TimeoutError:
            raise keeper.unready(f"not ready within {timeout_s:g} s") from None
        return self.view(device)

    def list(self) -> tuple[DeviceView, ...]:
        return tuple(self.view(device) for device in self._keepers)

    def view(self, device: str) -> DeviceView:
        lease = self._leases.of(device)
        return self._keeper(device).view(None if lease is None else lease.view())

    def events(self) -> AbstractContextManager[AsyncIterator[RoomEvent]]:
        return self._watchers.watch()

    def retry(self, device: str) -> None:
        keeper = self._keeper(device)
        self._ground.gate.check_device(device)
        supervisor = self._supervisors.get(keeper.profile.plugin)
        if keeper.state is DeviceState.QUARANTINED and supervisor is not None:
            for sibling in self._of(keeper.profile.plugin):
                sibling.retry()
            supervisor.retry()
        elif supervisor is not None:
            keeper.retry()

    async def self_test(self, device: str, *, timeout_s: float) -> SelfTest:
        ttl_s = timeout_s + SELF_TEST_LEASE_S
        async with self.lease(device, owner="agent", purpose="self_test", ttl_s=ttl_s) as held:
            return await held.port(Device).self_test(timeout_s=timeout_s)

    # what keepers and supervisors ask and tell

    def shut(self, device: str) -> str:
        return self._ground.gate.shut(device)

    def lock_of(self, plugin: str) -> Lock | None:
        devices = {keeper.profile.device: self.shut(keeper.profile.device) for keeper in self._of(plugin)}
        reason = next((why for why in devices.values() if why), "")
        return Lock(reason, tuple(device for device, why in devices.items() if not why)) if reason else None

    def plugged(self) -> tuple[FoundWire, ...]:
        return (ONBOARD, *self._plugged, *(wire for wires in self._sighted.values() for wire in wires))

    def look(self) -> tuple[FoundWire, ...]:
        plugged = self._ground.scan()
        if plugged != self._plugged:
            self._plugged = plugged
            self._wake_all()
        return self.plugged()

    def line(self, plugin: str) -> WorkerLine | None:
        supervisor = self._supervisors.get(plugin)
        return None if supervisor is None else supervisor.line

    def offer(self, plugin: str, model: str) -> OfferView | None:
        supervisor = self._supervisors.get(plugin)
        return None if supervisor is None else supervisor.offers.get(model)

    def on_state(self, keeper: DeviceKeeper) -> None:
        profile, problem = keeper.profile, keeper.problem
        detail = {} if problem is None else {"code": problem.code, "message": problem.message}
        self._watchers.tell(RoomEvent(f"device.{keeper.state.value}", profile.device, profile.plugin, detail))
        if problem is not None and problem.code == "device.swapped":
            self._watchers.tell(RoomEvent("device.swapped", profile.device, profile.plugin, detail))
        self._ground.log.info("device.state", device=profile.device, state=keeper.state.value, **detail)

    def on_up(self, plugin: str) -> None:
        self._watchers.tell(RoomEvent("plugin.ready", plugin=plugin))
        for keeper in self._of(plugin):
            keeper.wake()

    def on_end(self, plugin: str, problem: Problem) -> None:
        self._sighted = {seen: wires for seen, wires in self._sighted.items() if seen[0] != plugin}
        for keeper in self._of(plugin):
            keeper.on_worker_lost(problem)

    def on_down(self, plugin: str, problem: Problem) -> None:
        self._tell_plugin("plugin.crashed", plugin, problem)
        for keeper in self._of(plugin):
            keeper.on_worker_lost(problem)

    def on_quarantine(self, plugin: str, problem: Problem) -> None:
        self._tell_plugin("plugin.quarantined", plugin, problem)
        for keeper in self._of(plugin):
            keeper.on_quarantine(problem)

    def on_event(self, plugin: str, device: str, name: str, detail: Mapping[str, str]) -> None:
        keeper = self._keepers.get(device)
        if keeper is None or keeper.profile.plugin != plugin or name.startswith(OWN_EVENTS):
            self._ground.log.warning("plugin.event_refused", plugin=plugin, device=device, said=name)
            return
        self._watchers.tell(RoomEvent(name, device, plugin, detail))

    def on_log(self, plugin: str, event: str, fields: Mapping[str, str]) -> None:
        self._ground.log.warning("plugin.log", plugin=plugin, said=event, detail=dict(fields))

    def on_sighted(self, plugin: str, kind: str, wires: tuple[FoundWire, ...]) -> None:
        manifest = self._supervisors[plugin].plugin.manifest
        if kind not in manifest.links or any(wire.kind != kind for wire in wires):
            self._ground.log.warning("plugin.sight_refused", plugin=plugin, said=kind)
            return
        self._sighted[plugin, kind] = wires
        self._wake_all()

    def on_refused(self, keeper: DeviceKeeper, refusal: Refused) -> None:
        self._ground.log.error("device.transition", device=keeper.profile.device, why=str(refusal))

    def _obey(self) -> None:
        """The gate changed: the workers refuse by themselves from now on, and the devices follow."""
        for supervisor in self._supervisors.values():
            supervisor.obey()
        for keeper in self._keepers.values():
            keeper.wake()
            keeper.changed.set()
            keeper.changed = asyncio.Event()

    def _wake_all(self) -> None:
        for keeper in self._keepers.values():
            keeper.wake()

    async def _sweep(self) -> None:
        """Look at the wires every `SWEEP_S`, at once after a hint."""
        while True:
            self._look.clear()
            self.look()
            await wait(self._ground.clock, self._look, SWEEP_S)

    def _end_lease(self, lease: Lease, how: str) -> None:
        if self._leases.end(lease):
            self._tell_lease(f"lease.{how}", lease)

    def _tell_lease(self, name: str, lease: Lease) -> None:
        plugin = self._keepers[lease.device].profile.plugin
        self._watchers.tell(RoomEvent(name, lease.device, plugin, {"owner": lease.owner, "purpose": lease.purpose}))

    def _tell_plugin(self, name: str, plugin: str, problem: Problem) -> None:
        detail = {"code": problem.code, "message": problem.message}
        self._watchers.tell(RoomEvent(name, plugin=plugin, detail=detail))

    def _of(self, plugin: str) -> tuple[DeviceKeeper, ...]:
        return tuple(keeper for keeper in self._keepers.values() if keeper.profile.plugin == plugin)

    def _keeper(self, device: str) -> DeviceKeeper:
        keeper = self._keepers.get(device)
        if keeper is None:
            known = ", ".join(self._keepers)
            raise Refused("device.unknown", f"device {device} is not in the kit profile; it has {known}")
        return keeper


@asynccontextmanager
async def open_room(
    profile: KitProfile, plugins: Mapping[str, FoundPlugin], ground: Ground
) -> AsyncIterator[DeviceRoom]:
    """Run the devices of `profile` for the length of the block; at its end every worker closes its devices and ends."""
    room = DeviceRoom(profile, plugins, ground)
    async with own(room.run()):
        yield room
