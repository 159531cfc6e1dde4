"""Who holds which device: one holder at a time, with owner, purpose and expiry. No I/O here, no clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from padkit_agent.devices.views import LeaseView
from padkit_sdk.errors import Refused


@dataclass(eq=False, slots=True)
class Lease:
    """One holder's right to one device. `revocations` end the calls that are on their way when it ends early."""

    device: str
    owner: str
    purpose: str
    expires_mono_s: float
    live: bool = True
    revocations: set[Callable[[], None]] = field(default_factory=set)

    def view(self) -> LeaseView:
        return LeaseView(self.owner, self.purpose, self.expires_mono_s)

    def check(self, now_mono_s: float) -> None:
        """Raises `Refused` ``lease.ended``."""
        if not self.live or now_mono_s >= self.expires_mono_s:
            raise Refused(
                "lease.ended", f"{self.device}: the lease of {self.owner} ({self.purpose}) is over; take a new one"
            )


@dataclass(slots=True)
class Leases:
    """All leases of the kit, at most one a device."""

    _held: dict[str, Lease] = field(default_factory=dict)

    def take(self, device: str, owner: str, purpose: str, *, ttl_s: float, now_mono_s: float) -> Lease:
        """Give `owner` the device. Raises `Refused` ``lease.held``, which names the holder."""
        held = self._held.get(device)
        if held is not None:
            left_s = max(0.0, held.expires_mono_s - now_mono_s)
            raise Refused(
                "lease.held",
                f"{device} for {owner} ({purpose}): held by {held.owner} ({held.purpose}) for {left_s:.0f} s more; "
                "wait or end that",
            )
        lease = Lease(device, owner, purpose, now_mono_s + ttl_s)
        self._held[device] = lease
        return lease

    def end(self, lease: Lease) -> bool:
        """End a lease and the calls under it; False when it was over already."""
        if not lease.live:
            return False
        lease.live = False
        del self._held[lease.device]
        for revoke in tuple(lease.revocations):
            revoke()
        return True

    def of(self, device: str) -> Lease | None:
        """The lease on `device`, if any."""
        return self._held.get(device)
