"""What a worker adds to a device command: the same command through room, lease and worker, and to the driver directly.

Two like boxes in one simulator process: one behind a worker, one opened by this process. Command by command in turn, so
that both see the same machine; after every round the boxes change places. A figure is a quantile of the differences
between neighbours. `capabilities`, which asks no device, shows the way through the worker alone.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks import ground
from benchmarks.device_room import SimulatedKit, device_room, simulated_kit
from benchmarks.direct import direct_box
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.stats import median, quantile
from padkit_sdk.ports import CardDispenser, ChipCard, Slot

ROUNDS = (("one", "two"), ("two", "one"), ("one", "two"), ("two", "one"))
WARM_UP = 5
CALLS, STATUSES, APDUS = 1000, 60, 80  # a round
QUIET_S = (
    0.025  # the driver leaves 20 ms between exchanges; that pause must not count for one form and not for the other
)
LIMIT_S = 5.0
SELECT_PPSE = bytes.fromhex("00A404000E") + b"2PAY.SYS.DDF01" + b"\0"
MS = 1000.0
POOL = "ProcessPoolExecutor, a call that does nothing"

Command = Callable[[], Awaitable[object]]


class Pairs:
    """Neighbouring times of one command, in milliseconds."""

    def __init__(self) -> None:
        self.worker: list[float] = []
        self.direct: list[float] = []

    async def take(self, count: int, worker: Command, direct: Command, *, quiet_s: float = QUIET_S) -> None:
        """Time both `count` times, each after a pause; some before are not counted, every second time the order changes."""
        for number in range(WARM_UP + count):
            if number % 2:
                times = (await _ms(worker, quiet_s), await _ms(direct, quiet_s))
            else:
                times = (await _ms(direct, quiet_s), await _ms(worker, quiet_s))[::-1]
            if number >= WARM_UP:
                self.worker.append(times[0])
                self.direct.append(times[1])

    @property
    def differences(self) -> list[float]:
        return [worker - direct for worker, direct in zip(self.worker, self.direct, strict=True)]


def measure() -> Result:
    """Measure a call without a device, STATUS and one APDU."""
    with ground.folder() as folder:
        return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> Result:
    call, status, apdu = Pairs(), Pairs(), Pairs()
    pool: list[float] = []
    async with simulated_kit(folder) as kit:
        for behind_worker, direct in ROUNDS:
            pool += await pool_calls()
            await _round(kit, (behind_worker, direct), call, status, apdu)
    return Result(
        {
            "call_overhead_p50": _figure(call, 0.5, Goal("<", 3), Peer(POOL, quantile(pool, 0.5))),
            "call_overhead_p99": _figure(call, 0.99, Goal("<", 15), Peer(POOL, quantile(pool, 0.99))),
            "status_overhead_p50": _figure(status, 0.5, Goal("<", 3)),
            "status_overhead_p99": _figure(status, 0.99, Goal("<", 15)),
            "apdu_overhead_p50": _figure(apdu, 0.5, Goal("<", 3)),
            "apdu_overhead_p99": _figure(apdu, 0.99, Goal("<", 15)),
        },
        (
            "call: `capabilities`, no device asked; STATUS and APDU: peer's is that quantile of the direct command's whole time",
            f"whole time through the worker: STATUS {_line(status.worker)}; APDU {_line(apdu.worker)}",
            "STATUS holds one of the driver's own pauses of 20 ms; its jitter is in the differences, up and down",
            "the pty is not paced by its baud rate: on a real line both forms are slower by the same transmission time",
        ),
    )


async def _round(kit: SimulatedKit, boxes: tuple[str, str], call: Pairs, status: Pairs, apdu: Pairs) -> None:
    async with (
        device_room(kit, boxes[0]) as room,
        direct_box(kit.tty(boxes[1])) as driver,
        room.lease("box", owner="bench", purpose="measure", ttl_s=600) as held,
    ):
        box, chip = held.port(CardDispenser), held.port(ChipCard)
        await call.take(CALLS, box.capabilities, driver.capabilities, quiet_s=0.0)
        await status.take(STATUSES, lambda: look(box), lambda: look(driver))
        await _lay_card(box, chip)
        await _lay_card(driver, driver)
        await apdu.take(APDUS, lambda: select(chip), lambda: select(driver))
        for each in (box, driver):
            await each.move(Slot.BIN, timeout_s=LIMIT_S)


async def pool_calls() -> list[float]:
    """Time the standard library's own way to call into another process."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        times = [await _ms(lambda: loop.run_in_executor(pool, os.getpid), 0.0) for _ in range(WARM_UP + CALLS)]
    return times[WARM_UP:]


async def look(box: CardDispenser) -> None:
    """Ask STATUS."""
    await box.status(timeout_s=LIMIT_S)


async def select(chip: ChipCard) -> None:
    """Send one APDU that every card answers."""
    await chip.transmit(SELECT_PPSE, timeout_s=LIMIT_S)


async def _lay_card(box: CardDispenser, chip: ChipCard) -> None:
    """Bring a card to the contacts and give it power."""
    await box.prepare(timeout_s=LIMIT_S)
    await box.stage(timeout_s=LIMIT_S)
    await box.move(Slot.READER, timeout_s=LIMIT_S)
    await chip.power_on(timeout_s=LIMIT_S)


async def _ms(command: Command, quiet_s: float) -> float:
    await asyncio.sleep(quiet_s)
    begun_s = time.perf_counter()
    await command()
    return (time.perf_counter() - begun_s) * MS


def _figure(pairs: Pairs, share: float, goal: Goal, peer: Peer | None = None) -> Figure:
    peer = peer or Peer("the driver called directly", quantile(pairs.direct, share))
    return Figure(quantile(pairs.differences, share), "ms", goal, peer, pairs.differences)


def _line(samples: Sequence[float]) -> str:
    return f"p50 {median(samples):.2f} ms, p99 {quantile(samples, 0.99):.2f} ms"
