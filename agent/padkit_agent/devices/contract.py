"""The door to the devices, as flows and api see it: lease a device, speak to its ports, watch what happens.

`DeviceRoom` is what stands behind it; tests of flows put their own there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol, TypeVar

from padkit_agent.devices.views import DeviceView, RoomEvent
from padkit_sdk.ports import DeviceIdentity, SelfTest

PortT = TypeVar("PortT")


class LeasedDevice(Protocol):
    """A device that the caller alone may use until the lease ends."""

    @property
    def name(self) -> str:
        """The kit's own name of the device, such as ``box``."""
        ...

    @property
    def identity(self) -> DeviceIdentity | None:
        """Who answered at the last opening; None when it was never opened."""
        ...

    def has(self, port: Callable[..., object]) -> bool:
        """Whether the opened device offers `port` (a port class such as ``CardDispenser``)."""
        ...

    def port(self, port: Callable[..., PortT]) -> PortT:
        """Return the device's side of `port`, typed as the port class that was given: ``device.port(CardDispenser)``.

        Every method keeps the port's own contract. Over that:

        - The call is sent to the driver's worker; a cancel of the caller reaches the driver as a cancel, and the
          caller's ``CancelledError`` is raised when the driver has stopped (or its worker was killed for not stopping).
        - `OutcomeUnknown`: the call was sent, and the worker died, was killed for overrunning `timeout_s`, or answered
          nonsense. Look (status) before anything is repeated.
        - `LinkLost`: the call was **not** sent: the device is absent, opening or faulty. Safe to repeat after `wait_ready`.
        - `Refused` ``lease.ended``, ``kit.locked``, ``device.quarantined``, ``device.busy`` (calls take turns, and the last
          one took all of `timeout_s`), ``port.missing``, ``port.argument``: not sent either.

        The object stays valid while the lease lasts, also over a reopening of the device.
        """
        ...

    def renew(self, ttl_s: float) -> None:
        """Let the lease last `ttl_s` from now. Raises `Refused` ``lease.ended`` when it is over."""
        ...


class Devices(Protocol):
    """All devices of the kit."""

    def lease(
        self, device: str, *, owner: str, purpose: str, ttl_s: float
    ) -> AbstractAsyncContextManager[LeasedDevice]:
        """Hold `device` alone: ``async with devices.lease("box", owner=flow_id, purpose="card_open", ttl_s=600) as box``.

        The lease ends with the block, with the task that took it, or after `ttl_s` on the steady clock, whichever is
        first; when it expires, a call on its way is cancelled at the driver and ends as `OutcomeUnknown`. It outlives a
        crash of the worker and a replug: the holder calls `wait_ready` and goes on. A device need not be ready to be held.

        Raises:
            Refused: ``device.unknown``; ``kit.locked``, ``box.stopped_by_central`` (a flow that a lock lets finish has the
                box all the same); ``lease.held``, whose message names owner, purpose and seconds left.
        """
        ...

    async def wait_ready(self, device: str, timeout_s: float) -> DeviceView:
        """Return as soon as `device` is ready.

        Raises:
            LinkLost: not ready within `timeout_s`; the message says in which state it is and why.
            Refused: ``device.unknown``; ``device.quarantined`` or what locked it, at once.
        """
        ...

    def list(self) -> tuple[DeviceView, ...]:
        """All devices of the kit profile, in its order."""
        ...

    def view(self, device: str) -> DeviceView:
        """One device. Raises `Refused` ``device.unknown``."""
        ...

    def events(self) -> AbstractContextManager[AsyncIterator[RoomEvent]]:
        """Watch: ``with devices.events() as events: async for event in events: …``. What happens from now on, in order.

        A watcher that falls more than 256 events behind loses the oldest and is told by one ``events.lost``.
        """
        ...

    def retry(self, device: str) -> None:
        """Give a quarantined or faulty device a new chance: fresh restart budget, and a swapped device is taken as ours.

        Raises `Refused` ``device.unknown``, ``kit.locked``, ``box.stopped_by_central``.
        """
        ...

    async def self_test(self, device: str, *, timeout_s: float) -> SelfTest:
        """Let the device test itself under a lease of its own. Raises as `lease` and the port's calls do."""
        ...
