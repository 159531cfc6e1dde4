"""What central keeps. One writer, group commit, plain SQL behind one module per engine."""

from padkit_central.store.errors import StoreFailed, StoreUnfit
from padkit_central.store.records import (
    ENDS,
    OPEN,
    AccountState,
    Arrival,
    Booked,
    Books,
    Found,
    IntakeState,
    OpenCase,
    Point,
    PolicyVersion,
    Settlement,
    StockCard,
    Submission,
    SubmissionState,
    Taken,
)
from padkit_central.store.sqlite import SqliteStore, read_books

Store = SqliteStore  # the one engine so far; the rooms above name it only so

__all__ = [
    "ENDS",
    "OPEN",
    "AccountState",
    "Arrival",
    "Booked",
    "Books",
    "Found",
    "IntakeState",
    "OpenCase",
    "Point",
    "PolicyVersion",
    "Settlement",
    "StockCard",
    "Store",
    "StoreFailed",
    "StoreUnfit",
    "Submission",
    "SubmissionState",
    "Taken",
    "read_books",
]
