"""Faults of the core bank, armed by number: which one meets the next request. No I/O here."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from padkit_sim.neighbours.txn import Code, CoreRefusal, Service, is_refusal_code

MAX_ARMED = 100


class FaultName(enum.Enum):
    """The core's part of the fault vocabulary."""

    SLOW = "core.slow"  # executes, answers after args.seconds
    DROP_REPLY = "core.drop_reply"  # executes, closes the connection without an answer
    DROP_REQUEST = "core.drop_request"  # closes the connection, executes nothing
    REFUSE = "core.refuse"  # answers args.code and args.msg, executes nothing


class FaultArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a fault may be told. `service` names the only service it meets; None meets every one."""

    seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 30.0
    code: str = Code.REFUSED_ON_DEMAND.value
    msg: Annotated[str, msgspec.Meta(max_length=200)] = "refused on demand (core.refuse)"
    service: Service | None = None


@dataclass(slots=True)
class Armed:
    """One armed fault: from the `nth` request it meets on, it fires `times` times."""

    name: FaultName
    nth: int
    times: int
    args: FaultArgs
    met: int = 0
    fired: int = 0

    def meets(self, service: str) -> bool:
        """Count a request; tell whether the fault fires on it."""
        if self.args.service is not None and self.args.service.value != service:
            return False
        self.met += 1
        fires = self.met >= self.nth and self.fired < self.times
        self.fired += fires
        return fires


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to go wrong with one request."""

    drop_request: bool = False
    refusal: CoreRefusal | None = None
    delay_s: float = 0.0
    drop_reply: bool = False


@dataclass(slots=True)
class Faults:
    """All armed faults, in the order they were armed."""

    armed: list[Armed] = field(default_factory=list)

    def arm(self, name: FaultName, *, nth: int = 1, times: int = 1, args: FaultArgs | None = None) -> None:
        """Arm a fault. Raises `ValueError` for a code that refuses nothing, or when `MAX_ARMED` are armed."""
        args = args or FaultArgs()
        if not is_refusal_code(args.code):
            raise ValueError(
                f"{name.value}: args.code {args.code[:16]!r} is no refusal; give four digits that begin with 1 to 5"
            )
        if len(self.armed) >= MAX_ARMED:
            raise ValueError(f"{name.value}: {MAX_ARMED} faults are armed already; clear some")
        self.armed.append(Armed(name, nth, times, args))

    def clear(self, name: FaultName | None) -> None:
        """Disarm one name, or all."""
        self.armed = [] if name is None else [fault for fault in self.armed if fault.name is not name]

    def meet(self, service: str) -> Plan:
        """Count a request of `service` and say what goes wrong with it; one that is dropped meets nothing else."""
        firing = {fault.name: fault.args for fault in self.armed if fault.meets(service)}
        refuse, slow = firing.get(FaultName.REFUSE), firing.get(FaultName.SLOW)
        return Plan(
            drop_request=FaultName.DROP_REQUEST in firing,
            refusal=None if refuse is None else CoreRefusal(refuse.code, refuse.msg),
            delay_s=0.0 if slow is None else slow.seconds,
            drop_reply=FaultName.DROP_REPLY in firing,
        )
