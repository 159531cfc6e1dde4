"""A kit that takes a seed's orders and dies at a chosen commit, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

from dying import Dying

from padkit_agent.store.writer import Writer
from padkit_contract.commands import (
    AnyOrder,
    Cancel,
    Lock,
    Notify,
    Reauthenticate,
    Restrict,
    SetPolicy,
    StopCardBox,
    SupportBundle,
    Unlock,
)

from .government import Government

ORDERS = 12


def orders(seed: int) -> list[AnyOrder]:
    """Return the seed's orders; number i + 1 is the i-th."""
    chance = random.Random(seed)
    kinds: list[AnyOrder] = [
        *(Lock(), Unlock(), Notify("x"), Restrict(("*",)), StopCardBox(), SetPolicy(5), SupportBundle()),
        *(Reauthenticate(), SetPolicy(9)),
    ]
    chosen: list[AnyOrder] = [chance.choice(kinds) for _ in range(ORDERS)]
    chosen[chance.randrange(4, ORDERS)] = Cancel(f"c-{chance.randrange(1, 5)}")
    return chosen


async def play(path: Path, seed: int, writer: type[Writer] = Writer) -> None:
    """Send all orders in their order, as central does again and again until each is answered, then let time pass."""
    kit = Government(path, writer)
    kit.newest = 5
    await kit.control.load()
    for number, order in enumerate(orders(seed), 1):
        early = int(kit.now_s) + 100 if number % 5 == 0 else 0
        expires = int(kit.now_s) + 500 if isinstance(order, SetPolicy) else 0
        await kit.send(order, number, not_before=early, expires=expires)
    for _ in range(5):
        await kit.turn()
        kit.now_s += 200
    kit.store.close()


def live_and_die(path: Path, seed: int, how: str, at: int) -> int:
    """Play in a child that dies; return how it ended: minus the signal, or 0 when it came to its end before."""
    child = os.fork()
    if child == 0:
        Dying.how, Dying.at, Dying.commits = how, at, 0
        try:
            asyncio.run(play(path, seed, Dying))
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
