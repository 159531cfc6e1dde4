"""A kit that works and dies: its store, its road to central and its government, in a process killed at a chosen commit.

Reads lives from standard input, one a line: ``before 7`` dies before its 7th commit is on disk, ``after 7`` just after it,
``never 0`` ends by itself when the file `SETTLED` is there and nothing waits. Answers each with how it ended: minus the signal,
or 0. The ids of cases whose record is on disk are written to `TOLD`, as a flow would go on after it.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import secrets
import sys
import time
from pathlib import Path

import msgspec
from dying import Dying

from padkit_agent import observe
from padkit_agent.control import Control, Hands, Journal
from padkit_agent.core.clock import Clock
from padkit_agent.core.gate import Gate
from padkit_agent.core.standing import Record
from padkit_agent.core.throttle import Moment
from padkit_agent.store import KeyVault, KitStore, OutboxRow
from padkit_agent.uplink import Courier, Orders, Sealer, Wire
from padkit_contract.crypto import choose_suite
from padkit_contract.ids import Uuid7
from padkit_contract.messages import CASE, Case, encode
from padkit_contract.party import Party, load_party

STORE, TOLD, SETTLED = "kit.db", "told", "settled"
DATA_KEY = bytes(16)  # TEST ONLY
POLICY = 1
BETWEEN_S, LOOK_S = 0.01, 0.05


class MortalKit:
    """One life of a kit, on what the lives before left."""

    def __init__(self, folder: Path, url: str, party: Party) -> None:
        self._folder = folder
        self._clock = clock = Clock(time.time, time.monotonic, asyncio.sleep)
        self._new_id = new_id = Uuid7(lambda: int(time.time() * 1000), secrets.token_bytes)
        vault = KeyVault(DATA_KEY, secrets.token_bytes)
        first = msgspec.json.encode(Record())
        self.store = store = KitStore.open(folder / STORE, vault, max_mb=64, writer=Dying, record=first)
        sealer = Sealer(party, clock.now_s, secrets.token_bytes)
        chance, log = random.Random(), observe.logger("kit")
        self._courier = courier = Courier(
            store, sealer, Wire(url, party.tls), clock=clock, new_id=new_id, chance=chance, timeout_s=10.0, log=log
        )
        self._orders = Orders(url, party.tls, clock=clock, chance=chance, log=log)
        journal = Journal(store, new_id=new_id, now_s=clock.now_s)
        journal.policy = lambda: POLICY
        self._control = Control(
            *(journal, Gate(), Hands(_there, _bundle, _nothing, lambda *_: None, courier.wake)),
            open_command=sealer.open_command, new_id=new_id, clock=clock, log=log,
            moment=lambda: Moment("boot", time.monotonic()),
        )  # fmt: skip

    async def live(self) -> None:
        """Work until killed, or until everything is settled."""
        await self._control.load()
        await self._courier.hold_lost_c3()
        parts = (self._courier.run(), self._control.run(), self._orders.run(self._control.take))
        tasks = [asyncio.create_task(part) for part in parts]
        if Dying.how == "never":
            while not (self._folder / SETTLED).exists() or await self.store.unsent():  # noqa: ASYNC110 another process
                await asyncio.sleep(LOOK_S)
        else:
            await self._work()
        for task in tasks:
            task.cancel()

    async def _work(self) -> None:
        """Write a record and go on, again and again."""
        for _ in itertools.count():
            case = Case(self._new_id(), "", "mortal", self._clock.iso())
            row = OutboxRow(self._new_id(), CASE, "", 1, needs_c3=False, at=case.at, body=encode(case))
            await self.store.queue(row)
            with (self._folder / TOLD).open("a") as told:
                told.write(case.id + "\n")
            self._courier.wake()
            await asyncio.sleep(BETWEEN_S)


async def _there() -> bool:
    return True


async def _bundle() -> bytes:
    return b"sealed elsewhere"


async def _nothing(_at: str) -> None:
    """No key is erased here: a wiped kit has no further life."""


def one_life(folder: Path, url: str, party: Party, how: str, at: int) -> int:
    """Live in a child; return how it ended."""
    child = os.fork()
    if child == 0:
        Dying.how, Dying.at = how, at
        code = 1
        try:
            asyncio.run(MortalKit(folder, url, party).live())
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, url: str, keys: Path, password: Path) -> None:
    """Live the lives that standard input asks for."""
    observe.configure("warning", observe.LogRing())
    suite = choose_suite(allow_pure=False, log=lambda event, **fields: None)
    party = load_party(keys, suite, password.read_bytes())
    for line in sys.stdin:
        how, at = line.split()
        sys.stdout.write(f"{one_life(folder, url, party, how, int(at))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
