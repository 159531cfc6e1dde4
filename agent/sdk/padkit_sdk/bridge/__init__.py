"""Driving a device whose maker ships a library only: describe its functions, and they run in a process that may die."""

from padkit_sdk.bridge.child_process import LibraryCaller, RestartBudget
from padkit_sdk.bridge.description import (
    Constant,
    Data,
    Function,
    Group,
    Length,
    Number,
    Out,
    OutLength,
    VendorLibrary,
)
from padkit_sdk.bridge.reader import BridgedReader

__all__ = [
    "BridgedReader",
    "Constant",
    "Data",
    "Function",
    "Group",
    "Length",
    "LibraryCaller",
    "Number",
    "Out",
    "OutLength",
    "RestartBudget",
    "VendorLibrary",
]
