from __future__ import annotations

import numpy as np

from padkit_liveness.layers.alignment import Windows, aligned

TIMES = np.arange(0, 4, 0.08)
EXPECTED = np.array([[1.0, 0.0], [0.0, 1.0]])


def shown(first_s, second_s):
    values = np.zeros((len(TIMES), 2))
    values[first_s <= TIMES] = EXPECTED[0]
    values[second_s <= TIMES] = EXPECTED[1]
    return values * 0.6


def test_the_moments_are_found_within_their_windows():
    found = aligned(TIMES, shown(1.2, 2.2), EXPECTED, Windows([1.0, 2.0], (-0.1, 0.7)))
    assert found is not None
    assert abs(TIMES[np.argmax(found == 1)] - 1.2) < 0.09
    assert abs(TIMES[np.argmax(found == 2)] - 2.2) < 0.09


def test_moments_outside_their_windows_are_not_taken():
    found = aligned(TIMES, shown(2.0, 3.0), EXPECTED, Windows([0.8, 1.8], (-0.1, 0.5)))
    assert found is not None
    assert TIMES[np.argmax(found == 1)] <= 1.3


def test_windows_that_nothing_fits_give_nothing():
    assert aligned(TIMES, shown(1.0, 2.0), EXPECTED, Windows([1.0, 9.0], (-0.1, 0.7))) is None
