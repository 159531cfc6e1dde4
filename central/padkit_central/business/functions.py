"""The functions of an entity: those of the catalogue, and its own as its newest policy has them."""

from __future__ import annotations

from padkit_central.store import Store
from padkit_contract.catalogue import Catalogue, Entry
from padkit_contract.messages import Policy, decode


class Functions:
    """A policy that another process puts holds from the next message on; `base` is the catalogue without anybody's own."""

    def __init__(self, store: Store, base: Catalogue) -> None:
        self._store = store
        self.base = base
        self._own: dict[str, tuple[int, Catalogue]] = {}

    async def entry(self, entity: str, business: str) -> Entry:
        """Return one function. Raises `Invalid` ``business.unknown``, `StoreFailed`."""
        return (self.base if business in self.base.ids else await self.of(entity)).entry(business)

    async def of(self, entity: str) -> Catalogue:
        """Return the entity's catalogue. Raises `StoreFailed`."""
        stored = await self._store.policy(entity)
        if stored is None:
            return self.base
        known = self._own.get(entity)
        if known is None or known[0] != stored.version:
            known = stored.version, self.base.extended(decode(stored.body, Policy).functions)
            self._own[entity] = known
        return known[1]
