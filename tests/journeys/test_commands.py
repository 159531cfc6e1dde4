"""Commands from paper to end, with central killed at each of its own commits, and by chance.

Whatever befalls central: no order is lost or asked twice, no kit does anything twice, central and kit name the same end for
each command, and the trail tells of each order and each end once.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from cut_commands import CUT, POINTS
from fleet import AGAIN_S, CAREFUL, ENDS, ENTITY, HERE, KITS, ORDERS, Fleet, FleetKit, now

from padkit_central.commands.admin import AdminRefused
from padkit_central.kits import ApprovalPaper, OrderView
from padkit_central.store import Store, first_break, read_books
from padkit_contract.commands import Cancel, Lock, Notify, SetPolicy, Unlock

RANDOM_ORDERS = 200
MODES = (
    (("before",), ("after",)) if os.environ.get("PADKIT_SOAK") else (("before", "after"),)
)  # in turn, or each at all
ALL = (*ORDERS, SetPolicy(1), SetPolicy(2))


@pytest_asyncio.fixture(loop_scope="session")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    made = Fleet(tmp_path_factory.mktemp("f"), HERE / "cut_commands.py")
    await asyncio.to_thread(made.issue)
    await made.start_central()
    yield made
    await made.stop()


async def approve(fleet: Fleet, view: OrderView) -> None:
    paper = ApprovalPaper(ENTITY, view.command, view.digest, int(now().timestamp()))
    body = {"paper": fleet.operator("bob").sign(paper)}
    await fleet.office(lambda client: client.post(f"/v1/orders/{view.command}/approve", body, OrderView))


async def check(fleet: Fleet, kits: dict[str, FleetKit], commands: Sequence[str]) -> None:
    """Compare central's rows, the kits' own journals and the trail."""
    views = [await fleet.ended(command) for command in commands]
    told: set[tuple[str, str]] = set()
    for view in views:
        for target in view.kits:
            own = kits[target.kit].ends.get(view.command)
            if own is None:  # the kit was never told
                assert target.tries == 0, target
            else:
                assert own.value == target.state, target
                told.add((target.kit, view.command))
    assert told == {(name, command) for name, kit in kits.items() for command in kit.ends}
    for kit in kits.values():
        assert len({it.id for it in kit.applied}) == len(kit.applied)
    store = Store(fleet.folder / "central.db", ids=fleet.ids, at=lambda: "")
    trail = await store.orders.trail(ENTITY, 0, 100_000)
    await store.stop()
    assert first_break(trail) is None
    counted = Counter(row.what for row in trail)
    assert counted["order.asked"] == len(commands)
    assert sum(counted[f"order.{end}"] for end in ENDS) == sum(len(view.kits) for view in views)
    assert not read_books(fleet.folder / "central.db").cases


async def story(fleet: Fleet) -> list[str]:
    """Orders of every kind of way: alone, in a row, approved, superseded, cancelled."""
    wide = await fleet.ask(Lock(), *KITS)
    await approve(fleet, wide)
    note = await fleet.ask(Notify("afterwards"), "kit-1")
    cancel = await fleet.ask(Cancel(note.command), "kit-1")
    unlock = await fleet.ask(Unlock(), "kit-1", "kit-2")
    policies = [await fleet.ask(SetPolicy(version), "kit-3") for version in (1, 2)]
    commands = [it.command for it in (wide, note, cancel, unlock, *policies)]
    for command in commands:
        await fleet.ended(command)
    return commands


@pytest.mark.timeout(900)
@pytest.mark.parametrize("modes", MODES)
async def test_central_killed_at_each_commit_of_its_commands(fleet: Fleet, modes: Sequence[str]) -> None:
    assert fleet.central is not None
    commands: list[str] = []
    chance = random.Random(7)
    async with AsyncExitStack() as stack:
        kits = {name: await stack.enter_async_context(fleet.kit(name, chance)) for name in KITS}
        for number in itertools.count(1):
            process = fleet.central.process
            (fleet.folder / CUT).write_text(f"{modes[number % len(modes)]} {number}")
            alive = asyncio.create_task(fleet.live())
            commands += await story(fleet)
            alive.cancel()
            await asyncio.gather(alive, return_exceptions=True)
            if process.returncode is None:
                break
        (fleet.folder / CUT).unlink()
        await check(fleet, kits, commands)
    assert set((fleet.folder / POINTS).read_text().split()) >= {"asked", "pushed", "ended"}
    assert number > 10


@pytest.mark.timeout(300)
async def test_two_hundred_orders_by_chance_end_the_same_on_both_sides(fleet: Fleet) -> None:
    chance = random.Random(11)
    commands: list[str] = []
    async with AsyncExitStack() as stack:
        kits = {name: await stack.enter_async_context(fleet.kit(name, chance)) for name in KITS}
        while len(commands) < RANDOM_ORDERS:
            chosen = chance.sample(KITS, chance.randint(1, len(KITS)))
            order: Any = chance.choice(ALL)
            if commands and chance.random() < 0.2:
                view = await fleet.office(lambda client: client.get(f"/v1/orders/{commands[-1]}", OrderView))
                if isinstance(view.order, Cancel):
                    continue
                order, chosen = Cancel(view.command), [it.kit for it in view.kits]
            try:
                view = await fleet.ask(order, *chosen)
            except AdminRefused as exc:
                assert exc.code == "command.pending"
                await asyncio.sleep(AGAIN_S)
                continue
            commands.append(view.command)
            if view.waits_for:
                assert len(chosen) > CAREFUL
                await approve(fleet, view)
        await check(fleet, kits, commands)
