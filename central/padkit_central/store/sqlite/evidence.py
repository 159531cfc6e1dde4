"""SQL of evidence packages: pieces in their order, verdicts with the chain, and what is expected by when."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from padkit_central.store.evidence_records import MAX_OPEN, Expected, Upload, Verdict
from padkit_contract.evidence import START, PackageState

COLUMNS = "entity,kit,seal,size,have,state,package,flow,number,digest,previous,findings,touched_at"
ONE = "entity=? and kit=? and seal=?"
SHOWN = "shown"  # no package: for who decides on the request that `flow` then names
OPEN, STORED, REFUSED = PackageState.INCOMPLETE.value, PackageState.STORED.value, PackageState.REFUSED.value

C = sqlite3.Connection


def upload(connection: C, entity: str, kit: str, seal: str) -> Upload | None:
    """Return one upload."""
    row = connection.execute(
        f"select {COLUMNS} from evidence_upload where {ONE}",  # noqa: S608  (constants)
        (entity, kit, seal),
    ).fetchone()
    return _upload(row) if row else None


def uploads(connection: C, entity: str | None) -> list[Upload]:
    """Return all uploads, the oldest first."""
    rows = connection.execute(
        f"select {COLUMNS} from evidence_upload where ?1 is null or entity=?1 order by id",  # noqa: S608  (constants)
        (entity,),
    )
    return [_upload(row) for row in rows]


def take(
    connection: C, entity: str, kit: str, seal: str, at: int, size: int, body: bytes, ids: Sequence[str], now: str
) -> int | None:
    """Append a piece at `at`; return how many bytes are there then. None when another place, or another size, is wanted."""
    row = connection.execute(
        f"select id,size,have from evidence_upload where {ONE}",  # noqa: S608  (constants)
        (entity, kit, seal),
    ).fetchone()
    if row is None:
        if at:
            return None
        _make_room(connection, entity, kit)
        connection.execute(
            f"insert into evidence_upload(id,{COLUMNS}) values(?,?,?,?,?,0,?,'','',0,'','','[]',?)",
            (ids[0], entity, kit, seal, size, OPEN, now),
        )
        upload_id, have = ids[0], 0
    else:
        upload_id, have = row["id"], int(row["have"])
        if (row["size"], have) != (size, at):
            return None
    connection.execute(
        "insert into evidence_piece(id,entity,upload,place,body) values(?,?,?,?,?)",
        (ids[1], entity, upload_id, at, body),
    )
    connection.execute("update evidence_upload set have=?, touched_at=? where id=?", (have + len(body), now, upload_id))
    return have + len(body)


def _make_room(connection: C, entity: str, kit: str) -> None:
    rows = connection.execute(
        "select seal from evidence_upload where entity=? and kit=? and state=? order by touched_at desc limit -1 offset ?",
        (entity, kit, OPEN, MAX_OPEN - 1),
    ).fetchall()
    for row in rows:
        drop(connection, entity, kit, row["seal"])


def drop(connection: C, entity: str, kit: str, seal: str) -> None:
    """Forget an upload; its kit begins it again, or seals it anew."""
    connection.execute(
        f"delete from evidence_piece where entity=? and upload in (select id from evidence_upload where {ONE})",  # noqa: S608  (constants)
        (entity, entity, kit, seal),
    )
    connection.execute(f"delete from evidence_upload where {ONE}", (entity, kit, seal))  # noqa: S608  (constants)


def content(connection: C, entity: str, kit: str, seal: str) -> bytes:
    """Return what came of an upload."""
    rows = connection.execute(
        "select body from evidence_piece where entity=? and upload=(select id from evidence_upload where entity=? and kit=?"
        " and seal=?) order by place",
        (entity, entity, kit, seal),
    )
    return b"".join(row["body"] for row in rows)


def place_findings(connection: C, entity: str, kit: str, verdict: Verdict) -> list[str]:
    """Hold a believed manifest's place against those of the kit that are known, and its evidence list against what was filed."""
    found = []
    number, before, after = verdict.number, None, None
    for row in connection.execute(
        "select number,digest,previous from evidence_upload where entity=? and kit=? and number between ? and ?",
        (entity, kit, max(number - 1, 1), number + 1),
    ):
        if row["number"] == number and row["digest"] != verdict.digest:
            found.append(f"chain.fork: manifest: number {number} is another package already")
        if row["number"] == number - 1:
            before = row["digest"]
        if row["number"] == number + 1:
            after = row["previous"]
    if number == 1:
        before = START
    if before is not None and before != verdict.previous:
        found.append(f"chain.previous: manifest: names another package before it than number {number - 1}")
    if after is not None and after != verdict.digest:
        found.append(f"chain.previous: manifest: number {number + 1} names another package before it")
    filed = connection.execute(
        "select 1 from evidence where entity=? and kit=? and flow=? and digest=?",
        (entity, kit, verdict.flow, verdict.agreed),
    ).fetchone()
    if filed is None:
        found.append("evidence.unfiled: manifest: the evidence list that it names was not filed here")
    return found


def judged(connection: C, entity: str, kit: str, seal: str, verdict: Verdict, now: str) -> Upload:
    """Write a verdict down, with what the place adds to it; a sound package is expected no more. The first verdict stands."""
    known = upload(connection, entity, kit, seal)
    assert known is not None
    if known.state != OPEN:
        return known
    found = [*verdict.findings, *(place_findings(connection, entity, kit, verdict) if verdict.number else ())]
    forked = any(it.startswith("chain.fork") for it in found)
    place = (0, "", "") if forked else (verdict.number, verdict.digest, verdict.previous)
    state = REFUSED if found else STORED
    connection.execute(
        "update evidence_upload set state=?, package=?, flow=?, number=?, digest=?, previous=?, findings=?, touched_at=?"
        " where entity=? and kit=? and seal=?",
        (state, verdict.package, verdict.flow, *place, msgspec.json.encode(found).decode(), now, entity, kit, seal),
    )
    if state == STORED:
        connection.execute(
            "delete from evidence_expected where entity=? and kit=? and flow=?", (entity, kit, verdict.flow)
        )
    after = upload(connection, entity, kit, seal)
    assert after is not None
    return after


def shown(connection: C, entity: str, kit: str, seal: str, authorisation: str, now: str) -> None:
    """Keep an upload for those who decide on a request, and no other for the same one."""
    for row in connection.execute(
        "select seal from evidence_upload where entity=? and kit=? and state=? and flow=? and seal<>?",
        (entity, kit, SHOWN, authorisation, seal),
    ).fetchall():
        drop(connection, entity, kit, row["seal"])
    connection.execute(
        f"update evidence_upload set state=?, flow=?, touched_at=? where {ONE} and state=?",  # noqa: S608  (constants)
        (SHOWN, authorisation, now, entity, kit, seal, OPEN),
    )


def shown_of(connection: C, entity: str, kit: str, authorisation: str) -> Upload | None:
    """Return what was uploaded for those who decide on a request."""
    row = connection.execute(
        f"select {COLUMNS} from evidence_upload where entity=? and kit=? and state=? and flow=?",  # noqa: S608  (constants)
        (entity, kit, SHOWN, authorisation),
    ).fetchone()
    return _upload(row) if row else None


def shown_here(connection: C, entity: str) -> frozenset[str]:
    """Return the requests of which something is shown."""
    rows = connection.execute("select flow from evidence_upload where entity=? and state=?", (entity, SHOWN))
    return frozenset(row["flow"] for row in rows)


def forget_shown(connection: C, before: str) -> int:
    """Drop what was shown before a moment; return how much."""
    rows = connection.execute(
        "select entity,kit,seal from evidence_upload where state=? and touched_at<?", (SHOWN, before)
    ).fetchall()
    for row in rows:
        drop(connection, row["entity"], row["kit"], row["seal"])
    return len(rows)


def expect(connection: C, entity: str, kit: str, flow: str, due_at: str, row_id: str) -> None:
    """Note that the files of a case are to come; not when they have, or are expected already."""
    here = connection.execute(
        "select 1 from evidence_upload where entity=? and kit=? and flow=? and state=?", (entity, kit, flow, STORED)
    ).fetchone()
    if here is None:
        connection.execute(
            "insert or ignore into evidence_expected(id,entity,kit,flow,due_at,late) values(?,?,?,?,?,0)",
            (row_id, entity, kit, flow, due_at),
        )


def expected(connection: C, entity: str | None) -> list[Expected]:
    """Return what is expected, the oldest first."""
    rows = connection.execute(
        "select entity,kit,flow,due_at,late from evidence_expected where ?1 is null or entity=?1 order by due_at,id",
        (entity,),
    )
    return [Expected(row["entity"], row["kit"], row["flow"], row["due_at"], bool(row["late"])) for row in rows]


def late(connection: C, now: str) -> list[Expected]:
    """Mark what is overdue; return what was not marked before."""
    rows = connection.execute(
        "update evidence_expected set late=1 where late=0 and due_at<? returning entity,kit,flow,due_at", (now,)
    ).fetchall()
    return [Expected(row["entity"], row["kit"], row["flow"], row["due_at"], late=True) for row in rows]


def _upload(row: sqlite3.Row) -> Upload:
    found = tuple(msgspec.json.decode(row["findings"], type=list[str]))
    values = {key: row[key] for key in row.keys()}  # noqa: SIM118  (a Row is no mapping)
    return Upload(**{**values, "findings": found})
