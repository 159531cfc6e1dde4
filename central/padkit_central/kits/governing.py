"""All that the admin door asks for, behind one name: orders, kits, support bundles, codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from padkit_central.kits.dispatch import Dispatcher
from padkit_central.kits.ordering import Ordering
from padkit_central.kits.unlocking import Unlocking
from padkit_central.kits.views import KitView, OrderView, TargetView, kit_view, order_view, placed_view
from padkit_central.store import Bundle, OrderBook
from padkit_contract.errors import Invalid


@dataclass(frozen=True, slots=True)
class Governing:
    """Shows orders and kits; an empty entity means the only one there is."""

    book: OrderBook
    ordering: Ordering
    unlocking: Unlocking
    dispatcher: Dispatcher
    entities: Sequence[str]
    known_kits: Callable[[str], Sequence[str]]
    now: Callable[[], datetime]

    async def orders(self, entity: str, kit: str, *, only_open: bool) -> Sequence[TargetView]:
        """Return orders at kits, the newest first. Raises `Invalid` ``entity.unknown``."""
        placed = await self.book.listed(self._entity(entity), kit, only_open=only_open)
        return [placed_view(it, self.now()) for it in placed]

    async def order(self, entity: str, command: str) -> OrderView:
        """Return one order. Raises `Invalid` ``order.unknown``."""
        found = await self.book.order(self._entity(entity), command)
        if found is None:
            raise Invalid("order.unknown", f"{command[:64]}: no such order; `padkit-central command status` lists them")
        return order_view(*found, self.now())

    async def kits(self, entity: str) -> Sequence[KitView]:
        """Return the kits that have a certificate or a row here, by name."""
        owner = self._entity(entity)
        names = set(self.known_kits(owner)) | {it.kit for it in await self.book.words(owner)}
        places = await self.book.places(owner, sorted(names))
        return [kit_view(it, self.now(), connected=self.dispatcher.connected(owner, it.word.kit)) for it in places]

    async def kit(self, entity: str, kit: str) -> KitView:
        """Return one kit. Raises `Invalid` ``kit.unknown``."""
        owner = self._entity(entity)
        place = await self.book.place(owner, kit)
        if kit not in self.known_kits(owner) and not (place.word.seen_at or place.word.state or place.pending):
            raise Invalid(
                "kit.unknown",
                f"{kit[:64]} of {owner}: no certificate and no row; is the name right? `padkit-central kit list`",
            )
        return kit_view(place, self.now(), connected=self.dispatcher.connected(owner, kit))

    async def support_bundle(self, entity: str, kit: str) -> Bundle:
        """Return the newest support bundle of a kit. Raises `Invalid` ``support.none``."""
        bundle = await self.book.bundle(self._entity(entity), kit)
        if bundle is None:
            raise Invalid("support.none", f"{kit[:64]}: none came; ask with padkit-central command support-bundle")
        return bundle

    def _entity(self, named: str) -> str:
        if not named and len(self.entities) == 1:
            return self.entities[0]
        if named not in self.entities:
            raise Invalid("entity.unknown", f"entity must be one of {', '.join(self.entities)}")
        return named
