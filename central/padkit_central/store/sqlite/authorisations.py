"""SQL of requests for authorisation; each change has its line in the trail, in the same transaction."""

from __future__ import annotations

import sqlite3

import msgspec

from padkit_central.store.authorisation_records import Authorisation, Rule
from padkit_central.store.sqlite import audit
from padkit_central.store.sqlite.orders import Moment
from padkit_contract.authorise import AuthState
from padkit_contract.errors import Invalid

OPEN = (AuthState.QUEUED.value, AuthState.TAKEN.value)


def ask(
    connection: sqlite3.Connection, new: Authorisation, line: bytes, withdraw: Rule, moment: Moment
) -> Authorisation:
    """Write a request down, once a round; the rounds before it are withdrawn. Returns what is on disk.

    Raises `Invalid` ``auth.reused``: the same round came with another content.
    """
    request = new.request
    known = _one(
        connection,
        "entity=? and kit=? and serial=? and round=?",
        (new.entity, new.kit, request.serial, request.round),
    )
    if known is not None:
        if known.request.bound != request.bound:
            raise Invalid("auth.reused", f"{request.serial} round {request.round} came before with another content")
        return known
    for earlier in _all(connection, "entity=? and kit=? and serial=?", (new.entity, new.kit, request.serial)):
        change(connection, new.entity, earlier.id, withdraw, moment)
    connection.execute(
        "insert into authorisation(id,entity,kit,authorisation,serial,round,state,body) values(?,?,?,?,?,?,?,?)",
        (moment.ids(), new.entity, new.kit, new.id, request.serial, request.round, new.state.value, _bytes(new)),
    )
    audit.append(connection, new.entity, f"kit {new.kit}", "auth.asked", line, moment.ids(), moment.at)
    return new


def change(connection: sqlite3.Connection, entity: str, name: str, rule: Rule, moment: Moment) -> Authorisation:
    """Let `rule` decide on a request and write what follows. Raises `Invalid` ``auth.unknown`` and what the rule does."""
    before = by_id(connection, entity, name)
    if before is None:
        raise Invalid("auth.unknown", f"{name[:64]}: no such request; `padkit-central authorise list` shows them")
    noted = rule(before)
    if noted.after != before:
        connection.execute(
            "update authorisation set state=?,body=? where entity=? and authorisation=?",
            (noted.after.state.value, _bytes(noted.after), entity, name),
        )
    if noted.what:
        audit.append(connection, entity, noted.who, noted.what, noted.body, moment.ids(), moment.at)
    return noted.after


def by_id(connection: sqlite3.Connection, entity: str, name: str) -> Authorisation | None:
    """Return one request."""
    return _one(connection, "entity=? and authorisation=?", (entity, name))


def newest(connection: sqlite3.Connection, entity: str, kit: str, serial: str) -> Authorisation | None:
    """Return the last round of a kit's business."""
    return _one(connection, "entity=? and kit=? and serial=?", (entity, kit, serial))


def listed(connection: sqlite3.Connection, entity: str, *, only_open: bool, limit: int) -> list[Authorisation]:
    """Return requests, the newest first."""
    if only_open:
        return _all(connection, "entity=? and state in (?,?)", (entity, *OPEN), limit)
    return _all(connection, "entity=?", (entity,), limit)


def _one(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> Authorisation | None:
    return next(iter(_all(connection, where, values, 1, order="round desc")), None)


def _all(
    connection: sqlite3.Connection,
    where: str,
    values: tuple[object, ...],
    limit: int = 1000,
    *,
    order: str = "authorisation desc",
) -> list[Authorisation]:
    rows = connection.execute(
        f"select body from authorisation where {where} order by {order} limit ?",  # noqa: S608  (constants)
        (*values, limit),
    )
    return [msgspec.json.decode(row["body"], type=Authorisation) for row in rows]


def _bytes(it: Authorisation) -> bytes:
    return msgspec.json.encode(it)
