"""SQL of the peripherals: one record each, and a history that is only added to."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence

from padkit_central.store.device_records import (
    DeviceChange,
    DeviceEvent,
    DeviceKey,
    DeviceRow,
    DeviceState,
    Happened,
    Judge,
)
from padkit_central.store.records import OpenCase
from padkit_central.store.sqlite import audit, papers

ROW = "model,serial,place,state,kit,since,left_at,plugin,firmware,claimed_by,reason"
EVENT = "model,serial,place,at,what,kit,before,detail,who"
THE_ONE = "entity=? and model=? and serial=? and place=?"


def meet(
    connection: sqlite3.Connection,
    entity: str,
    kit: str,
    keys: Collection[DeviceKey],
    judge: Judge,
    new_id: Callable[[], str],
    at: str,
) -> Sequence[DeviceChange]:
    """Note what a kit says of its devices as `judge` decides; return what changed."""
    changes = judged(connection, entity, kit, keys, judge)
    for change in changes:
        _put(connection, entity, change.row, new_id())
        if change.event is not None:
            _tell(connection, entity, change.event, new_id())
        if change.case:
            _open(connection, entity, kit, change, new_id(), at)
    return changes


def judged(
    connection: sqlite3.Connection, entity: str, kit: str, keys: Collection[DeviceKey], judge: Judge
) -> Sequence[DeviceChange]:
    """Return what would change; writes nothing."""
    its = connection.execute(
        f"select {ROW} from device where entity=? and (kit=? or claimed_by=?)",  # noqa: S608  (constants)
        (entity, kit, kit),
    )
    known = {row.key: row for row in map(_row, its)}
    for key in keys:
        if key not in known and (row := one(connection, entity, key)) is not None:
            known[key] = row
    return judge(known, {name: _spoke_at(connection, entity, name) for name in {row.kit for row in known.values()}})


def decide(
    connection: sqlite3.Connection, entity: str, row: DeviceRow, event: DeviceEvent, new_id: Callable[[], str]
) -> None:
    """Write down what a person decided of a peripheral, with its line of the trail."""
    _put(connection, entity, row, new_id())
    _tell(connection, entity, event, new_id())
    told = f"{event.key.name}: {event.detail}".encode()
    audit.append(connection, entity, event.by, f"device.{event.what.value}", told, new_id(), event.at)


def one(connection: sqlite3.Connection, entity: str, key: DeviceKey) -> DeviceRow | None:
    """Return one peripheral."""
    row = connection.execute(
        f"select {ROW} from device where {THE_ONE}",  # noqa: S608  (constants)
        (entity, key.model, key.serial, key.place),
    ).fetchone()
    return _row(row) if row else None


def rows(connection: sqlite3.Connection, entity: str, kit: str = "") -> list[DeviceRow]:
    """Return the peripherals of an entity, or those whose last kit is `kit`, by model and number."""
    found = connection.execute(
        f"select {ROW} from device where entity=? and (?='' or kit=?) order by model,serial,place",  # noqa: S608  (constants)
        (entity, kit, kit),
    )
    return [_row(row) for row in found]


def history(connection: sqlite3.Connection, entity: str, *, key: DeviceKey | None, kit: str) -> list[DeviceEvent]:
    """Return the history of one peripheral, of one kit (what came to it and what left it), or of all; the oldest first."""
    where: str = "1=1"
    values: tuple[str, ...] = ()
    if key is not None:
        where, values = "model=? and serial=? and place=?", (key.model, key.serial, key.place)
    elif kit:
        where, values = "(kit=? or before=?)", (kit, kit)
    found = connection.execute(
        f"select {EVENT} from device_event where entity=? and {where} order by at,id",  # noqa: S608  (constants)
        (entity, *values),
    )
    return [
        DeviceEvent(
            DeviceKey(it["model"], it["serial"], it["place"]),
            it["at"], Happened(it["what"]), it["kit"], it["before"], it["detail"], it["who"],
        )
        for it in found
    ]  # fmt: skip


def _row(it: sqlite3.Row) -> DeviceRow:
    return DeviceRow(
        DeviceKey(it["model"], it["serial"], it["place"]),
        DeviceState(it["state"]),
        **{name: it[name] for name in ROW.split(",")[4:]},
    )


def _put(connection: sqlite3.Connection, entity: str, row: DeviceRow, row_id: str) -> None:
    values = (row.state.value, *(getattr(row, name) for name in ROW.split(",")[4:]))
    key = (row.key.model, row.key.serial, row.key.place)
    connection.execute(
        f"insert into device(id,entity,{ROW}) values(?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " on conflict(entity,model,serial,place) do update set "
        + ",".join(f"{name}=excluded.{name}" for name in ROW.split(",")[3:]),
        (row_id, entity, *key, *values),
    )


def _tell(connection: sqlite3.Connection, entity: str, event: DeviceEvent, row_id: str) -> None:
    key = event.key
    values = (event.at, event.what.value, event.kit, event.before, event.detail, event.by)
    connection.execute(
        f"insert into device_event(id,entity,{EVENT}) values(?,?,?,?,?,?,?,?,?,?,?)",
        (row_id, entity, key.model, key.serial, key.place, *values),
    )


def _open(connection: sqlite3.Connection, entity: str, kit: str, change: DeviceChange, row_id: str, at: str) -> None:
    key, other = change.row.key, change.event.before if change.event else ""
    detail = f"{key.name} is said to work at {kit}" + (f" and works at {other}" if other else "")
    case_id = f"{change.case}:{key.model}:{key.serial or key.place}:{kit}:{at[:10]}"
    papers.open_case(connection, OpenCase(entity, kit, case_id[:256], change.case, at, detail=detail), row_id)


def _spoke_at(connection: sqlite3.Connection, entity: str, kit: str) -> str:
    row = connection.execute("select contact_at from kit where entity=? and kit=?", (entity, kit)).fetchone()
    return str(row["contact_at"]) if row else ""
