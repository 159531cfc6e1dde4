"""SQL of what is filed: policy versions, evidence packages, cases."""

from __future__ import annotations

import sqlite3

from padkit_central.store.records import OpenCase, PolicyVersion
from padkit_contract import messages
from padkit_contract.messages import EvidencePackage

CASE_COLUMNS = "entity,kit,case_id,reason,at,flow,voucher,detail"


def put_policy(connection: sqlite3.Connection, policy: PolicyVersion, row_id: str) -> None:
    """Append a version and note when the one before it ended."""
    connection.execute(
        "update policy set superseded_at=? where entity=? and superseded_at=''", (policy.put_at, policy.entity)
    )
    connection.execute(
        "insert into policy(id,entity,version,body,put_at) values(?,?,?,?,?)",
        (row_id, policy.entity, policy.version, policy.body, policy.put_at),
    )


def policies(connection: sqlite3.Connection, entity: str) -> list[PolicyVersion]:
    """Return all versions of an entity's policy, the current one last."""
    rows = connection.execute(
        "select entity,version,body,put_at,superseded_at from policy where entity=? order by version", (entity,)
    )
    return [PolicyVersion(**row) for row in rows]


def policy(connection: sqlite3.Connection, entity: str, version: int) -> PolicyVersion | None:
    """Return one version; 0 means the current one."""
    which, values = ("version=?", (entity, version)) if version else ("superseded_at=''", (entity,))
    row = connection.execute(
        f"select entity,version,body,put_at,superseded_at from policy where entity=? and {which}",  # noqa: S608  (constants)
        values,
    ).fetchone()
    return PolicyVersion(**row) if row else None


def file_evidence(
    connection: sqlite3.Connection, entity: str, kit: str, flow: str, digest: str, body: bytes, row_id: str, at: str
) -> None:
    """Keep an evidence package; the very same one is kept once, a later one of the flow stands beside it."""
    connection.execute(
        "insert or ignore into evidence(id,entity,kit,flow,digest,body,received_at) values(?,?,?,?,?,?,?)",
        (row_id, entity, kit, flow, digest, body, at),
    )


def open_case(connection: sqlite3.Connection, case: OpenCase, row_id: str) -> None:
    """Open a case; one with the same id stays as it was opened."""
    values = (row_id, case.entity, case.kit, case.id, case.reason, case.at, case.flow, case.voucher, case.detail)
    connection.execute(
        f"insert or ignore into open_case(id,{CASE_COLUMNS}) values(?,?,?,?,?,?,?,?,?)",
        values,
    )


def cases(connection: sqlite3.Connection) -> list[OpenCase]:
    """Return all cases, the oldest first."""
    rows = connection.execute(f"select {CASE_COLUMNS} from open_case order by id")  # noqa: S608  (constants)
    return [OpenCase(**{"id" if key == "case_id" else key: row[key] for key in row.keys()}) for row in rows]  # noqa: SIM118


def serials_with(connection: sqlite3.Connection, state: str) -> set[tuple[str, str]]:
    """Return (entity, serial) of every evidence package whose history names `state`; of every package when it is empty."""
    found = set()
    for row in connection.execute("select entity,body from evidence"):
        package = messages.decode(row["body"], EvidencePackage)
        if not state or any(line.endswith(f" {state}") for line in package.history):
            found.add((row["entity"], package.serial))
    return found
