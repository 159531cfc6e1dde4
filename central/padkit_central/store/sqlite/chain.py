"""SQL of the kits' chains: each place once, judged and booked in one transaction, with the alarm when it does not fit."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from padkit_central.store.chain_records import Alarm, Fits, Gap, How, Link, Near
from padkit_central.store.records import OpenCase
from padkit_central.store.sqlite import papers
from padkit_contract.chain import START

COLUMNS = "seq,envelope,previous,link,how"
KIT = "entity=? and kit=?"
FORMER = "#"  # stands behind the kit's name in the name of a chain of before it was enrolled anew
LAST_WORDS = ("revoked", "wiped")  # standings that a suspension does not lift


def book(
    connection: sqlite3.Connection, entity: str, kit: str, new: Link, fits: Fits, ids: Sequence[str], at: str
) -> Alarm | None:
    """Book a place when `fits` says so; the alarm when it does not is on disk as a case. The same again changes nothing."""
    near = around(connection, entity, kit, new)
    alarm = fits(new, near)
    if alarm is not None and _enrolled_since(connection, entity, kit):
        _begin_anew(connection, entity, kit)
        near = around(connection, entity, kit, new)
        alarm = fits(new, near)
    if alarm is not None:
        sound(connection, entity, kit, alarm, ids, at)
        return alarm
    if near.here is None:
        connection.execute(
            f"insert into chain(id,entity,kit,at,{COLUMNS}) values(?,?,?,?,?,?,?,?,?)",
            (ids[0], entity, kit, at, new.seq, new.envelope, new.previous, new.link, new.how.value),
        )
    elif near.here.how is not How.RECORD and new.how is not How.STATED:
        connection.execute(
            f"update chain set envelope=?,previous=?,how=? where {KIT} and seq=?",  # noqa: S608  (constants)
            (new.envelope, new.previous, new.how.value, entity, kit, new.seq),
        )
    _count_on(connection, entity, kit, new.seq, ids[1])
    return None


def _enrolled_since(connection: sqlite3.Connection, entity: str, kit: str) -> bool:
    """Whether the kit was enrolled after all that is booked: its store may be a new one, and its chain with it."""
    row = connection.execute(
        "select 1 from kit where entity=?1 and kit=?2"
        " and enrolled_at>(select max(at) from chain where entity=?1 and kit=?2)",
        (entity, kit),
    ).fetchone()
    return row is not None


def _begin_anew(connection: sqlite3.Connection, entity: str, kit: str) -> None:
    """Put the kit's chain aside under a name of its own (``KIT#1``); what comes now begins another one."""
    former = connection.execute(
        "select count(*) from chain_kit where entity=? and substr(kit,1,?)=?", (entity, len(kit) + 1, f"{kit}{FORMER}")
    ).fetchone()[0]
    for table in ("chain", "chain_kit", "evidence_upload"):
        connection.execute(
            f"update {table} set kit=? where {KIT}",  # noqa: S608  (constants)
            (f"{kit}{FORMER}{former + 1}", entity, kit),
        )


def sound(connection: sqlite3.Connection, entity: str, kit: str, alarm: Alarm, ids: Sequence[str], at: str) -> None:
    """Open the alarm's case, and suspend the kit when it says so."""
    case = OpenCase(entity, kit, alarm.case_id, alarm.code, at, detail=str(alarm))
    papers.open_case(connection, case, ids[0])
    if alarm.suspends:
        suspend(connection, entity, kit, f"{alarm.code}: {alarm}", ids[1], at)


def suspend(connection: sqlite3.Connection, entity: str, kit: str, reason: str, row_id: str, at: str) -> None:
    """Let nothing of the kit in until a person clears it."""
    connection.execute(
        "insert into kit(id,entity,kit,state,reason,changed_at) values(?,?,?,'suspended',?,?)"
        " on conflict(entity,kit) do update set state='suspended',reason=excluded.reason,changed_at=excluded.changed_at"
        " where kit.state not in ('suspended',?,?)",
        (row_id, entity, kit, reason, at, *LAST_WORDS),
    )


def around(connection: sqlite3.Connection, entity: str, kit: str, new: Link) -> Near:
    """Return what is booked around `new`."""

    def one(where: str, *values: object) -> Link | None:
        row = connection.execute(
            f"select {COLUMNS} from chain where {KIT} and {where} limit 1",  # noqa: S608  (constants)
            (entity, kit, *values),
        ).fetchone()
        return _link(row) if row else None

    seq = new.seq
    return Near(
        here=one("seq=?", seq),
        before=one("seq=?", seq - 1),
        after=one("seq=?", seq + 1),
        twin=one("envelope=? and seq<>?", new.envelope, seq) if new.envelope else None,
        sibling=one("previous=? and seq<>?", new.previous, seq) if new.previous else None,
        parent=one("link=? and seq<>?", new.previous, seq - 1) if new.previous else None,
        child=one("previous=? and seq<>?", new.link, seq + 1),
        start=one("previous=?", START),
        lowest=one("(previous<>'' or how='stated') order by seq"),
        loose=one("previous='' and how<>'stated' order by seq desc"),
    )


def links(connection: sqlite3.Connection, entity: str, kit: str) -> list[Link]:
    """Return a kit's chain in order."""
    rows = connection.execute(f"select {COLUMNS} from chain where {KIT} order by seq", (entity, kit))  # noqa: S608
    return [_link(row) for row in rows]


def envelopes_of_others(connection: sqlite3.Connection, entity: str, kit: str) -> frozenset[str]:
    """Return the envelopes that stand in other chains of the same kit."""
    base = kit.partition(FORMER)[0]
    rows = connection.execute(
        "select envelope from chain where entity=? and kit<>? and (kit=? or substr(kit,1,?)=?)",
        (entity, kit, base, len(base) + 1, f"{base}{FORMER}"),
    )
    return frozenset(row["envelope"] for row in rows)


def kits(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return (entity, kit) of every kit with a record."""
    return [(row["entity"], row["kit"]) for row in connection.execute("select entity,kit from chain_kit order by 1,2")]


def top_before(connection: sqlite3.Connection, entity: str, kit: str, at: str) -> Link | None:
    """Return the furthest record that was booked before `at`."""
    row = connection.execute(
        f"select {COLUMNS} from chain where {KIT} and how='record' and at<? order by seq desc limit 1",  # noqa: S608
        (entity, kit, at),
    ).fetchone()
    return _link(row) if row else None


def gaps(connection: sqlite3.Connection, before: str) -> list[Gap]:
    """Return the holes of all chains that are known of since before the moment `before`."""
    behind = connection.execute("select entity,kit,have,top from chain_kit where have<top").fetchall()
    found = [gap for row in behind for gap in _gaps(connection, *row)]
    return [gap for gap in found if gap.since < before]


def _gaps(connection: sqlite3.Connection, entity: str, kit: str, have: int, top: int) -> list[Gap]:
    expected, holes = have + 1, []
    for (seq,) in connection.execute(
        f"select seq from chain where {KIT} and seq>? and how<>'stated' order by seq",  # noqa: S608  (constants)
        (entity, kit, have),
    ):
        if seq > expected:
            holes.append((expected, seq - 1))
        expected = seq + 1
    if expected <= top:
        holes.append((expected, top))
    return [Gap(entity, kit, first, last, _since(connection, entity, kit, first)) for first, last in holes]


def _since(connection: sqlite3.Connection, entity: str, kit: str, seq: int) -> str:
    row = connection.execute(
        f"select min(at) from chain where {KIT} and seq>=?",  # noqa: S608  (constants)
        (entity, kit, seq),
    ).fetchone()
    return str(row[0])


def _count_on(connection: sqlite3.Connection, entity: str, kit: str, seq: int, row_id: str) -> None:
    """Remember the highest place without a hole before it, and the highest known at all."""
    row = connection.execute(f"select have,top from chain_kit where {KIT}", (entity, kit)).fetchone()  # noqa: S608
    have, top = (row["have"], row["top"]) if row else (0, 0)
    for (known,) in connection.execute(
        f"select seq from chain where {KIT} and seq>? and how<>'stated' order by seq",  # noqa: S608  (constants)
        (entity, kit, have),
    ):
        if known != have + 1:
            break
        have = known
    connection.execute(
        "insert into chain_kit(id,entity,kit,have,top) values(?,?,?,?,?)"
        " on conflict(entity,kit) do update set have=excluded.have,top=excluded.top",
        (row_id, entity, kit, have, max(top, seq)),
    )


def _link(row: sqlite3.Row) -> Link:
    return Link(row["seq"], row["envelope"], row["previous"], row["link"], How(row["how"]))
