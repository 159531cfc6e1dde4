"""What every device owes over time and over a line that lies: true words or an error of the family, and no growing memory."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc

import pytest

from padkit_sdk.conformance.bench import LOOK_S, Bench
from padkit_sdk.conformance.hands import Power, Spoilt
from padkit_sdk.conformance.promise import EVERY_PORT, promise
from padkit_sdk.errors import LinkLost, PadkitError

CALLS = 40
FLAT_BYTES = 256 * 1024


@promise(EVERY_PORT, Power.SPOIL_LINE, endurance=True)
@pytest.mark.parametrize("how", Spoilt, ids=[it.name.lower() for it in Spoilt])
async def test_bad_input_ends_in_true_words_or_an_error_of_the_family(bench: Bench, how: Spoilt) -> None:
    """On a line that spoils every answer `identify` gives true words or an error of the family, and is right after it."""
    true = await bench.device.identify(timeout_s=LOOK_S)
    bench.hands.spoil(how)
    bench.step(f"identify with every answer {how.value}")
    asking = asyncio.ensure_future(bench.device.identify(timeout_s=LOOK_S))
    if await bench.outcome(asking, PadkitError) is None:
        bench.expect("identity over a bad line", true, asking.result())
    bench.hands.clear_faults()
    bench.step(f"identify after answers {how.value}")
    try:
        again = await bench.device.identify(timeout_s=LOOK_S)
    except LinkLost:
        await bench.reopen()
        again = await bench.device.identify(timeout_s=LOOK_S)
    bench.expect("identity after a bad line", true, again)


@promise(EVERY_PORT, endurance=True)
async def test_calls_leave_no_memory_behind(bench: Bench) -> None:
    """Forty calls of `identify` leave less than 256 KiB of Python objects behind."""
    await bench.device.identify(timeout_s=LOOK_S)
    bench.step(f"identify {CALLS} times")
    tracemalloc.start()
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(CALLS):
            await bench.device.identify(timeout_s=LOOK_S)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    left = after - before
    bench.expect_that(left < FLAT_BYTES, f"less than {FLAT_BYTES} bytes left behind", f"{left} bytes")
