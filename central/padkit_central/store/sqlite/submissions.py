"""SQL of the requests to the core: written down before the call, settled after it, forward only."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

import msgspec

from padkit_central.store.records import NEXT, OPEN, AccountState, Settlement, StockCard, Submission, SubmissionState
from padkit_central.store.sqlite import cards

COLUMNS = "entity,serial,attempt,kit,service,digest,sent_at,card_no,original,state,code,message,fields"

Check = Callable[[Sequence[Submission], StockCard | None], None]


def send(
    connection: sqlite3.Connection, new: Submission, intake_id: str, row_id: str, check: Check
) -> Submission | None:
    """Write `new` down unless its serial and attempt are there; return the one that is. Raises what `check` raises.

    `check` sees all attempts of the serial and the card it is about, and decides in the same transaction.
    """
    earlier = attempts(connection, new.entity, new.serial)
    for each in earlier:
        if each.attempt == new.attempt:
            return each
    check(earlier, cards.by_number(connection, new.entity, new.card_no))
    values = (
        *(row_id, intake_id),
        *(new.entity, new.serial, new.attempt, new.kit, new.service, new.digest, new.sent_at, new.card_no),
        *(new.original, new.state.value, new.code, new.message, msgspec.json.encode(new.fields)),
    )
    holes = ",".join("?" * len(values))
    connection.execute(f"insert into submission(id,intake,{COLUMNS}) values({holes})", values)
    return None


def attempts(connection: sqlite3.Connection, entity: str, serial: str) -> list[Submission]:
    """Return all attempts of a serial, the first one first."""
    rows = connection.execute(
        f"select {COLUMNS} from submission where entity=? and serial=? order by attempt",  # noqa: S608  (constants)
        (entity, serial),
    )
    return [_submission(row) for row in rows]


def in_state(connection: sqlite3.Connection, states: Sequence[SubmissionState]) -> list[Submission]:
    """Return all submissions in one of `states`, oldest first."""
    holes = ",".join("?" * len(states))
    rows = connection.execute(
        f"select {COLUMNS} from submission where state in ({holes}) order by id",  # noqa: S608  (constants)
        [state.value for state in states],
    )
    return [_submission(row) for row in rows]


def everything(connection: sqlite3.Connection) -> list[Submission]:
    """Return all submissions, oldest first."""
    return [_submission(row) for row in connection.execute(f"select {COLUMNS} from submission order by id")]  # noqa: S608


def settle(connection: sqlite3.Connection, attempt: Submission, end: Settlement, at: str) -> Submission:
    """Note how an attempt ended, and what that makes of its card; an attempt that has ended stays as it is.

    Returns the attempt as it stands afterwards.
    """
    before = [state.value for state, following in NEXT.items() if end.state in following]
    holes = ",".join("?" * len(before))
    changed = connection.execute(
        f"update submission set state=?,code=?,message=?,fields=?,ended_at=?"  # noqa: S608  (constants)
        f" where entity=? and serial=? and attempt=? and state in ({holes})",
        (
            *(end.state.value, end.code, end.message, msgspec.json.encode(end.fields)),
            *("" if end.state in OPEN else at, attempt.entity, attempt.serial, attempt.attempt),
            *before,
        ),
    ).rowcount
    if changed and end.state is SubmissionState.OK:
        _note_card(connection, attempt)
    return next(
        each for each in attempts(connection, attempt.entity, attempt.serial) if each.attempt == attempt.attempt
    )


def _note_card(connection: sqlite3.Connection, attempt: Submission) -> None:
    match attempt.service:
        case "CARD.OPEN":
            cards.note_account(connection, attempt.entity, attempt.card_no, AccountState.LIVE)
        case "CARD.REPLACE" | "CARD.REISSUE":  # its former card need not be one of the stock
            cards.note_account(connection, attempt.entity, attempt.card_no, AccountState.LIVE)
            cards.note_account(connection, attempt.entity, attempt.original, AccountState.REPLACED)
        case "TXN.REVERSE":
            cards.note_account(connection, attempt.entity, attempt.card_no, AccountState.REVERSED)
        case "CARD.BLOCK":
            cards.note_block(connection, attempt.entity, attempt.card_no)


def _submission(row: sqlite3.Row) -> Submission:
    values = dict(row)
    return Submission(
        **{**values, "state": SubmissionState(values["state"]), "fields": msgspec.json.decode(values["fields"])}
    )
