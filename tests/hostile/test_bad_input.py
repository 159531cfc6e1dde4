"""Bad bytes from every device: a driver raises what its people can act on, gives the next good answer, and keeps no memory of it.

`PADKIT_BAD_FRAMES=100000` makes it that many frames for each driver.
"""

from __future__ import annotations

import gc
import os
import tracemalloc

import pytest
from hostile_benches import BENCHES
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual_time import run

from padkit_sim.devices.finger.touch import picture
from padkit_sim.kitfile.types import TYPES

FRAMES = int(os.environ.get("PADKIT_BAD_FRAMES", "0"))
GROWN = 400_000  # bytes; caches of codecs and compiled patterns fill in the first frames
SEED = 20_261_123
FEWEST_CALLS = 12  # one call of a fingerprint module can hear a thousand frames
EXAMPLES = 20


def test_there_is_a_bench_for_every_device():
    assert set(BENCHES) == set(TYPES) - {"recording"}  # which says again what one of the others said


@pytest.mark.timeout(0 if FRAMES else 120)
@pytest.mark.parametrize("name", BENCHES)
def test_spoiled_frames_give_typed_errors_and_the_next_good_answer_and_leave_nothing(name):
    wanted = FRAMES or BENCHES[name].few

    async def ordeal():
        bench = BENCHES[name](SEED)
        await bench.open()
        await bench.good()
        before = None
        while bench.saboteur.frames < wanted or bench.asked < FEWEST_CALLS:
            for _ in range(bench.dice.randint(1, 6)):
                bench.saboteur.on = True
                await bench.mishear()
            await bench.recover()
            if before is None and bench.saboteur.frames >= wanted // 3:
                before = held()
        assert held() - before < GROWN
        await bench.close()

    tracemalloc.start()
    try:
        run(ordeal())
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", BENCHES)
@settings(max_examples=EXAMPLES)
@given(answers=st.lists(st.binary(max_size=300), min_size=1, max_size=12))
def test_invented_bytes_give_typed_errors_and_the_next_good_answer(name, answers):
    async def ordeal():
        bench = BENCHES[name](len(answers))
        await bench.open()
        bench.saboteur.said = iter(answers)
        for _ in range(3):
            bench.saboteur.on = True
            await bench.mishear()
        await bench.recover()
        await bench.close()

    run(ordeal())


def held() -> int:
    """Bytes that are held now, without the last pictures that the simulated fingers keep."""
    picture.cache_clear()
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
