"""SQL of the valuable blanks: slips, cards, and the ledger events of the kits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from padkit_central.store.records import AccountState, Booked, StockCard
from padkit_contract import messages
from padkit_contract.errors import Invalid
from padkit_contract.messages import CardState, LedgerEvent, Slip, SlipCard

COLUMNS = "entity,kit,batch,voucher,product,card_no,state,account,reserved_for,blocked"
MAX_HOLES = 500  # shown to a kit at once
LEFT = frozenset(set(CardState) - {CardState.LOADED, CardState.STAGED, CardState.RESERVED, CardState.ISSUED})

Check = Callable[[StockCard | None], None]


def check_out(connection: sqlite3.Connection, entity: str, kit: str, slip: Slip, ids: Sequence[str], at: str) -> bool:
    """Give the slip's cards to the kit. False when this very slip was checked out before.

    Raises:
        Invalid: ``slip.card_known``: one of its cards is on another slip, or the kit had a card of that voucher number
            before: its ledger names cards by voucher alone.
    """
    body = messages.encode(slip)
    if connection.execute("select 1 from slip where entity=? and kit=? and body=?", (entity, kit, body)).fetchone():
        return False
    for each in slip.cards:
        _refuse_known(connection, entity, kit, slip.batch, each)
    connection.execute(
        "insert into slip(id,entity,kit,batch,body,checked_out_at) values(?,?,?,?,?,?)",
        (ids[0], entity, kit, slip.batch, body, at),
    )
    connection.executemany(
        "insert into card(id,entity,kit,batch,voucher,product,card_no) values(?,?,?,?,?,?,?)",
        [
            (row_id, entity, kit, slip.batch, each.voucher, slip.product, each.card_no)
            for row_id, each in zip(ids[1:], slip.cards, strict=True)
        ],
    )
    return True


def slip_of(connection: sqlite3.Connection, entity: str, kit: str) -> Slip | None:
    """Return the slip that the kit works by: the last one checked out."""
    row = connection.execute(
        "select body from slip where entity=? and kit=? order by id desc limit 1", (entity, kit)
    ).fetchone()
    return messages.decode(row["body"], Slip) if row else None


def by_number(connection: sqlite3.Connection, entity: str, card_no: str) -> StockCard | None:
    """Return a card of the entity's stock, whichever kit holds it."""
    row = connection.execute(
        f"select {COLUMNS} from card where entity=? and card_no=?",  # noqa: S608  (constants)
        (entity, card_no),
    ).fetchone()
    return _card(row) if row else None


def everything(connection: sqlite3.Connection) -> list[StockCard]:
    """Return all cards of all kits in slip order."""
    return [_card(row) for row in connection.execute(f"select {COLUMNS} from card order by id")]  # noqa: S608


def reserve(connection: sqlite3.Connection, entity: str, card_no: str, serial: str, check: Check) -> None:
    """Reserve a card for a serial. Raises what `check` raises; it sees the card in the same transaction."""
    check(by_number(connection, entity, card_no))
    connection.execute("update card set reserved_for=? where entity=? and card_no=?", (serial, entity, card_no))


def book(
    connection: sqlite3.Connection,
    entity: str,
    kit: str,
    events: Sequence[LedgerEvent],
    ids: Sequence[str],
    at: str,
) -> Booked:
    """Append ledger events; each card's state is that of its highest event, in whatever order they come."""
    fresh, conflicts, strangers = [], [], []
    for row_id, event in zip(ids, events, strict=False):
        if _append(connection, entity, kit, event, row_id, at):
            fresh.append(event.seq)
            if not _move(connection, entity, kit, event):
                strangers.append(event.seq)
        elif _booked(connection, entity, kit, event.seq) != messages.encode(event):
            conflicts.append(event.seq)
    have, missing = _count_on(connection, entity, kit, ids[-1])
    return Booked(have, missing, tuple(fresh), tuple(conflicts), tuple(strangers))


def note_account(connection: sqlite3.Connection, entity: str, card_no: str, account: AccountState) -> None:
    """Note what the core made of a card's account."""
    connection.execute("update card set account=? where entity=? and card_no=?", (account.value, entity, card_no))


def note_block(connection: sqlite3.Connection, entity: str, card_no: str) -> None:
    """Note that the core has blocked a card."""
    connection.execute("update card set blocked=1 where entity=? and card_no=?", (entity, card_no))


def to_block(connection: sqlite3.Connection) -> list[StockCard]:
    """Return cards that are missing and not blocked yet."""
    rows = connection.execute(
        f"select {COLUMNS} from card where state='missing' and blocked=0 order by id"  # noqa: S608  (constants)
    )
    return [_card(row) for row in rows]


def _append(connection: sqlite3.Connection, entity: str, kit: str, event: LedgerEvent, row_id: str, at: str) -> bool:
    body = messages.encode(event)
    return bool(
        connection.execute(
            "insert or ignore into card_event(id,entity,kit,seq,batch,voucher,body,received_at) values(?,?,?,?,?,?,?,?)",
            (row_id, entity, kit, event.seq, event.batch, event.voucher, body, at),
        ).rowcount
    )


def _booked(connection: sqlite3.Connection, entity: str, kit: str, seq: int) -> bytes:
    row = connection.execute(
        "select body from card_event where entity=? and kit=? and seq=?", (entity, kit, seq)
    ).fetchone()
    return bytes(row["body"])


def _move(connection: sqlite3.Connection, entity: str, kit: str, event: LedgerEvent) -> bool:
    """Give the card its new state; False when no slip of this kit has it. One that left the path is not reserved any more."""
    known = connection.execute(
        "select 1 from card where entity=? and kit=? and batch=? and voucher=? and (card_no=? or not ?)",
        (entity, kit, event.batch, event.voucher, event.card_no, event.read),
    ).fetchone()
    if known is None:
        return False
    connection.execute(
        "update card set state=?,state_seq=?,reserved_for=case when ? then '' else reserved_for end"
        " where entity=? and kit=? and batch=? and voucher=? and state_seq<?",
        (event.state.value, event.seq, event.state in LEFT, entity, kit, event.batch, event.voucher, event.seq),
    )
    return True


def _count_on(connection: sqlite3.Connection, entity: str, kit: str, row_id: str) -> tuple[int, tuple[int, ...]]:
    """Return the highest number without a hole before it, and the first numbers missing after it; remember the former."""
    row = connection.execute("select have from ledger where entity=? and kit=?", (entity, kit)).fetchone()
    have = row["have"] if row else 0
    missing: list[int] = []
    expected = have + 1
    for (seq,) in connection.execute(
        "select seq from card_event where entity=? and kit=? and seq>? order by seq", (entity, kit, have)
    ):
        missing += range(expected, min(seq, expected + MAX_HOLES - len(missing)))
        if not missing:
            have = seq
        expected = seq + 1
    connection.execute(
        "insert into ledger(id,entity,kit,have) values(?,?,?,?) on conflict(entity,kit) do update set have=excluded.have",
        (row_id, entity, kit, have),
    )
    return have, tuple(missing)


def _refuse_known(connection: sqlite3.Connection, entity: str, kit: str, batch: str, card: SlipCard) -> None:
    row = connection.execute(
        "select kit,batch,voucher from card where entity=? and (card_no=? or (voucher=? and (batch=? or kit=?)))",
        (entity, card.card_no, card.voucher, batch, kit),
    ).fetchone()
    if row is not None:
        place = f"voucher {row['voucher']} of batch {row['batch']} at kit {row['kit']}"
        raise Invalid(
            "slip.card_known", f"voucher {card.voucher}: is {place} already; take it off one of the two slips"
        )


def _card(row: sqlite3.Row) -> StockCard:
    values = dict(row)
    state = CardState(values["state"]) if values["state"] else None
    account = AccountState(values["account"])
    return StockCard(**{**values, "state": state, "account": account, "blocked": bool(values["blocked"])})
