"""An entity's audit trail as values: lines that are only ever added, each bound to the one before. No SQL here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from padkit_contract.crypto import sm3

START = "0" * 64  # what the first line names as its predecessor


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line: who did what. `body` is JSON; `link` covers all the others and, by `previous`, every line before."""

    entity: str
    number: int
    who: str
    what: str
    body: bytes
    at: str
    previous: str
    link: str

    def right_link(self) -> str:
        """Return what `link` must be."""
        head = "\n".join(
            ("padkit audit v1", self.entity, str(self.number), self.who, self.what, self.at, self.previous)
        )
        return sm3(sm3(head.encode()) + sm3(self.body)).hex()


@dataclass(frozen=True, slots=True)
class Break:
    """The first line that cannot be believed, and why."""

    number: int
    why: str


def first_break(rows: Iterable[AuditRow]) -> Break | None:
    """Return where the trail is broken. Lines cut off at the end show only against a link that was kept elsewhere."""
    previous = START
    for number, row in enumerate(rows, start=1):
        if row.number != number:
            return Break(number, f"line {number} is missing, line {row.number} stands there")
        if row.previous != previous:
            return Break(number, "it names another predecessor")
        if row.link != row.right_link():
            return Break(number, "its content was changed")
        previous = row.link
    return None
