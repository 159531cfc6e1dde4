"""The kit's memory: one SQLite file, one writer, personal data sealed from the first row."""

from padkit_agent.store.files import Files, KeptFile
from padkit_agent.store.kit import KitStore
from padkit_agent.store.orders import Books, OrderRow
from padkit_agent.store.packages import Package, Packages
from padkit_agent.store.rows import CaseRow, JournalRow, LedgerRow, OutboxRow, Stored
from padkit_agent.store.sole import sole_owner
from padkit_agent.store.vault import BoundVault, KeyVault, Vault
from padkit_agent.store.writer import StoreFull, StoreUnavailable

__all__ = [
    "Books",
    "BoundVault",
    "CaseRow",
    "Files",
    "JournalRow",
    "KeptFile",
    "KeyVault",
    "KitStore",
    "LedgerRow",
    "OrderRow",
    "OutboxRow",
    "Package",
    "Packages",
    "StoreFull",
    "StoreUnavailable",
    "Stored",
    "Vault",
    "sole_owner",
]
