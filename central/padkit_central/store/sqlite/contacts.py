"""SQL of the kits' contacts: what each said last, what it is known by, its key for unlocking without network."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

import msgspec

from padkit_central.store.chain_records import Known, Met
from padkit_central.store.sqlite import chain, targets
from padkit_contract.commands import Standing

Meet = Callable[[Known], Met]


def meet(
    connection: sqlite3.Connection,
    entity: str,
    kit: str,
    meeting: Meet,
    standing: Standing,
    escrow: bytes,
    ids: Sequence[str],
    at: str,
) -> Met:
    """Note a contact as `meeting` decides; `escrow` (sealed) is kept when there is none. An alarm is a case."""
    before = known(connection, entity, kit)
    met = meeting(before)
    if met.alarm is not None:
        chain.sound(connection, entity, kit, met.alarm, ids, at)
        return met
    connection.execute(
        "insert into kit(id,entity,kit,seen_at,escrow) values(?,?,?,?,?) on conflict(entity,kit) do update set"
        " seen_at=excluded.seen_at,escrow=case when kit.escrow='' then excluded.escrow else kit.escrow end",
        (ids[0], entity, kit, at, escrow),
    )
    if not met.stale:
        connection.execute(
            "update kit set traits=?,contact_at=? where entity=? and kit=?",
            (msgspec.json.encode(met.known.traits).decode(), met.known.contact_at, entity, kit),
        )
        targets.note_word(connection, entity, kit, msgspec.json.encode(standing).decode(), standing.seq, at, ids[1])
    return Met(known(connection, entity, kit), stale=met.stale, drifted=met.drifted)


def known(connection: sqlite3.Connection, entity: str, kit: str) -> Known:
    """Return what is kept of a kit's contacts."""
    row = connection.execute(
        "select state,traits,escrow,contact_at,standing,standing_at,enrolled_at>seen_at as anew from kit"
        " where entity=? and kit=?",
        (entity, kit),
    ).fetchone()
    if row is None:
        return Known()
    if row["anew"]:  # another machine may be the kit now
        return Known(row["state"], escrow=bytes(row["escrow"] or b""))
    traits = msgspec.json.decode(row["traits"], type=tuple[str, ...]) if row["traits"] else ()
    seq = msgspec.json.decode(row["standing"], type=Standing).seq if row["standing"] else 0
    return Known(row["state"], traits, bytes(row["escrow"] or b""), row["contact_at"], seq, row["standing_at"])


def forget_traits(connection: sqlite3.Connection, entity: str, kit: str) -> None:
    """Let the next contact pin the traits anew: a person has seen that the machine is the kit's."""
    connection.execute("update kit set traits='' where entity=? and kit=?", (entity, kit))
