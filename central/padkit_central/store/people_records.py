"""Users of an entity as the store keeps them. No SQL here, no secret."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class UserRole(enum.Enum):
    """What a user may do at central."""

    AUTHORISER = "authoriser"
    MANAGER = "manager"  # decides nothing here; stands in the line of who reports to whom


@dataclass(frozen=True, slots=True)
class UserRow:
    """One person. `key` is the name as it is compared; a user of `level` N decides on what has risk up to RN.

    `reports_to` is a name, empty for none; it need not be a user's.
    """

    entity: str
    key: str
    name: str
    role: UserRole
    level: int
    reports_to: str = ""
    disabled: bool = False
