"""The store on SQLite: WAL, every commit synced, one writer."""

from padkit_central.store.sqlite.books import read_books
from padkit_central.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore", "read_books"]
