"""Bad bytes from every device: a driver raises what its people can act on, gives the next good answer, and keeps no memory of it.

`PADKIT_BAD_FRAMES=100000` makes it that many frames for each driver, and a tenth of them from recordings.
"""

from __future__ import annotations

import os
import random

import pytest
from hostile_benches import BENCHES
from hypothesis import given, settings
from hypothesis import strategies as st
from traces import SEED, answers, mutated
from virtual_time import run

from padkit_sim.kitfile.types import TYPES

FRAMES = int(os.environ.get("PADKIT_BAD_FRAMES", "0"))
EXAMPLES = 15
SESSIONS = 3  # of a recording, when nobody asks for more

pytestmark = pytest.mark.timeout(0 if FRAMES else 120)


def test_there_is_a_bench_for_every_device():
    assert set(BENCHES) == set(TYPES) - {"recording"}  # which says again what one of the others said


@pytest.mark.parametrize("name", BENCHES)
def test_spoiled_frames_give_typed_errors_and_the_next_good_answer_and_leave_nothing(name, record_property):
    async def ordeal():
        bench = BENCHES[name](20_261_123)
        grown = await bench.ordeal(FRAMES or bench.few)
        record_property(f"bad_frames.{name} [frames]", bench.saboteur.frames)
        record_property(f"more_held.{name} [blocks]", grown)
        await bench.close()

    run(ordeal())


@pytest.mark.parametrize("name", BENCHES)
@settings(max_examples=EXAMPLES)
@given(said=st.lists(st.binary(max_size=300), min_size=1, max_size=12))
def test_invented_bytes_give_typed_errors_and_the_next_good_answer(name, said):
    async def ordeal():
        bench = BENCHES[name](len(said))
        await bench.open()
        bench.saboteur.said = iter(said)
        for _ in range(3):
            bench.saboteur.on = True
            await bench.mishear()
        await bench.recover()
        await bench.close()

    run(ordeal())


@pytest.mark.parametrize("name", BENCHES)
def test_a_recording_is_the_usual_session(name):
    """Played as it is, its driver has no complaint: what is mutated below is heard where it was said.

    When a driver asks for something else, ``.venv/bin/python tests/support/traces.py`` makes the recordings anew.
    """

    async def session():
        bench = BENCHES[name](SEED)
        bench.saboteur.on, bench.saboteur.said = True, iter(answers(name))
        await bench.open()
        await bench.usual()
        await bench.close()
        assert next(bench.saboteur.said, None) is None

    run(session())


@pytest.mark.parametrize("name", BENCHES)
def test_mutated_recordings_give_typed_errors_and_the_next_good_answer(name, record_property):
    said, dice = answers(name), random.Random(20_261_123)

    async def ordeal():
        bench = BENCHES[name](SEED)
        await bench.open()
        sessions = 0
        while sessions < SESSIONS or bench.saboteur.frames < FRAMES // 10:
            sessions += 1
            bench.dice.seed(SEED)
            bench.saboteur.said = iter(mutated(said, dice, bench.seal))
            await bench.replay()
        record_property(f"mutated_frames.{name} [frames]", bench.saboteur.frames)
        await bench.close()

    run(ordeal())
