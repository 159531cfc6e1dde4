"""The table of recoveries is whole: no fault, on no device and on no wire, is left out."""

from __future__ import annotations

import pytest
from recovery_cases import WORKS, trials
from recovery_stacks import STACKED
from recovery_table import ROWS, ROWS_OF

from padkit_sim.kitfile import VOCABULARY
from padkit_sim.kitfile.types import TYPES
from padkit_sim.wires import FAULTS_ON

TRIALS = tuple(trials((*WORKS, *STACKED)))
PLACES = tuple(
    (name, wire) for name, kind in TYPES.items() for wire in (kind.wires if kind.faults else [*kind.wires][:1])
)
"""Where a device can stand; one without faults of its own, a recording, is tried on its usual wire only."""


@pytest.mark.parametrize(("device", "wire"), PLACES, ids=[f"{name}-{wire}" for name, wire in PLACES])
def test_every_fault_that_a_device_can_have_is_tried_on_it(device, wire):
    tried = {trial.fault for trial in TRIALS if (trial.work.type, trial.work.wire) == (device, wire)}
    possible = {spec.name for spec in (*TYPES[device].faults, *FAULTS_ON[wire])}
    assert not possible - tried, "give each of these a row in recovery_table.py, and its device a work"


def test_every_fault_strikes_somewhere():
    assert not set(VOCABULARY) - {trial.fault for trial in TRIALS if trial.strikes}


def test_every_row_is_of_a_fault():
    assert not (set(ROWS) | {fault for _, fault in ROWS_OF}) - set(VOCABULARY)
    assert not {device for device, _ in ROWS_OF} - set(TYPES)


def test_no_two_trials_are_the_same():
    names = [str(trial) for trial in TRIALS]
    assert len(set(names)) == len(names)
