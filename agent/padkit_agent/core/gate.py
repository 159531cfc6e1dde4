"""The gate that every room asks before it does anything: what the kit's standing forbids, and which rule says so.

`Gate` holds what is in force. Only `control` changes it, and only after the change is on disk.
"""

from __future__ import annotations

from collections.abc import Callable

from padkit_agent.core.flow import BOX
from padkit_contract.commands import EVERY_BUSINESS, Mode, Standing
from padkit_sdk.errors import Refused

LEASE = "lease"  # cause of the lock that holds since central was reached too long ago
STARTING = "starting"  # cause of the lock that holds until the kit's own record was read
LOCKED, WIPED = "kit.locked", "kit.wiped"
BOX_STOPPED = "box.stopped_by_central"


class Gate:
    """What is in force now. A gate that was given nothing is locked: nothing opens before the record was read."""

    def __init__(self, standing: Standing | None = None) -> None:
        self.standing = standing or Standing(mode=Mode.LOCKED, cause=STARTING)
        self.frozen: Refused | None = None  # why the queue lets no new business begin; put by who measures it
        self._watchers: list[Callable[[], None]] = []

    def put(self, standing: Standing) -> None:
        """Let `standing` be in force, then tell whoever watches."""
        self.standing = standing
        for watcher in self._watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after each change."""
        self._watchers.append(watcher)

    @property
    def locked(self) -> bool:
        """Whether nothing may be done, but for the flows that come to their safe end."""
        return self.standing.mode in (Mode.LOCKED, Mode.WIPED)

    def check(self, what: str) -> None:
        """Raise `Refused` ``kit.locked`` or ``kit.wiped`` when `what` (for the message) may not be done now."""
        if self.locked:
            raise self._refused(what)

    def check_begin(self, business: str, *, box: bool = True) -> None:
        """Raise `Refused` when a new `business` may not begin, by ``kit.*``, the box if it uses that, or ``queue.*``."""
        what, standing = f"begin {business}", self.standing
        self.check(what)
        if standing.reauthenticate:
            told = "the holder must prove who he is first; `padkit-agent reauthenticate --by NAME`"
            raise Refused("kit.reauthenticate", f"{what}: {told}")
        if standing.mode is Mode.RESTRICTED:
            raise Refused("kit.restricted", f"{what}: unlocked without network; wait until the kit has reached central")
        if business in standing.refused or EVERY_BUSINESS in standing.refused:
            raise Refused("kit.restricted", f"{what}: central restricts {', '.join(standing.refused)}; ask your branch")
        if standing.box_stopped and box:
            raise self._box_stopped(what)
        if self.frozen is not None:
            raise Refused(self.frozen.reason, f"{what}: {self.frozen.args[0]}")

    def check_device(self, device: str, owner: str = "") -> None:
        """Raise `Refused` when `owner` may not use `device`; a flow that comes to its safe end keeps the box."""
        standing = self.standing
        if device == BOX and owner in standing.finishing and standing.mode is not Mode.WIPED:
            return
        self.check(f"use {device}")
        if device == BOX and standing.box_stopped:
            raise self._box_stopped(f"use {device}")

    def shut(self, device: str) -> str:
        """Return why `device` is to be closed and stay closed, empty when it may be open."""
        standing = self.standing
        if standing.mode is Mode.WIPED:
            return WIPED
        if device == BOX and standing.finishing:
            return ""
        if self.locked:
            return LOCKED
        return BOX_STOPPED if device == BOX and standing.box_stopped else ""

    def stops_flow(self, *, box: bool) -> str:
        """Why a flow under way is stopped where that is safe, empty when it is not. `box`: it takes its card from the box."""
        if self.locked:
            return LOCKED
        return BOX_STOPPED if self.standing.box_stopped and box else ""

    def _refused(self, what: str) -> Refused:
        standing = self.standing
        if standing.mode is Mode.WIPED:
            return Refused("kit.wiped", f"{what}: this kit was wiped; bring it to your branch to be set up again")
        if standing.cause == STARTING:
            return Refused("kit.locked", f"{what}: the agent is starting; ask again in a moment")
        if standing.cause == LEASE:
            told = f"locked since {standing.since}: it has not reached central for longer than its policy lets it"
            return Refused("kit.locked", f"{what}: this kit is {told}; let it reach central, it opens by itself then")
        after = f", {len(standing.finishing)} flow(s) come to a safe end" if standing.finishing else ""
        told = f"this kit is locked since {standing.since} by {standing.cause}{after}"
        return Refused("kit.locked", f"{what}: {told}; ask central to unlock it, or `padkit-agent unlock challenge`")

    @staticmethod
    def _box_stopped(what: str) -> Refused:
        return Refused("box.stopped_by_central", f"{what}: central stopped the card box; ask central to allow it again")
