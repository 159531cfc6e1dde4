"""What the store says no with; no error of a database library leaves the store."""

from __future__ import annotations


class StoreFailed(Exception):
    """Nothing was made durable: disk full, database gone or locked. Say busy, keep what you hold, try again later."""


class StoreUnfit(Exception):
    """The database cannot be used by this version of the program; the message says what to do."""
