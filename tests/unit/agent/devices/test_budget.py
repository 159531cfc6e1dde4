"""Restarts within a window, and pauses that grow."""

from __future__ import annotations

import random

from padkit_agent.devices.budget import BACK_OFF_S, JITTER, RESTARTS, WINDOW_S, RestartBudget, back_off_s


def test_three_restarts_in_ten_minutes_and_no_more():
    budget = RestartBudget()
    assert [budget.spend(float(second)) for second in range(4)] == [True, True, True, False]
    assert (RESTARTS, WINDOW_S) == (3, 600.0)


def test_a_restart_counts_for_ten_minutes():
    budget = RestartBudget()
    for second in (0.0, 1.0, 2.0):
        budget.spend(second)
    assert not budget.spend(599.9)
    assert budget.spend(600.0)
    assert not budget.spend(600.5)


def test_a_renewed_budget_is_whole():
    budget = RestartBudget()
    for _ in range(4):
        budget.spend(0.0)
    budget.renew()
    assert budget.spend(0.0)


def test_pauses_grow_to_the_last_and_jitter_a_little():
    chance = random.Random(1)
    pauses = [back_off_s(attempt, chance) for attempt in range(10)]
    for pause, base in zip(pauses, [*BACK_OFF_S, *[BACK_OFF_S[-1]] * 5], strict=True):
        assert base <= pause <= base * (1 + JITTER)
