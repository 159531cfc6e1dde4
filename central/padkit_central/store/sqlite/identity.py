"""SQL of who kits are: the register, certificates, enrolment codes. What belongs together is written in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence

import msgspec

from padkit_central.store.kit_records import CertificateRow, EnrolCode, KeyUse, KitRow, KitState, Known
from padkit_central.store.sqlite import audit

CERTIFICATE = "entity,kit,serial,usage,issued_at,not_after,revoked_at,reason,request"
CODE = "entity,kit,code_id,mac_key,made_by,made_at,expires_at,used_at,tries,request"
NEWEST_FIRST = "order by issued_at desc, id desc"
AT_ONCE = 500  # names in one statement
Ids = Callable[[], str]


def known(connection: sqlite3.Connection, kits: Collection[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """Return what is known of each of `kits`."""
    states: dict[tuple[str, str], KitState] = {}
    certificates: dict[tuple[str, str], list[CertificateRow]] = {key: [] for key in kits}
    for entity in {entity for entity, _ in kits}:
        names = [kit for owner, kit in kits if owner == entity]
        for at in range(0, len(names), AT_ONCE):
            some = names[at : at + AT_ONCE]
            holes = ",".join("?" * len(some))
            rows = connection.execute(f"select kit,state from kit where entity=? and kit in ({holes})", (entity, *some))  # noqa: S608
            states.update(((entity, row["kit"]), _read_state(row["state"])) for row in rows)
            rows = connection.execute(
                f"select {CERTIFICATE} from certificate where entity=? and kit in ({holes}) {NEWEST_FIRST}",  # noqa: S608
                (entity, *some),
            )
            for row in rows:
                certificates[entity, row["kit"]].append(_certificate(row, b""))
    return {key: Known(states.get(key, KitState.IN_USE), tuple(found)) for key, found in certificates.items()}


def encrypting(connection: sqlite3.Connection, entity: str, kit: str, serial: str) -> bytes:
    """Return the body of one certificate, empty when it is unknown."""
    row = connection.execute(
        "select body from certificate where entity=? and kit=? and serial=?", (entity, kit, serial)
    ).fetchone()
    return bytes(row["body"]) if row else b""


def of_request(connection: sqlite3.Connection, entity: str, kit: str, request: str) -> list[CertificateRow]:
    """Return the certificates made for the same requests, with their bodies."""
    rows = connection.execute(
        f"select {CERTIFICATE},body from certificate where entity=? and kit=? and request=? order by id",  # noqa: S608
        (entity, kit, request),
    )
    return [_certificate(row, bytes(row["body"])) for row in rows]


def register(connection: sqlite3.Connection, entity: str, only: str) -> list[KitRow]:
    """Return the kits of an entity by name; only the one named `only`, unless that is empty."""
    rows = connection.execute(
        "select entity,kit,state,reason,changed_at,enrolled_at,seen_at from kit"
        " where entity=? and (?='' or kit=?) order by kit",
        (entity, only, only),
    )
    return [KitRow(**{**dict(row), "state": _read_state(row["state"])}) for row in rows]


def with_certificates(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return (entity, kit) of every kit that has certificates here."""
    return [(row["entity"], row["kit"]) for row in connection.execute("select distinct entity,kit from certificate")]


def put_code(connection: sqlite3.Connection, code: EnrolCode, ids: Ids) -> None:
    """Keep a new code; those of before end."""
    connection.execute(
        "update enrol_code set expires_at=? where entity=? and kit=? and used_at='' and expires_at>?",
        (code.made_at, code.entity, code.kit, code.made_at),
    )
    connection.execute(
        "insert into enrol_code(id,entity,kit,code_id,mac_key,made_by,made_at,expires_at) values(?,?,?,?,?,?,?,?)",
        (ids(), code.entity, code.kit, code.code_id, code.mac_key, code.made_by, code.made_at, code.expires_at),
    )
    connection.execute(
        "insert or ignore into kit(id,entity,kit,state,changed_at) values(?,?,?,?,?)",
        (ids(), code.entity, code.kit, KitState.IN_USE.value, code.made_at),
    )
    audit.append(connection, code.entity, code.made_by, "kit.code", _json(kit=code.kit), ids(), code.made_at)


def newest_code(connection: sqlite3.Connection, entity: str, kit: str) -> EnrolCode | None:
    """Return the kit's last code."""
    row = connection.execute(
        f"select {CODE} from enrol_code where entity=? and kit=? order by made_at desc, id desc limit 1",  # noqa: S608
        (entity, kit),
    ).fetchone()
    return EnrolCode(**dict(row)) if row else None


def miss(connection: sqlite3.Connection, code: EnrolCode) -> None:
    """Count a wrong try."""
    connection.execute(
        "update enrol_code set tries=tries+1 where entity=? and kit=? and code_id=?",
        (code.entity, code.kit, code.code_id),
    )


def enrol(
    connection: sqlite3.Connection,
    code: EnrolCode,
    certificates: Sequence[CertificateRow],
    ids: Ids,
    at: str,
    max_tries: int,
) -> bool:
    """Spend the code, take back what the kit had, keep its new certificates.

    False: the code was spent, or the kit suspended, in between.
    """
    spent = connection.execute(
        "update enrol_code set used_at=?,request=?"
        " where entity=? and kit=? and code_id=? and used_at='' and tries<? and expires_at>?"
        " and not exists(select 1 from kit where kit.entity=enrol_code.entity and kit.kit=enrol_code.kit and kit.state=?)",
        (
            *(at, certificates[0].request, code.entity, code.kit, code.code_id, max_tries, at),
            KitState.SUSPENDED.value,
        ),
    ).rowcount
    if not spent:
        return False
    take_back(connection, code.entity, code.kit, at, "enrolled again")
    _insert(connection, certificates, ids)
    connection.execute(
        "update kit set state=?,reason='',changed_at=?,enrolled_at=?,traits='',standing='' where entity=? and kit=?",
        (KitState.IN_USE.value, at, at, code.entity, code.kit),
    )
    audit.append(
        connection, code.entity, f"kit {code.kit}", "kit.enrolled", _json(kit=code.kit, code=code.code_id), ids(), at
    )
    return True


def renew(
    connection: sqlite3.Connection,
    certificates: Sequence[CertificateRow],
    former: Sequence[CertificateRow],
    ids: Ids,
    ends_at: str,
) -> bool:
    """Keep a kit's new certificates and `former` ones that had no row; all former ones end at `ends_at`.

    False: these requests were answered in between.
    """
    entity, kit, request = certificates[0].entity, certificates[0].kit, certificates[0].request
    if of_request(connection, entity, kit, request):
        return False
    _insert(connection, former, ids, unless_there=True)
    take_back(connection, entity, kit, ends_at, "renewed")
    _insert(connection, certificates, ids)
    return True


def take_back(connection: sqlite3.Connection, entity: str, kit: str, at: str, reason: str) -> None:
    """Let all certificates of a kit end at `at`; those that end sooner stay as they are."""
    connection.execute(
        "update certificate set revoked_at=?,reason=? where entity=? and kit=? and (revoked_at='' or revoked_at>?)",
        (at, reason, entity, kit, at),
    )


def set_state(
    connection: sqlite3.Connection, entity: str, kit: str, state: KitState, reason: str, who: str, ids: Ids, at: str
) -> None:
    """Change a kit's place in the register; who is out for good loses its codes, a revoked one its certificates, too."""
    connection.execute(
        "insert into kit(id,entity,kit,state,reason,changed_at) values(?,?,?,?,?,?)"
        " on conflict(entity,kit) do update set state=excluded.state,reason=excluded.reason,changed_at=excluded.changed_at",
        (ids(), entity, kit, state.value, reason, at),
    )
    if state is KitState.IN_USE:  # people have looked into it: what it said of itself before is no measure any more
        connection.execute("update kit set standing='' where entity=? and kit=?", (entity, kit))
    if state is KitState.REVOKED:
        take_back(connection, entity, kit, at, reason)
    if state in (KitState.REVOKED, KitState.WIPED):
        connection.execute(
            "update enrol_code set expires_at=? where entity=? and kit=? and used_at='' and expires_at>?",
            (at, entity, kit, at),
        )
    audit.append(connection, entity, who, f"kit.{state.value}", _json(kit=kit, reason=reason), ids(), at)


def set_holder(
    connection: sqlite3.Connection, entity: str, kit: str, holder: bytes, who: str, ids: Ids, at: str
) -> None:
    """Keep who holds a kit; the passcode is in it as its derived value only."""
    connection.execute(
        "insert into kit(id,entity,kit,holder) values(?,?,?,?) on conflict(entity,kit) do update set holder=excluded.holder",
        (ids(), entity, kit, holder),
    )
    audit.append(connection, entity, who, "kit.holder", _json(kit=kit), ids(), at)


def holder(connection: sqlite3.Connection, entity: str, kit: str) -> bytes:
    """Return who holds a kit, empty when nobody was named."""
    row = connection.execute("select holder from kit where entity=? and kit=?", (entity, kit)).fetchone()
    return bytes(row["holder"] or b"") if row else b""


def _insert(
    connection: sqlite3.Connection, certificates: Sequence[CertificateRow], ids: Ids, *, unless_there: bool = False
) -> None:
    verb = "insert or ignore" if unless_there else "insert"
    statement = f"{verb} into certificate(id,body,{CERTIFICATE}) values(?,?,?,?,?,?,?,?,?,?,?)"
    for it in certificates:
        ends = (it.issued_at, it.not_after, it.revoked_at, it.reason, it.request)
        connection.execute(statement, (ids(), it.body, it.entity, it.kit, it.serial, it.use.value, *ends))


def _read_state(text: str) -> KitState:
    return KitState(text) if text else KitState.IN_USE  # a row that was made for something else than the register


def _certificate(row: sqlite3.Row, body: bytes) -> CertificateRow:
    return CertificateRow(
        row["entity"], row["kit"], row["serial"], KeyUse(row["usage"]), body,
        row["issued_at"], row["not_after"], row["revoked_at"], row["reason"], row["request"],
    )  # fmt: skip


def _json(**fields: str) -> bytes:
    return msgspec.json.encode(fields)
