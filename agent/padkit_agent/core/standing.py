"""How commands change what a kit may do. Pure: a record and a command give the next record and what became of the command.

A command is final at once, or held (`Progress.RECEIVED`) until its time comes, its work is done, or it is cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from padkit_agent.core.lease import Lease
from padkit_agent.core.throttle import TRIES, Throttle
from padkit_contract.commands import (
    Cancel,
    Command,
    Lock,
    Mode,
    Notify,
    Progress,
    Reauthenticate,
    Restrict,
    SetPolicy,
    Standing,
    StopCardBox,
    SupportBundle,
    Unlock,
    Wipe,
)

LEASE, LOST = "lease", "lost"
CANCELLED_KEPT = 64  # cancels of commands that never came, which are remembered
StructT = TypeVar("StructT", bound=msgspec.Struct)


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The challenge that waits for its code, and when it was shown on the steady clock of that start of the machine."""

    text: str
    boot: str
    mono_s: float


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the kit keeps, sealed, about itself: its standing, and what the rules need to know of before.

    `lock_seq`, `policy_seq`: the newest of lock and unlock, of policies, that was taken. `cancelled`: ids that were cancelled
    before they came. `wiping`: who wipes it; the keys go next. `challenges`, `asked`: see `offline`.
    """

    standing: Standing = Standing()
    lock_seq: int = 0
    policy_seq: int = 0
    cancelled: tuple[str, ...] = ()
    wiping: str = ""
    lease: Lease = Lease()
    codes: Throttle = Throttle()
    passcodes: Throttle = Throttle()
    challenges: int = 0
    asked: Asked | None = None


class Facts(msgspec.Struct, frozen=True):
    """What a decision may look at besides the record: the moment, the policy in force, open flows, what is unsent by business,
    and how commands ended that somebody wants to cancel."""

    now_s: float
    policy: int = 0
    flows: tuple[str, ...] = ()
    unsent: Mapping[str, int] = {}
    ended: Mapping[str, Progress] = {}

    @property
    def at(self) -> str:
        """The moment as ISO 8601 in UTC."""
        return iso(self.now_s)


class Taken(msgspec.Struct, frozen=True):
    """What became of a command, and the record after it. `cancels` names a held command that ends CANCELLED with it."""

    record: Record
    progress: Progress
    code: str = ""
    detail: str = ""
    cancels: str = ""


def iso(now_s: float) -> str:
    """Return seconds since 1970 as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def take(record: Record, command: Command, facts: Facts, *, held: frozenset[str] = frozenset()) -> Taken:
    """Decide on a command that was not seen before. `held` are the ids of commands that wait."""
    if record.standing.mode is Mode.WIPED:
        return Taken(record, Progress.REFUSED, "kit.wiped", "this kit was wiped; it takes no more commands")
    if command.seq <= record.standing.seq:
        return _late(record, command)
    record = _note(record, command)
    return again(record, command, facts, held=held)


def again(record: Record, command: Command, facts: Facts, *, held: frozenset[str] = frozenset()) -> Taken:
    """Decide on a command that was taken and is not final, now that time has passed or its work was done."""
    if record.standing.mode is Mode.WIPED:
        return Taken(record, Progress.REFUSED, "kit.wiped", "this kit was wiped meanwhile")
    if _superseded(record, command):
        return Taken(record, Progress.SUPERSEDED, "command.superseded", "a newer one of its kind was taken")
    if command.expires and facts.now_s > command.expires:
        return Taken(record, Progress.EXPIRED, "command.expired", f"expired {iso(command.expires)}, now {facts.at}")
    if command.not_before > facts.now_s:
        return Taken(record, Progress.RECEIVED, "command.early", f"not before {iso(command.not_before)}")
    return _apply(record, command, facts, held)


def unknown(record: Record, seq: int) -> Taken:
    """Refuse an order of a kind that this agent does not know; its number is taken all the same."""
    record = stand(record, seq=max(seq, record.standing.seq))
    return Taken(record, Progress.REFUSED, "command.unknown", "this agent does not know such an order; update it")


def _late(record: Record, command: Command) -> Taken:
    """An older number than the last one taken: it was overtaken, cancelled before it came, or is not in its order."""
    if command.id in record.cancelled:
        return Taken(record, Progress.CANCELLED, "command.cancelled", "cancelled before it came")
    if _superseded(record, command):
        return Taken(record, Progress.SUPERSEDED, "command.superseded", "a newer one of its kind was taken")
    told = f"number {command.seq}, {record.standing.seq} was taken already; ask for it anew"
    return Taken(record, Progress.REFUSED, "command.sequence", told)


def _superseded(record: Record, command: Command) -> bool:
    match command.order:
        case Lock() | Unlock():
            return command.seq < record.lock_seq
        case SetPolicy():
            return command.seq < record.policy_seq
    return False


def _note(record: Record, command: Command) -> Record:
    """Remember that this number was taken; desired state that comes later in time does not count before its time."""
    record = stand(record, seq=command.seq)
    return replace(record, policy_seq=command.seq) if isinstance(command.order, SetPolicy) else record


def _apply(record: Record, command: Command, facts: Facts, held: frozenset[str]) -> Taken:
    match command.order:
        case Notify(text=text):
            return applied(stand(record, notice=text))
        case Reauthenticate():
            return applied(stand(record, reauthenticate=True))
        case Restrict(businesses=businesses):
            return applied(stand(record, refused=businesses))
        case Lock():
            return applied(replace(lock(record, command.id, facts), lock_seq=command.seq))
        case Unlock():
            return applied(replace(unlock(record), lock_seq=command.seq))
        case StopCardBox(stopped=stopped):
            record = stand(record, box_stopped=stopped)
            return applied(stand(record, finishing=facts.flows if stops_flows(record.standing) else ()))
        case SetPolicy(version=version) if facts.policy >= version:
            return applied(stand(record, policy=facts.policy))
        case Wipe(force=force):
            return wipe(record, command.id, facts, force=force)
        case Cancel(command=other):
            return _cancel(record, other, facts, held - {command.id})  # one that names itself waits for nothing
        case SetPolicy() | SupportBundle():
            return Taken(record, Progress.RECEIVED)


def _cancel(record: Record, other: str, facts: Facts, held: frozenset[str]) -> Taken:
    """A command that waits is cancelled; one that never came is refused should it come; one that ended stays as it ended."""
    if other in held:
        return Taken(record, Progress.APPLIED, cancels=other)
    if other in facts.ended:
        told = f"it was {facts.ended[other].value} before; nothing was undone"
        return Taken(record, Progress.REFUSED, "cancel.late", told)
    kept = (*record.cancelled, other)[-CANCELLED_KEPT:]
    return applied(replace(record, cancelled=kept))


def applied(record: Record) -> Taken:
    """Return that it was done."""
    return Taken(record, Progress.APPLIED)


def stand(record: Record, **changed: object) -> Record:
    """Return the record with a changed standing."""
    return replace(record, standing=replace(record.standing, **changed))


def stops_flows(standing: Standing) -> bool:
    """Tell whether flows under way are brought to their safe end."""
    return standing.mode is Mode.LOCKED or standing.box_stopped


def lock(record: Record, cause: str, facts: Facts) -> Record:
    """Lock for `cause` (a command's id, `LEASE`, `LOST`); open flows come to their safe end. The newest lock's cause counts.

    A challenge that was shown for the lock before is forgotten: its code does not lift this one.
    """
    record = replace(record, asked=None)
    return stand(record, mode=Mode.LOCKED, cause=cause, since=facts.at, finishing=facts.flows)


def unlock(record: Record) -> Record:
    """Lift the lock, also the restricted use after one, and forget the challenge that was asked for it."""
    record = replace(record, asked=None)
    if not record.standing.box_stopped:
        record = stand(record, finishing=())
    return stand(record, mode=Mode.OPEN, cause="", since="")


def finish(record: Record, facts: Facts) -> Record:
    """Leave out the flows that came to their end. Those that began later are not named."""
    return stand(record, finishing=tuple(it for it in record.standing.finishing if it in facts.flows))


def lapse(record: Record, facts: Facts) -> Record:
    """The lease is over: lock, unless the kit is locked or wiped already."""
    if record.standing.mode in (Mode.LOCKED, Mode.WIPED):
        return record
    return lock(record, LEASE, facts)


def reached(record: Record) -> Record:
    """Central was reached: a lock of the lease is lifted, and so is the restricted use after an offline unlock; no other."""
    standing = record.standing
    leased = standing.mode is Mode.LOCKED and standing.cause == LEASE
    return unlock(record) if leased or standing.mode is Mode.RESTRICTED else record


def lost(facts: Facts, seq: int = 0) -> Record:
    """Return the record of a kit whose own one is gone: locked; `seq` is the last command that its journal knows of.

    Taking the record away gives nobody new tries: they begin with a pause.
    """
    spent = Throttle(wrong=TRIES)
    return lock(Record(standing=Standing(seq=seq), codes=spent, passcodes=spent), LOST, facts)


def wipe(record: Record, by: str, facts: Facts, *, force: bool) -> Taken:
    """Decide on a wipe asked for by a command's id or by people: only a locked kit, with nothing unsent unless forced."""
    if record.standing.mode is not Mode.LOCKED:
        told = f"this kit is {record.standing.mode.value}; lock it first, the wipe may be queued behind the lock"
        return Taken(record, Progress.REFUSED, "wipe.unlocked", told)
    if record.standing.finishing:
        return Taken(
            record, Progress.RECEIVED, "wipe.finishing", f"{len(record.standing.finishing)} flow(s) finish first"
        )
    if facts.unsent and not force:
        counted = ", ".join(f"{business} {count}" for business, count in sorted(facts.unsent.items()))
        told = f"not sent yet: {counted}; let the kit reach central, or force it (two people)"
        return Taken(record, Progress.REFUSED, "wipe.unsent", told)
    return applied(replace(stand(record, mode=Mode.WIPED, cause=by, since=facts.at), wiping=by))
