"""SQL of orders: asked, approved, queued, ended, in one transaction each, with the line of the audit trail."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from padkit_central.store.kit_records import KitState
from padkit_central.store.order_records import (
    FINAL,
    NEXT,
    UNSENT,
    Approval,
    Asked,
    Booking,
    Judge,
    Placed,
    Result,
    Target,
    TargetState,
)
from padkit_central.store.sqlite import audit, identity, targets
from padkit_contract.commands import Cancel, Wipe
from padkit_contract.errors import Invalid

COMMAND_COLUMNS = "entity,command,kind,body,reason,asked_by,asked_signature,asked_at,not_before,expires,needs"


@dataclass(frozen=True, slots=True)
class Moment:
    """The time and the row ids of one transaction."""

    at: str
    now_s: int
    ids: Callable[[], str]


def ask(
    connection: sqlite3.Connection, asked: Asked, kits: Sequence[str], ask: Judge, queue: Judge, moment: Moment
) -> bool:
    """Write an order down, and queue it when it needs nobody's approval and its time has come. False: it is known already.

    Raises what `ask` raises, and `Invalid` ``order.reused``: another order has this id. Then nothing was written.
    """
    known = by_id(connection, asked.entity, asked.command)
    if known is not None:
        if known.signature != asked.signature:
            raise Invalid("order.reused", f"{asked.command}: another order has this id; take a new one")
        return False
    for kit in kits:
        ask(asked, targets.place(connection, asked.entity, kit))
    _insert(connection, asked, moment)
    for kit in kits:
        targets.insert(connection, asked, kit, moment.ids())
    _note(connection, asked, asked.asked_by, "order.asked", moment, kits=kits, reason=asked.reason)
    if not asked.needs:
        _release(connection, asked, queue, moment)
    return True


def approve(
    connection: sqlite3.Connection, entity: str, command: str, approval: Approval, queue: Judge, moment: Moment
) -> Asked:
    """Add a person's consent; with enough of them the order goes on. The same person again changes nothing.

    Raises `Invalid` ``order.unknown``, ``approval.same_person``, ``approval.late``.
    """
    asked = by_id(connection, entity, command)
    if asked is None:
        raise Invalid("order.unknown", f"{command}: no such order; `padkit-central command status` lists them")
    if approval.by == asked.asked_by:
        raise Invalid("approval.same_person", f"{approval.by} asked for {command}; another person must approve")
    given = {it.by for it in approvals(connection, entity, command)}
    if approval.by in given:
        return asked
    if not any(it.state is TargetState.ASKED for it in targets.of_command(connection, entity, command)):
        raise Invalid("approval.late", f"{command}: it does not wait for approval")
    connection.execute(
        "insert into approval(id,entity,command,approver,signature,at) values(?,?,?,?,?,?)",
        (moment.ids(), entity, command, approval.by, approval.signature, approval.at),
    )
    _note(connection, asked, approval.by, "order.approved", moment)
    if len(given) + 1 >= asked.needs:
        _release(connection, asked, queue, moment)
    return asked


def sweep(connection: sqlite3.Connection, queue: Judge, moment: Moment) -> list[Target]:
    """End what expired before it left or whose kit is out for good, queue what has waited for its time; return what changed."""
    changed = []
    for target, state in targets.unreachable(connection):
        end(connection, target, Result(target.command, 0, TargetState.FAILED, f"kit.{state}"), moment, who="central")
        changed.append(target)
    for placed in targets.unsent(connection):
        asked = placed.asked
        if 0 < asked.expires <= moment.now_s:
            end(connection, placed.target, Result(asked.command, 0, TargetState.EXPIRED), moment, who="central")
            changed.append(placed.target)
        elif placed.target.state is TargetState.APPROVED and asked.not_before <= moment.now_s:
            _queue(connection, asked, placed.target.kit, queue, moment)
            changed.append(placed.target)
    return changed


def book(connection: sqlite3.Connection, entity: str, kit: str, result: Result, moment: Moment) -> Booking:
    """Note what a kit says of a command; an end stays as it is."""
    target = targets.one(connection, entity, result.command, kit)
    if target is None or target.state in UNSENT:
        return Booking.UNKNOWN
    if result.seq != target.seq:
        return Booking.CONTRADICTED
    if result.state is target.state:
        return Booking.KNOWN
    if result.state not in NEXT[target.state]:
        return Booking.KNOWN if result.state is TargetState.RECEIVED else Booking.CONTRADICTED
    end(connection, target, result, moment, who=f"kit {kit}")
    if result.state is TargetState.APPLIED:
        _follow(connection, target, moment)
    return Booking.CHANGED


def _follow(connection: sqlite3.Connection, target: Target, moment: Moment) -> None:
    """Do at central what an applied command means here: a wiped kit is out, a cancel ends the other command."""
    asked = by_id(connection, target.entity, target.command)
    match asked.order if asked else None:
        case Wipe():
            identity.set_state(
                connection, entity=target.entity, kit=target.kit, state=KitState.WIPED, reason="wiped by command",
                who=f"kit {target.kit}", ids=moment.ids, at=moment.at,
            )  # fmt: skip
        case Cancel(command):
            _end_cancelled(connection, target, command, moment)
        case _:
            pass


def _end_cancelled(connection: sqlite3.Connection, target: Target, command: str, moment: Moment) -> None:
    """A cancel that the kit applied is the end of the other one, too, whichever word comes first."""
    other = targets.one(connection, target.entity, command, target.kit)
    if other is not None:
        ended = Result(other.command, other.seq, TargetState.CANCELLED, f"by.{target.command}")
        end(connection, other, ended, moment, who=f"kit {target.kit}")


def end(connection: sqlite3.Connection, target: Target, result: Result, moment: Moment, *, who: str) -> None:
    """Move a target forwards, with its line in the trail when that is its end. One that moved elsewhere stays."""
    if not targets.advance(connection, target, result, moment.at) or result.state not in FINAL:
        return
    asked = by_id(connection, target.entity, target.command)
    assert asked is not None, "a target has an order"
    _note(
        connection, asked, who, f"order.{result.state.value}", moment,
        kits=(target.kit,), code=result.code, detail=result.detail,
    )  # fmt: skip


def by_id(connection: sqlite3.Connection, entity: str, command: str) -> Asked | None:
    """Return an order."""
    row = connection.execute(
        f"select {COMMAND_COLUMNS} from command where entity=? and command=?",  # noqa: S608  (constants)
        (entity, command),
    ).fetchone()
    return targets.asked_of(row) if row else None


def approvals(connection: sqlite3.Connection, entity: str, command: str) -> list[Approval]:
    """Return who approved an order, in the order they did."""
    rows = connection.execute(
        "select approver,signature,at from approval where entity=? and command=? order by id", (entity, command)
    )
    return [Approval(row["approver"], row["signature"], row["at"]) for row in rows]


def _insert(connection: sqlite3.Connection, asked: Asked, moment: Moment) -> None:
    kind = str(asked.order.__struct_config__.tag)
    connection.execute(
        f"insert into command(id,{COMMAND_COLUMNS}) values(?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            *(moment.ids(), asked.entity, asked.command, kind, msgspec.json.encode(asked.order), asked.reason),
            *(asked.asked_by, asked.signature, asked.asked_at, asked.not_before, asked.expires, asked.needs),
        ),
    )


def _release(connection: sqlite3.Connection, asked: Asked, queue: Judge, moment: Moment) -> None:
    """What may go is queued, or waits for its time."""
    for target in targets.of_command(connection, asked.entity, asked.command):
        if target.state is not TargetState.ASKED:
            continue
        if asked.not_before > moment.now_s:
            targets.advance(connection, target, Result(asked.command, 0, TargetState.APPROVED), moment.at)
        else:
            _queue(connection, asked, target.kit, queue, moment)


def _queue(connection: sqlite3.Connection, asked: Asked, kit: str, judge: Judge, moment: Moment) -> None:
    """Give a target its number in the kit's queue; numbers that no kit has seen yet may be given anew."""
    place = targets.place(connection, asked.entity, kit, without=asked.command)
    verdict = judge(asked, place)
    for placed in place.pending:
        if ended := verdict.ends.get(placed.asked.command):
            result = Result(placed.asked.command, 0, ended, f"by.{asked.command}")
            end(connection, placed.target, result, moment, who=asked.asked_by)
    target = targets.one(connection, asked.entity, asked.command, kit)
    assert target is not None, "it was just written"
    targets.number(connection, target, _behind(place.pending, verdict.ends) if verdict.over else (), moment.at)
    if verdict.state is not None:
        result = Result(asked.command, 0, verdict.state, verdict.code)
        end(connection, target, result, moment, who="central")


def _behind(pending: Iterable[Placed], ended: Iterable[str]) -> tuple[Target, ...]:
    """Return what waits in the queue and was never sent: it goes behind one that overtakes."""
    gone = set(ended)
    waiting = [it.target for it in pending if it.target.state is TargetState.QUEUED and it.asked.command not in gone]
    return tuple(sorted(waiting, key=lambda it: it.seq))


def _note(
    connection: sqlite3.Connection,
    asked: Asked,
    who: str,
    what: str,
    moment: Moment,
    kits: Sequence[str] = (),
    **more: str,
) -> None:
    order = {"command": asked.command, "order": asked.order, "kits": kits}
    body = msgspec.json.encode({**order, **{name: value for name, value in more.items() if value}})
    audit.append(connection, asked.entity, who, what, body, moment.ids(), moment.at)
