"""Operators and their papers, and the way to the admin socket of a running central."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from padkit_central.commands.admin import AdminClient, Operator, admin_client, load_operator
from padkit_central.kits import ApprovalPaper, OrderPaper, OrderView, UnlockPaper
from padkit_contract.commands import AnyOrder, Cancel
from padkit_contract.ids import Uuid7

ENTITY = "demo"


@dataclass(frozen=True)
class Office:
    """The people at central, and their way in."""

    client: AdminClient
    people: Callable[[str], Operator]
    now_s: Callable[[], int]
    ids: Callable[[], str]

    def paper(self, order: AnyOrder, *kits: str, **changed: Any) -> OrderPaper:
        values: dict[str, Any] = {"id": self.ids(), "asked_at": self.now_s(), "reason": "a test", **changed}
        return OrderPaper(entity=ENTITY, kits=kits or ("kit-1",), order=order, **values)

    async def hand_in(self, paper: OrderPaper, by: str = "ann", *, dry_run: bool = False) -> OrderView:
        body = {"paper": self.people(by).sign(paper), "dry_run": dry_run}
        return await self.client.post("/v1/orders", body, OrderView)

    async def order(self, order: AnyOrder, *kits: str, by: str = "ann", **changed: Any) -> OrderView:
        return await self.hand_in(self.paper(order, *kits, **changed), by)

    async def look(self, command: str) -> OrderView:
        return await self.client.get(f"/v1/orders/{command}", OrderView)

    async def state(self, command: str, kit: str = "kit-1") -> str:
        return next(it.state for it in (await self.look(command)).kits if it.kit == kit)

    async def approve(self, view: OrderView, by: str = "bob", digest: str = "") -> OrderView:
        paper = ApprovalPaper(ENTITY, view.command, digest or view.digest, self.now_s())
        body = {"paper": self.people(by).sign(paper)}
        return await self.client.post(f"/v1/orders/{view.command}/approve", body, OrderView)

    async def cancel(self, command: str, *kits: str, by: str = "ann") -> OrderView:
        body = {"paper": self.people(by).sign(self.paper(Cancel(command), *kits))}
        return await self.client.post(f"/v1/orders/{command}/cancel", body, OrderView)

    def wish(self, challenge: str, by: str, kit: str = "kit-1") -> str:
        return self.people(by).sign(UnlockPaper(ENTITY, kit, challenge, "by telephone", self.now_s()))


@pytest.fixture
def office_of(parties: Any, config: Any, ids: Uuid7) -> Callable[[Any], AbstractAsyncContextManager[Office]]:
    """Return a context manager: the office of one running central."""

    def people(name: str) -> Operator:
        return load_operator(config, parties / name, parties / "password")

    @asynccontextmanager
    async def opened(central: Any) -> AsyncIterator[Office]:
        async with admin_client(central.config) as client:
            yield Office(client, people, lambda: int(central.clock.now().timestamp()), ids)

    return opened


@pytest.fixture
async def office(central: Any, office_of: Any) -> AsyncIterator[Office]:
    async with office_of(central) as made:
        yield made
