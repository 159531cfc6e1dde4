"""The chain of a kit in a test: gives each record its place, and a record that is sealed again the same one."""

from __future__ import annotations

from padkit_central.business.chain import is_record
from padkit_contract import chain


class Chained:
    """`place` is what a context needs; questions have none."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[int, str]] = {}
        self._last = chain.START

    def place(self, envelope: str, business: str, body: bytes) -> tuple[int, str]:
        """Return sequence and previous of a record; (0, "") for what is none."""
        if not is_record(business) and envelope not in self._places:
            return 0, ""
        if envelope not in self._places:
            place = len(self._places) + 1, self._last
            self._places[envelope] = place
            self._last = chain.link_of(place[1], place[0], envelope, business, body)
        return self._places[envelope]
