"""A running kit as a test steers it: hands, faults, cables, the truth. Every call is one request on the control socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from padkit_sim.control import ask
from padkit_sim.control import words as w
from padkit_sim.errors import SimRefused
from padkit_sim.faults import ArgValue
from padkit_sim.hil.serving import Serving
from padkit_sim.hil.talk import LOOK_S, KitJournal, NotHeard

R = TypeVar("R", bound=w.Reply)
Truth = Mapping[str, Any]  # what a device is like is its own: the page of each device says it


class RunningKit:
    """A kit in another process. All calls block for about a millisecond and raise `SimRefused` when the kit says no."""

    def __init__(self, serving: Serving, journal: KitJournal) -> None:
        self._serving = serving
        self.journal = journal

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that lead a program to this kit; add them to its own."""
        return self._serving.environment

    # -- the truth

    def state(self, device: str = "") -> Truth:
        """What is true of `device`; without a name, of all, by name."""
        devices = self._state().devices
        if not device:
            return devices
        if device not in devices:
            raise SimRefused(f"device {device!r} is not in this kit; it has {', '.join(devices)}")
        return devices[device]

    def until(self, device: str, holds: Callable[[Truth], bool], *, timeout_s: float = 5.0) -> Truth:
        """The truth about `device` as soon as it `holds`. Raises `NotHeard` when it does not in time."""
        until_mono_s = time.monotonic() + timeout_s
        while True:
            late, seen = time.monotonic() > until_mono_s, self.state(device)
            if holds(seen):
                return seen
            if late:
                raise NotHeard(f"{device}: what was waited for did not become true in {timeout_s:g} s; it is {seen}")
            time.sleep(LOOK_S)

    @property
    def name(self) -> str:
        """As its file calls it."""
        return self._state().kit

    @property
    def seed(self) -> int:
        """Of all chances."""
        return self._state().seed

    @property
    def speed(self) -> float:
        """Divides mechanical delays; may be set."""
        return self._state().speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._ask(w.Speed(value))

    # -- people and cables

    def hand(self, device: str, action: str, *, person: str = "", pan: str = "", item: str = "") -> None:
        """Let a person act, for example ``hand("reader", "lay_card", person="test_a")``."""
        self._ask(w.Hand(device, action, person, pan, item))

    def unplug(self, device: str) -> None:
        """Pull the cable."""
        self._ask(w.Unplug(device))

    def plug(self, device: str, *, serial: str = "", tty: str = "") -> None:
        """Put the cable in; `serial` shows another device, `tty` another port."""
        self._ask(w.Plug(device, serial, tty))

    def power_cycle(self, device: str) -> None:
        """Cut the power and give it back."""
        self._ask(w.PowerCycle(device))

    # -- faults

    def fault(
        self,
        name: str,
        *,
        device: str = "",
        nth: int = 1,
        times: int = 1,
        chance: float | None = None,
        after_s: float = 0.0,
        **args: ArgValue,
    ) -> FaultHandle:
        """Arm a fault: by count (`nth`, `times`; 0 for ever), by seeded `chance`, and not before `after_s` from now."""
        armed = self._told(w.Fault(name, args, nth, times, chance, device, after_s), w.ArmedReply)
        return FaultHandle(self, name, armed.index)

    def clear(self, name: str | None = None) -> int:
        """Disarm every fault called `name` (None: all) and lift what they left behind; how many were still waiting."""
        return self._told(w.Clear(name), w.ClearedReply).cleared

    def firings(self) -> list[w.FiredFault]:
        """Every strike so far, oldest first."""
        return list(self._told(w.Faults(), w.FaultsReply).fired)

    # -- inside

    def _state(self) -> w.StateReply:
        return self._told(w.State(), w.StateReply)

    def _told(self, request: w.Request, kind: type[R]) -> R:
        return msgspec.json.decode(self._ask(request), type=kind)

    def _ask(self, request: w.Request) -> bytes:
        answer = ask(self._serving.control, request)
        if msgspec.json.decode(answer, type=w.Reply).ok:
            return answer
        raise SimRefused(msgspec.json.decode(answer, type=w.Refusal).error)


@dataclass(frozen=True, slots=True)
class FaultHandle:
    """One armed fault."""

    kit: RunningKit
    name: str
    index: int

    @property
    def fired(self) -> int:
        """How often it has struck."""
        return sum(it.index == self.index for it in self.kit.firings())

    def clear(self) -> None:
        """Disarm it, with all others of its name, and lift what it left behind."""
        self.kit.clear(self.name)
