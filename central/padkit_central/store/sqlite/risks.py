"""SQL of risk. A change of level, the kit's new state and its line in the audit trail are one commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace

import msgspec

from padkit_central.store.risk_records import Action, Look, RiskChange, RiskJudge, RiskSet, RiskWord, SetState
from padkit_central.store.sqlite import audit

SET = "entity,number,state,body,digest,reason,put_by,put_at"
CHANGE = "id,entity,kit,at,shadow,before,after,score,fact,digest,why,measures,action,detail"
WORD = "entity,kit,override,level,reason,who,at,until"
HOUR_S = 3600
MAX_LISTED = 1000
BY = "risk"


def sets(connection: sqlite3.Connection, entity: str) -> list[RiskSet]:
    """Return all sets of an entity, the oldest first."""
    rows = connection.execute(f"select {SET} from risk_set where entity=? order by number", (entity,))  # noqa: S608
    return [RiskSet(**{**dict(row), "state": SetState(row["state"])}) for row in rows]


def put(connection: sqlite3.Connection, new: RiskSet, new_id: Callable[[], str]) -> RiskSet:
    """Write a set down in place of the one that was for the same; return it with its number.

    One that becomes active judges each kit anew: from a level that it had in shadow nothing would follow any more.
    """
    last = connection.execute("select max(number) from risk_set where entity=?", (new.entity,)).fetchone()[0] or 0
    connection.execute(
        "update risk_set set state=? where entity=? and (state=? or (digest=? and state<>?))",
        (SetState.PAST.value, new.entity, new.state.value, new.digest, SetState.PAST.value),
    )
    values = (new.entity, last + 1, new.state.value, new.body, new.digest, new.reason, new.put_by, new.put_at)
    connection.execute(f"insert into risk_set(id,{SET}) values(?,?,?,?,?,?,?,?,?)", (new_id(), *values))
    connection.execute(
        "delete from risk_kit where entity=? and digest not in (select digest from risk_set where entity=? and state<>?)",
        (new.entity, new.entity, SetState.PAST.value),
    )
    if new.state is SetState.ACTIVE:
        connection.execute("delete from risk_kit where entity=? and digest=?", (new.entity, new.digest))
    told = {"number": last + 1, "state": new.state.value, "digest": new.digest, "reason": new.reason}
    audit.append(connection, new.entity, new.put_by, "risk.rules", msgspec.json.encode(told), new_id(), new.put_at)
    return replace(new, number=last + 1)


def observe(
    connection: sqlite3.Connection,
    entity: str,
    kit: str,
    judge: RiskJudge,
    now: int,
    at: str,
    new_id: Callable[[], str],
) -> list[RiskChange]:
    """Let the rules judge a kit; write down what they make of it. Returns the changes."""
    changes = []
    for it in judge(_look(connection, entity, kit, now)):
        connection.execute(
            "insert into risk_kit(id,entity,kit,digest,body) values(?,?,?,?,?)"
            " on conflict(entity,kit,digest) do update set body=excluded.body",
            (new_id(), entity, kit, it.digest, it.state),
        )
        if it.change is None:
            continue
        _write(connection, it.change)
        changes.append(it.change)
        if not it.change.shadow:
            audit.append(connection, entity, BY, "risk.level", _told(it.change), new_id(), at)
    return changes


def due(connection: sqlite3.Connection) -> list[RiskChange]:
    """Return the changes whose measures are to be ordered, the oldest first."""
    rows = connection.execute(
        f"select {CHANGE} from risk_change where action=? order by at,id limit ?",  # noqa: S608  (constants)
        (Action.DUE.value, MAX_LISTED),
    )
    return [_change(row) for row in rows]


def acted(connection: sqlite3.Connection, change: str, action: Action, detail: str) -> None:
    """Note what followed a change."""
    connection.execute("update risk_change set action=?,detail=? where id=?", (action.value, detail, change))


def changes(connection: sqlite3.Connection, entity: str, kit: str) -> list[RiskChange]:
    """Return a kit's changes of level, the newest first."""
    rows = connection.execute(
        f"select {CHANGE} from risk_change where entity=? and kit=? order by at desc,id desc limit ?",  # noqa: S608
        (entity, kit, MAX_LISTED),
    )
    return [_change(row) for row in rows]


def states(connection: sqlite3.Connection, entity: str, kit: str) -> dict[str, bytes]:
    """Return a kit's state under each set, by digest."""
    rows = connection.execute("select digest,body from risk_kit where entity=? and kit=?", (entity, kit))
    return {row["digest"]: bytes(row["body"]) for row in rows}


def say(connection: sqlite3.Connection, word: RiskWord, at: str, new_id: Callable[[], str]) -> None:
    """Write down what a person said."""
    values = (
        word.entity, word.kit, int(word.override), word.level, word.reason, word.who, word.at, word.until,
    )  # fmt: skip
    connection.execute(f"insert into risk_word(id,{WORD}) values(?,?,?,?,?,?,?,?,?)", (new_id(), *values))
    what = "risk.override" if word.override else "risk.objection"
    told = {"kit": word.kit, "level": word.level, "reason": word.reason, "until": word.until}
    audit.append(connection, word.entity, word.who, what, msgspec.json.encode(told), new_id(), at)


def words(connection: sqlite3.Connection, entity: str, kit: str) -> list[RiskWord]:
    """Return what people said of a kit, the newest first."""
    rows = connection.execute(
        f"select {WORD} from risk_word where entity=? and kit=? order by at desc,id desc limit ?",  # noqa: S608
        (entity, kit, MAX_LISTED),
    )
    return [RiskWord(**{**dict(row), "override": bool(row["override"])}) for row in rows]


def _look(connection: sqlite3.Connection, entity: str, kit: str, now: int) -> Look:
    found = connection.execute(
        f"select {SET} from risk_set where entity=? and state<>?",  # noqa: S608  (constants)
        (entity, SetState.PAST.value),
    ).fetchall()
    in_use = [RiskSet(**{**dict(row), "state": SetState(row["state"])}) for row in found]
    if not in_use:
        return Look((), {}, (), None)
    locks = connection.execute(
        "select at from risk_change where locks=1 and action in (?,?) and at>?",
        (Action.DUE.value, Action.ORDERED.value, now - HOUR_S),
    ).fetchall()
    over = next((it for it in words(connection, entity, kit) if it.override), None)
    in_force = over if over is not None and over.until > now else None
    return Look(in_use, states(connection, entity, kit), [row["at"] for row in locks], in_force)


def _write(connection: sqlite3.Connection, it: RiskChange) -> None:
    connection.execute(
        f"insert into risk_change({CHANGE},locks) values(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            it.id, it.entity, it.kit, it.at, int(it.shadow), it.before, it.after, it.score, int(it.fact), it.digest,
            it.why, ",".join(it.measures), it.action.value, it.detail, int("lock" in it.measures),
        ),
    )  # fmt: skip


def _change(row: sqlite3.Row) -> RiskChange:
    given = dict(row)
    given["measures"] = tuple(each for each in given["measures"].split(",") if each)
    given |= {"shadow": bool(given["shadow"]), "fact": bool(given["fact"]), "action": Action(given["action"])}
    return RiskChange(**{**given, "why": bytes(given["why"])})


def _told(it: RiskChange) -> bytes:
    told = {
        "kit": it.kit, "before": it.before, "after": it.after, "score": it.score, "fact": it.fact, "rules": it.digest,
        "why": msgspec.Raw(it.why), "action": it.action.value,
    }  # fmt: skip
    return msgspec.json.encode(told)
