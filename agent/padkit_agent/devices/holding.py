"""A device under a lease: every call goes through the lease, and ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from padkit_agent.devices.clock import Alarm, SteadyClock, end_now
from padkit_agent.devices.keeper import DeviceKeeper
from padkit_agent.devices.leases import Lease
from padkit_agent.plugins.ports import port_name
from padkit_agent.plugins.proxy import port_proxy
from padkit_sdk.errors import OutcomeUnknown
from padkit_sdk.ports import DeviceIdentity

PortT = TypeVar("PortT")


class HeldDevice:
    """What a holder gets; see `contract.LeasedDevice`."""

    def __init__(
        self, keeper: DeviceKeeper, lease: Lease, clock: SteadyClock, end: Callable[[Lease, str], None]
    ) -> None:
        self._keeper = keeper
        self._lease = lease
        self._clock = clock
        self._end = end
        self._expiry: Alarm | None = None

    @property
    def name(self) -> str:
        return self._lease.device

    @property
    def identity(self) -> DeviceIdentity | None:
        return self._keeper.identity

    def has(self, port: Callable[..., object]) -> bool:
        return port_name(port) in self._keeper.view(None).ports

    def port(self, port: Callable[..., PortT]) -> PortT:
        return port_proxy(port, self, self.name)

    def renew(self, ttl_s: float) -> None:
        now = self._clock.now_mono_s()
        self._lease.check(now)
        self._lease.expires_mono_s = now + ttl_s
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = self._clock.call_later(ttl_s, partial(self._end, self._lease, "expired"))

    def close(self) -> None:
        """Give the device back. Harmless when the lease is over."""
        if self._expiry is not None:
            self._expiry.cancel()
        self._end(self._lease, "released")

    def on_holder_done(self, task: asyncio.Task[object]) -> None:
        """The task that took the lease is gone; so is the lease."""
        self.close()

    async def call(self, device: str, port: str, method: str, arguments: bytes, *, timeout_s: float | None) -> bytes:
        """See `plugins.proxy.Endpoint`; the lease's end cancels the call."""
        self._lease.check(self._clock.now_mono_s())
        try:
            async with asyncio.timeout(None) as scope:
                revoke = partial(end_now, scope)
                self._lease.revocations.add(revoke)
                try:
                    return await self._keeper.call(port, method, arguments, timeout_s=timeout_s)
                finally:
                    self._lease.revocations.discard(revoke)
        except TimeoutError as exc:
            told = f"{device}.{method}: the lease of {self._lease.owner} ended meanwhile"
            raise OutcomeUnknown(f"{told}; take a new one and look") from exc
