"""The store on SQLite: WAL, every commit synced, one writer."""

from padkit_central.store.sqlite.authorisation_book import AuthorisationBook
from padkit_central.store.sqlite.books import read_books
from padkit_central.store.sqlite.identity_book import IdentityBook
from padkit_central.store.sqlite.order_book import OrderBook
from padkit_central.store.sqlite.people_book import PeopleBook
from padkit_central.store.sqlite.risk_book import RiskBook
from padkit_central.store.sqlite.store import SqliteStore
from padkit_central.store.sqlite.unlocks import Bundle, Given

__all__ = [
    "AuthorisationBook",
    "Bundle",
    "Given",
    "IdentityBook",
    "OrderBook",
    "PeopleBook",
    "RiskBook",
    "SqliteStore",
    "read_books",
]
