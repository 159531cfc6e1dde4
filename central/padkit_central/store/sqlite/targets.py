"""SQL of one order at one kit: its place in the kit's queue, and forwards from state to state."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from padkit_central.store.order_records import (
    AT_KIT,
    FINAL,
    NEXT,
    UNSENT,
    Asked,
    KitWord,
    Place,
    Placed,
    Result,
    Target,
    TargetState,
)
from padkit_contract.commands import AnyOrder, Notify, Standing

NAMES = (
    *("entity", "command", "kit", "kind", "seq", "state", "code", "detail", "tries", "next_try_at"),
    *("asked_at", "queued_at", "sent_at", "received_at", "ended_at", "id"),
)
COLUMNS = ",".join(NAMES)
OURS = ",".join(f"target.{name}" for name in NAMES)
ASKED = ",".join(
    f"command.{name} as c_{name}"
    for name in ("body", "reason", "asked_by", "asked_signature", "asked_at", "not_before", "expires", "needs")
)
BOTH = "from target join command on command.entity=target.entity and command.command=target.command"
ORDER: msgspec.json.Decoder[AnyOrder] = msgspec.json.Decoder(AnyOrder)
UNREADABLE = Notify("")  # nobody signed it, so the papers end the row as forged when its turn comes, and others go on
MOMENTS = {TargetState.RECEIVED: "received_at"}
PENDING = tuple(state.value for state in TargetState if state not in FINAL)
QUEUED = TargetState.QUEUED
LIVE = tuple(state.value for state in (QUEUED, *AT_KIT))
WAITING = tuple(state.value for state in UNSENT)


def holes(values: Sequence[object]) -> str:
    """Return as many holes as there are values."""
    return ",".join("?" * len(values))


def insert(connection: sqlite3.Connection, asked: Asked, kit: str, row_id: str) -> None:
    """Write down that an order is asked for at a kit."""
    connection.execute(
        "insert into target(id,entity,command,kit,kind,state,asked_at) values(?,?,?,?,?,?,?)",
        (row_id, asked.entity, asked.command, kit, str(asked.order.__struct_config__.tag), "asked", asked.asked_at),
    )


def one(connection: sqlite3.Connection, entity: str, command: str, kit: str) -> Target | None:
    """Return an order at a kit."""
    row = connection.execute(
        f"select {COLUMNS} from target where entity=? and command=? and kit=?",  # noqa: S608  (constants)
        (entity, command, kit),
    ).fetchone()
    return _target(row) if row else None


def of_command(connection: sqlite3.Connection, entity: str, command: str) -> list[Target]:
    """Return an order at all its kits, by name."""
    rows = connection.execute(
        f"select {COLUMNS} from target where entity=? and command=? order by kit",  # noqa: S608  (constants)
        (entity, command),
    )
    return [_target(row) for row in rows]


def place(connection: sqlite3.Connection, entity: str, kit: str, *, without: str = "") -> Place:
    """Return what is pending at a kit (`without` one order), as asked for, and what is known of the kit."""
    rows = connection.execute(
        f"select {OURS},{ASKED} {BOTH} where target.entity=? and target.kit=?"
        f" and target.state in ({holes(PENDING)}) and target.command<>? order by target.id",
        (entity, kit, *PENDING, without),
    ).fetchall()
    pending = tuple(_placed(connection, row) for row in rows)
    return Place(word(connection, entity, kit), pending, _last_lock(connection, entity, kit))


def unsent(connection: sqlite3.Connection) -> list[Placed]:
    """Return what never left central and has no end."""
    rows = connection.execute(
        f"select {OURS},{ASKED} {BOTH} where target.state in ({holes(WAITING)}) order by target.id",
        WAITING,
    ).fetchall()
    return [_placed(connection, row) for row in rows]


def unreachable(connection: sqlite3.Connection) -> list[tuple[Target, str]]:
    """Return what is pending at kits that are out for good, with the kit's state."""
    rows = connection.execute(
        f"select {OURS},kit.state as place from target join kit on kit.entity=target.entity and kit.kit=target.kit"  # noqa: S608
        f" where kit.state in ('revoked','wiped') and target.state in ({holes(PENDING)})",
        PENDING,
    )
    return [(_target(row), row["place"]) for row in rows]


def look_to_sweep(now_s: int) -> Callable[[sqlite3.Connection], bool]:
    """Return a look whether a sweep has anything to do."""

    def look(connection: sqlite3.Connection) -> bool:
        row = connection.execute(
            f"select 1 {BOTH} where target.state in ({holes(WAITING)})"
            " and (command.expires between 1 and ? or (target.state='approved' and command.not_before<=?)) limit 1",
            (*WAITING, now_s, now_s),
        ).fetchone()
        return row is not None or bool(unreachable(connection))

    return look


def listed(connection: sqlite3.Connection, entity: str, kit: str, *, only_open: bool, limit: int) -> list[Placed]:
    """Return orders at kits, the newest first; an empty `kit` means all."""
    states = PENDING if only_open else tuple(state.value for state in TargetState)
    rows = connection.execute(
        f"select {OURS},{ASKED} {BOTH} where target.entity=? and (?='' or target.kit=?)"
        f" and target.state in ({holes(states)}) order by target.id desc limit ?",
        (entity, kit, kit, *states, limit),
    ).fetchall()
    return [_placed(connection, row) for row in rows]


def due(connection: sqlite3.Connection, at: str) -> set[tuple[str, str]]:
    """Return the kits (entity, kit) that have something to be sent by now."""
    rows = connection.execute(
        f"select distinct entity,kit from target where state in ({holes(LIVE)}) and next_try_at<=?",  # noqa: S608
        (*LIVE, at),
    )
    return {(row["entity"], row["kit"]) for row in rows}


def number(connection: sqlite3.Connection, target: Target, behind: Sequence[Target], at: str) -> None:
    """Queue a target with the kit's next number, and give those `behind` it the numbers after."""
    highest = connection.execute(
        "select coalesce(max(seq),0) from target where entity=? and kit=?", (target.entity, target.kit)
    ).fetchone()[0]
    for step, each in enumerate((target, *behind), start=1):
        connection.execute(
            "update target set seq=?,state='queued',queued_at=case queued_at when '' then ? else queued_at end"  # noqa: S608
            f" where entity=? and command=? and kit=? and state in ({holes(WAITING)})",
            (highest + step, at, each.entity, each.command, each.kit, *WAITING),
        )


def sent(connection: sqlite3.Connection, target: Target, at: str, next_try_at: str) -> bool:
    """Note, before it is done, that a command is sent (again). False: it has ended in between."""
    changed = connection.execute(
        "update target set state=case state when 'queued' then 'sent' else state end, tries=tries+1, next_try_at=?,"
        " sent_at=case sent_at when '' then ? else sent_at end"
        " where entity=? and command=? and kit=? and seq=? and state in ('queued','sent','received')",
        (next_try_at, at, target.entity, target.command, target.kit, target.seq),
    )
    return changed.rowcount == 1


def postpone(connection: sqlite3.Connection, target: Target, detail: str, next_try_at: str) -> None:
    """Note why a command could not be sent, and when it is tried again."""
    connection.execute(
        "update target set tries=tries+1,detail=?,next_try_at=?"
        " where entity=? and command=? and kit=? and state in ('queued','sent','received')",
        (detail, next_try_at, target.entity, target.command, target.kit),
    )


def advance(connection: sqlite3.Connection, target: Target, result: Result, at: str) -> bool:
    """Move a target to `result.state`, forwards only. False: it stays where it is."""
    before = [state.value for state, following in NEXT.items() if result.state in following]
    moment = MOMENTS.get(result.state, "ended_at" if result.state in FINAL else "")
    also = f",{moment}=?" if moment else ""
    changed = connection.execute(
        f"update target set state=?,code=?,detail=?{also}"  # noqa: S608  (constants)
        f" where entity=? and command=? and kit=? and state in ({holes(before)})",
        (
            *(result.state.value, result.code, result.detail, *((at,) if moment else ())),
            *(target.entity, target.command, target.kit, *before),
        ),
    )
    return changed.rowcount == 1


def word(connection: sqlite3.Connection, entity: str, kit: str) -> KitWord:
    """Return what is known of a kit; a kit without a row is known by its name alone."""
    row = connection.execute(
        "select entity,kit,state,standing,standing_at,seen_at,escrow from kit where entity=? and kit=?", (entity, kit)
    ).fetchone()
    return KitWord(**row) if row else KitWord(entity, kit)


def note_word(
    connection: sqlite3.Connection, entity: str, kit: str, standing: str, seq: int, at: str, row_id: str
) -> None:
    """Keep what a kit says of itself, unless a later word (by `seq`, the last command it took) is here already."""
    kept = word(connection, entity, kit).standing
    if kept and msgspec.json.decode(kept, type=Standing).seq > seq:
        return
    connection.execute(
        "insert into kit(id,entity,kit,standing,standing_at,seen_at) values(?,?,?,?,?,?)"
        " on conflict(entity,kit) do update set"
        " standing=excluded.standing, standing_at=excluded.standing_at, seen_at=excluded.seen_at",
        (row_id, entity, kit, standing, at, at),
    )


def words(connection: sqlite3.Connection, entity: str) -> list[KitWord]:
    """Return all kits that have a row, by name."""
    rows = connection.execute(
        "select entity,kit,state,standing,standing_at,seen_at,escrow from kit where entity=? order by kit", (entity,)
    )
    return [KitWord(**row) for row in rows]


def asked_of(row: sqlite3.Row, prefix: str = "") -> Asked:
    """Read the columns of an order, which may carry a prefix."""
    value: Any = {name: row[f"{prefix}{name}"] for name in ("reason", "asked_by", "asked_at")}
    numbers: Any = {name: row[f"{prefix}{name}"] for name in ("not_before", "expires", "needs")}
    return Asked(
        entity=row["entity"],
        command=row["command"],
        order=_order(row[f"{prefix}body"]),
        signature=row[f"{prefix}asked_signature"],
        **value,
        **numbers,
    )


def _order(body: Any) -> AnyOrder:
    """Return the order that a row holds; one that cannot be read stands for one that nobody signed."""
    try:
        return ORDER.decode(body)
    except (msgspec.MsgspecError, TypeError, ValueError):
        return UNREADABLE


def _placed(connection: sqlite3.Connection, row: sqlite3.Row) -> Placed:
    asked = asked_of(row, "c_")
    if not asked.needs:
        return Placed(_target(row), asked)
    by = connection.execute(
        "select approver from approval where entity=? and command=? order by id", (asked.entity, asked.command)
    )
    return Placed(_target(row), asked, tuple(it["approver"] for it in by))


def _last_lock(connection: sqlite3.Connection, entity: str, kit: str) -> Target | None:
    row = connection.execute(
        f"select {COLUMNS} from target where entity=? and kit=? and kind in ('lock','unlock') and state='applied'"  # noqa: S608
        " and ended_at>=coalesce((select enrolled_at from kit where entity=? and kit=?),'') order by seq desc limit 1",
        (entity, kit, entity, kit),
    ).fetchone()
    return _target(row) if row else None


def _target(row: sqlite3.Row) -> Target:
    return Target(**{**{name: row[name] for name in NAMES}, "state": TargetState(row["state"])})
