"""What one central process takes: sealed envelopes made durable, and opened and answered, a second. What a kill -9 costs.

Real TLS with client certificates on loopback, the kits in a process of their own, envelopes of 2 KB sealed beforehand.
Durable alone is central with no workers: it answers with a receipt when the envelope is on disk, and opens afterwards.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

from benchmarks import envelope_stock, ground, parties
from benchmarks.central_place import ANSWER, CENTRAL, CONNECTIONS, KEEP_ONLY, Place, outcome, peer
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.stats import median, quantile

ENVELOPES, MAKERS = 8000, 2
ROUNDS = 3
ROUND_S, ANSWER_ROUND_S = 1.2, 2.5
KILLS, KILL_MOST_S = 4, 0.6
SEED = 20260101
SM2_ROUNDS, SM2_EACH = 5, 150
SM2_SHARE = 0.65
ACCEPTED, OK = 202, 200


@dataclass(slots=True)
class Rates:
    """Per second, of every form, one a round."""

    durable: list[float] = field(default_factory=list)
    commit_each: list[float] = field(default_factory=list)
    no_store: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    sm2: list[float] = field(default_factory=list)
    receipt_ms: list[float] = field(default_factory=list)


def measure() -> Result:
    """Make envelopes, measure in turns, then kill."""
    with ground.folder() as folder:
        return asyncio.run(_measure(Place(folder / "w")))


async def _measure(place: Place) -> Result:
    both = await parties.make(place.folder)
    envelope_stock.save(place.bodies, await envelope_stock.make(place.folder, ENVELOPES, MAKERS))
    rates = Rates()
    disk = ground.syncs_per_s(place.folder)
    for _ in range(ROUNDS):
        await _round(place, rates)
        rates.sm2.append(sm2_per_s(both))
    lost, receipts = await _kills(place)
    waits = rates.receipt_ms
    return Result(
        {**_figures(rates), "lost_at_kill": Figure(lost, "envelopes", Goal("==", 0))},
        (
            f"{CONNECTIONS} connections; durable: p50 {median(waits):.1f} ms, p99 {quantile(waits, 0.99):.1f} ms to the receipt",
            f"the disk syncs 4 KiB {disk:,.0f} times a second; kits and central share the cores",
            f"{KILLS} kills of central, {receipts:,} receipts looked for in its database",
        ),
    )


async def _round(place: Place, rates: Rates) -> None:
    async with place.central(CENTRAL, KEEP_ONLY) as central:
        ours = await place.post(central, ROUND_S)
    rates.durable.append(ours.per_s(ACCEPTED))
    rates.receipt_ms += ours.taken_ms
    async with place.central(peer("central_commit_each", "serve"), KEEP_ONLY) as central:
        rates.commit_each.append((await place.post(central, ROUND_S)).per_s(ACCEPTED))
    async with place.no_store() as door:
        rates.no_store.append((await place.post(door, ROUND_S)).per_s(ACCEPTED))
    async with place.central(CENTRAL, ANSWER) as central:
        rates.answered.append((await place.post(central, ANSWER_ROUND_S)).per_s(OK))


def _figures(rates: Rates) -> dict[str, Figure]:
    durable, answered = median(rates.durable), median(rates.answered)
    each = Peer("the same central, one commit an envelope", median(rates.commit_each))
    door = Peer("aiohttp over the same TLS, nothing stored", median(rates.no_store))
    sm2 = Peer("SM2 alone: decrypt, verify, sign, encrypt, one core", median(rates.sm2))
    return {
        "durable": Figure(durable, "1/s", Goal(">", 4000), each, rates.durable),
        "durable_beside_no_store": Figure(durable, "1/s", None, door, rates.durable),
        "answered": Figure(answered, "1/s", Goal.times(">=", SM2_SHARE, sm2.value), sm2, rates.answered),
    }


def sm2_per_s(both: parties.Parties) -> float:
    """Return how many envelopes a second one core could answer if there were nothing but SM2 to do."""
    assert both.kit.peer is not None
    own, kit, data = both.central, both.kit.peer.key, bytes(16)
    check = both.suite.load_public(own.sign.key.public)
    wrapped, signature = kit.encrypt(data), own.sign.key.sign(data)
    rates = []
    for _ in range(SM2_ROUNDS):
        begun_s = time.perf_counter()
        for _ in range(SM2_EACH):
            own.encrypt.key.decrypt(wrapped)
            check.verify(signature, data)
            own.sign.key.sign(data)
            kit.encrypt(data)
        rates.append(SM2_EACH / (time.perf_counter() - begun_s))
    return median(rates)


async def _kills(place: Place) -> tuple[int, int]:
    """Kill central while it takes in; return receipts that its database does not know, and all receipts."""
    chance, lost, all_receipts = random.Random(SEED), 0, 0
    for _ in range(KILLS):
        async with place.central(CENTRAL, KEEP_ONLY) as central:
            kits = await place.begin_posting(central, ROUND_S)
            await asyncio.sleep(chance.uniform(0, KILL_MOST_S))
            central.process.kill()
            await central.process.wait()
        receipts = [number for number, status in enumerate((await outcome(kits)).status) if status == ACCEPTED]
        stored = place.stored()
        lost += sum(envelope_stock.envelope_id(number) not in stored for number in receipts)
        all_receipts += len(receipts)
    return lost, all_receipts
