"""A made-up fleet: the same from the same seed, each kind of misuse leaves its sign, honest days stay in order."""

from __future__ import annotations

import pytest

from padkit_contract.risk import Observation, check_observation
from padkit_sim.fleet.making import make_fleet
from padkit_sim.fleet.misuse import KINDS


def days(seed: int) -> list[Observation]:
    fleet = make_fleet(seed, honest=4, misused=len(KINDS))
    return [it for member in fleet.members for it in fleet.day_of(member, 0)]


def test_a_seed_is_a_fleet() -> None:
    assert days(1) == days(1)
    assert days(1) != days(2)


def test_days_are_in_order_and_within_the_form() -> None:
    fleet = make_fleet(3, honest=6, misused=len(KINDS), days=3)
    for member in fleet.members:
        heard = [it for day in range(fleet.days) for it in fleet.day_of(member, day)]
        assert [it.at for it in heard] == sorted(it.at for it in heard)
        for it in heard:
            check_observation(it)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_its_day_only(kind: str) -> None:
    fleet = make_fleet(5, honest=2, misused=len(KINDS), days=2)
    member = next(it for it in fleet.members if it.misuse == kind)
    honest = type(member)(member.kit, member.seed)
    assert list(fleet.day_of(member, member.day)) != list(fleet.day_of(honest, member.day))
    assert list(fleet.day_of(member, 1 - member.day)) == list(fleet.day_of(honest, 1 - member.day))
