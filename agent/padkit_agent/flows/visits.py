"""A visit: people who are served one after another at one place, each by a flow of his own. It is a list beside the flows.

Who is on it is kept sealed, under the words that the manager gave, and gone when the visit ends; the flows know nothing of it.
"""

from __future__ import annotations

import unicodedata

import msgspec
from msgspec.structs import replace

from padkit_agent.store import KitStore
from padkit_contract.messages import CardState
from padkit_sdk.errors import Refused

FACT = "visit"
MOST, LONGEST = 200, 40  # people, and characters of what one is called by


class Person(msgspec.Struct, frozen=True):
    """One on the list: what the manager calls him by, his flow once it was begun, or that he was left out."""

    label: str
    flow: str = ""
    left_out: bool = False

    def __repr__(self) -> str:
        return f"Person({self.flow or '…'})"


class VisitView(msgspec.Struct, frozen=True):
    """The list, empty when there is no visit; `cards` lie in the hopper by the kit's ledger."""

    people: tuple[Person, ...]
    cards: int


class Visits:
    """At most one visit at a time."""

    def __init__(self, store: KitStore) -> None:
        self._store = store

    async def view(self) -> VisitView:
        """Say how it stands."""
        states = await self._store.states()
        cards = sum(state is CardState.LOADED for state in states.values())
        return VisitView(await self._people(), cards)

    async def begin(self, labels: tuple[str, ...]) -> VisitView:
        """Begin one. Raises `Refused` ``visit.open``, ``visit.people``."""
        if await self._people():
            raise Refused("visit.open", "visit: one is open already; end it first")
        names = tuple(it.strip() for it in labels)
        if not 1 <= len(names) <= MOST:
            raise Refused("visit.people", f"visit: {len(names)} people; give 1 to {MOST}")
        for number, name in enumerate(names, 1):
            if not 1 <= len(name) <= LONGEST or any(unicodedata.category(it).startswith("C") for it in name):
                raise Refused(
                    "visit.people", f"visit: line {number} has {len(name)} characters; give 1 to {LONGEST}, none hidden"
                )
        await self._keep(tuple(Person(it) for it in names))
        return await self.view()

    async def mark(self, number: int, *, flow: str, left_out: bool) -> VisitView:
        """Put a flow to a person, counted from 1, or leave him out; a later word counts. Raises `Refused` ``visit.person``."""
        people = list(await self._people())
        if not 1 <= number <= len(people):
            raise Refused("visit.person", f"visit: nobody has number {number}; there are {len(people)}")
        people[number - 1] = replace(people[number - 1], flow=flow, left_out=left_out)
        await self._keep(tuple(people))
        return await self.view()

    async def end(self) -> VisitView:
        """End it and forget who was on it; return how it stood. Ending none is no fault."""
        last = await self.view()
        await self._keep(())
        return last

    async def _people(self) -> tuple[Person, ...]:
        raw = await self._store.fact(FACT)
        return msgspec.json.decode(raw, type=tuple[Person, ...]) if raw else ()

    async def _keep(self, people: tuple[Person, ...]) -> None:
        await self._store.put_fact(FACT, msgspec.json.encode(people))
