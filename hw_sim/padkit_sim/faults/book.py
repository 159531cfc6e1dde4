"""The faults of one kit: which are armed, when they strike, what has fired. Chance is seeded, so a run can be run again."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from padkit_sim.errors import SimRefused
from padkit_sim.faults.spec import ArgValue, FaultArgs, FaultSpec, Kind


@dataclass(frozen=True, slots=True)
class FaultRequest:
    """A wish to arm a fault. `device` "" means every device that knows it; `chance` replaces counting; `times` 0 = for ever.

    `after_s` lets it sleep at first: seconds of the clock on the wall, in which no event is counted.
    """

    name: str
    args: Mapping[str, ArgValue] = field(default_factory=dict)
    nth: int = 1
    chance: float | None = None
    times: int = 1
    device: str = ""
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Firing:
    """One strike of a fault, with its checked arguments."""

    index: int
    name: str
    device: str
    args: FaultArgs = field(default_factory=lambda: FaultArgs({}), compare=False, repr=False)


@dataclass(slots=True)
class Armed:
    """A fault that is waiting, and how often its event was seen."""

    index: int
    request: FaultRequest
    spec: FaultSpec
    args: FaultArgs
    dice: random.Random
    wakes_mono_s: float = 0.0
    seen: int = 0
    fired: int = 0

    def spent(self) -> bool:
        return self.spec.kind is Kind.EVENT and 0 < self.request.times <= self.fired

    def due(self) -> bool:
        """Count one event and say whether the fault strikes at it."""
        self.seen += 1
        if self.request.chance is not None:
            return self.dice.random() < self.request.chance
        return self.seen >= self.request.nth

    def holds(self) -> bool:
        """Whether a condition holds now: from just before its nth event on."""
        return self.seen >= self.request.nth - 1


class FaultBook:
    """All faults of a kit. `fired` hears of each strike, `cleared` of each device whose fault was lifted."""

    def __init__(
        self,
        vocabulary: Mapping[str, FaultSpec],
        devices: Mapping[str, frozenset[str]],
        seed: int,
        now_mono_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._vocabulary = vocabulary
        self._devices = devices  # device id -> names of the faults it knows
        self._seed = seed
        self._now_mono_s = now_mono_s
        self._armed: list[Armed] = []
        self._made = 0
        self._firings: list[Firing] = []
        self.fired: Callable[[Firing], None] = lambda firing: None
        self.cleared: Callable[[str, str], None] = lambda device, name: None

    def arm(self, request: FaultRequest) -> int:
        """Arm a fault and give its index. Raises `SimRefused`."""
        spec = self.spec(request.name)
        self._check_device(request)
        if request.nth < 1:
            raise SimRefused(f"fault {request.name}: nth is {request.nth}; give a whole number from 1")
        if request.times < 0:
            raise SimRefused(f"fault {request.name}: times is {request.times}; give 0 (for ever) or more")
        if request.after_s < 0:
            raise SimRefused(f"fault {request.name}: after_s is {request.after_s:g}; give 0 or more seconds")
        if request.chance is not None and not 0 <= request.chance <= 1:
            raise SimRefused(f"fault {request.name}: chance is {request.chance}; give a number from 0 to 1")
        if request.chance is not None and spec.kind is Kind.CONDITION:
            raise SimRefused(f"fault {request.name}: a lasting condition takes no chance; give nth, or leave it out")
        args = spec.check(request.args)
        dice = random.Random(f"{self._seed}/{request.device}/{self._made}")  # noqa: S311 - repeatable on purpose
        self._made += 1
        self._armed.append(Armed(self._made, request, spec, args, dice, self._now_mono_s() + request.after_s))
        return self._made

    def clear(self, name: str | None) -> int:
        """Disarm `name` (None: all) and lift what it left behind; gives how many were armed. Raises `SimRefused`."""
        names = {self.spec(name).name} if name else set[str]().union(*self._devices.values())
        gone = [a for a in self._armed if a.spec.name in names]
        self._armed = [a for a in self._armed if a.spec.name not in names]
        for device, known in self._devices.items():
            for lifted in sorted(names & known):
                self.cleared(device, lifted)
        return sum(not a.spent() for a in gone)

    def spec(self, name: str) -> FaultSpec:
        """The vocabulary's entry. Raises `SimRefused`."""
        found = self._vocabulary.get(name)
        if found is None:
            raise SimRefused(f"fault {name!r} is unknown; known are {', '.join(sorted(self._vocabulary))}")
        return found

    def armed(self) -> tuple[Armed, ...]:
        """Faults that can still strike."""
        return tuple(a for a in self._armed if not a.spent())

    def firings(self) -> tuple[Firing, ...]:
        """All strikes so far, oldest first."""
        return tuple(self._firings)

    def dial(self, device: str) -> Dial:
        """What one device asks its questions with."""
        return Dial(self, device)

    def strike(self, device: str, name: str, where: Mapping[str, str]) -> FaultArgs | None:
        for armed in self._aimed(device, name):
            wanted = armed.args.values
            if any(wanted.get(key, value) not in (value, "any") for key, value in where.items()):
                continue
            if not armed.spent() and armed.due():
                self._record(armed, device)
                return armed.args
        return None

    def standing(self, device: str, name: str) -> FaultArgs | None:
        for armed in self._aimed(device, name):
            if armed.holds():
                if not armed.fired:
                    self._record(armed, device)
                return armed.args
        return None

    def passed(self, device: str, name: str) -> None:
        for armed in self._aimed(device, name):
            armed.seen += 1

    def _aimed(self, device: str, name: str) -> list[Armed]:
        aimed = [a for a in self._armed if a.spec.name == name and a.request.device in ("", device)]
        return [a for a in aimed if not a.request.after_s or a.wakes_mono_s <= self._now_mono_s()]

    def _record(self, armed: Armed, device: str) -> None:
        armed.fired += 1
        firing = Firing(armed.index, armed.spec.name, device, armed.args)
        self._firings.append(firing)
        self.fired(firing)

    def _check_device(self, request: FaultRequest) -> None:
        if request.device and request.device not in self._devices:
            raise SimRefused(
                f"fault {request.name}: device {request.device!r} is not in this kit; it has {', '.join(self._devices)}"
            )
        aimed = [request.device] if request.device else list(self._devices)
        if not any(request.name in self._devices[d] for d in aimed):
            raise SimRefused(
                f"fault {request.name}: {', '.join(aimed) or 'this empty kit'} cannot have it; pick another device"
            )


@dataclass(frozen=True, slots=True)
class Dial:
    """One device's view of the book."""

    book: FaultBook
    device: str

    def strike(self, name: str, **where: str) -> FaultArgs | None:
        """Count one event of `name`'s place; the arguments when it strikes. `where` must fit arguments of the same name."""
        return self.book.strike(self.device, name, where)

    def standing(self, name: str) -> FaultArgs | None:
        """The arguments of a condition that holds now."""
        return self.book.standing(self.device, name)

    def passed(self, name: str) -> None:
        """Count one event for a condition's `nth`."""
        self.book.passed(self.device, name)
