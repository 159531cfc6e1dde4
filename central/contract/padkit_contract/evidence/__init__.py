"""The evidence package: a signed manifest and sealed items in one file, made on the kit, judged at central."""

from padkit_contract.evidence.judge import SEAL_AGAIN, Finding, Judged, judge
from padkit_contract.evidence.manifest import (
    MAX_ITEMS,
    SHOWN,
    START,
    Agreed,
    Item,
    Manifest,
    PackageReply,
    PackageState,
)
from padkit_contract.evidence.package import MAX_PACKAGE, Parts, head, read, section
from padkit_contract.evidence.sealing import PackageSealer

__all__ = [
    "MAX_ITEMS",
    "MAX_PACKAGE",
    "SEAL_AGAIN",
    "SHOWN",
    "START",
    "Agreed",
    "Finding",
    "Item",
    "Judged",
    "Manifest",
    "PackageReply",
    "PackageSealer",
    "PackageState",
    "Parts",
    "head",
    "judge",
    "read",
    "section",
]
