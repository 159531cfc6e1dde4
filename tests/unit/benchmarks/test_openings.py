"""What the seed of the benchmark of many openings draws."""

from __future__ import annotations

from benchmarks.opening_faults import FAULTS, STRAIGHT
from benchmarks.openings import OPENINGS, SEED, SHARE, drawn


def test_the_same_seed_draws_the_same_faults_and_no_fault_twice_before_all_came() -> None:
    faults = drawn(OPENINGS, SHARE, SEED)
    assert faults == drawn(OPENINGS, SHARE, SEED)
    armed = [it for it in faults if it is not STRAIGHT]
    assert (len(faults), len(armed), len(set(map(FAULTS.index, armed)))) == (120, 12, 12)
    assert drawn(OPENINGS, SHARE, SEED + 1) != faults
