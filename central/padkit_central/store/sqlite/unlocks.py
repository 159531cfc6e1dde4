"""SQL of what a kit's people get and give beside commands: codes that unlock without network, support bundles."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from padkit_central.store.sqlite import audit
from padkit_central.store.sqlite.orders import Moment
from padkit_contract.errors import Invalid


@dataclass(frozen=True, slots=True)
class Given:
    """Who got the code of a challenge; `pair` are the two names, sorted; `body` (JSON) goes into the trail."""

    entity: str
    kit: str
    challenge: str
    cause: str
    pair: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """A support bundle as it came, sealed for the support key."""

    digest: str
    received_at: str
    body: bytes = field(repr=False)


def give(connection: sqlite3.Connection, given: Given, moment: Moment) -> None:
    """Note it, with a line in the trail each time. Raises `Invalid` ``challenge.given``: another pair has the code."""
    row = connection.execute(
        "select pair from unlock_code where entity=? and kit=? and challenge=?",
        (given.entity, given.kit, given.challenge),
    ).fetchone()
    if row and row["pair"] != given.pair:
        raise Invalid("challenge.given", f"{given.kit}: {row['pair']} have the code of this challenge; ask them")
    if row is None:
        connection.execute(
            "insert into unlock_code(id,entity,kit,challenge,cause,pair,at) values(?,?,?,?,?,?,?)",
            (moment.ids(), given.entity, given.kit, given.challenge, given.cause, given.pair, moment.at),
        )
    audit.append(connection, given.entity, given.pair, "unlock.code", given.body, moment.ids(), moment.at)


def keep_bundle(
    connection: sqlite3.Connection, entity: str, kit: str, digest: str, body: bytes, row_id: str, at: str
) -> None:
    """Keep a bundle; the very same one is kept once."""
    connection.execute(
        "insert or ignore into support_bundle(id,entity,kit,digest,body,received_at) values(?,?,?,?,?,?)",
        (row_id, entity, kit, digest, body, at),
    )


def bundle(connection: sqlite3.Connection, entity: str, kit: str) -> Bundle | None:
    """Return the newest bundle of a kit."""
    row = connection.execute(
        "select digest,received_at,body from support_bundle where entity=? and kit=? order by id desc limit 1",
        (entity, kit),
    ).fetchone()
    return Bundle(**row) if row else None
