from __future__ import annotations

from typing import Any

from padkit_sim.compare.equations import Equation, Sum, equations
from padkit_sim.compare.match import bring_together

World = Any  # the helper of conftest.py


def uneven(world: World) -> list[Equation]:
    return [equation for equation in equations(bring_together(world.told())) if not equation.holds]


def test_every_equation_is_told_for_every_batch(world: World) -> None:
    world.kit["cards"][5]["batch"] = "B2"
    told = equations(bring_together(world.told()))
    assert [(it.batch, it.name) for it in told] == [(batch, name) for batch in ("", "B2") for name in Sum]


def test_an_even_world_is_even(world: World) -> None:
    assert uneven(world) == []


def test_a_card_too_few_in_the_hopper_is_seen(world: World) -> None:
    world.box_cards[5]["place"] = "out"
    assert uneven(world) == [Equation(Sum.HOPPER, "", 1, 2)]


def test_a_live_account_too_many_is_seen(world: World) -> None:
    world.core["accounts"][2]["state"] = "live"
    assert uneven(world) == [Equation(Sum.LIVE, "", 3, 2)]


def test_a_card_too_many_in_the_bin_is_seen(world: World) -> None:
    world.box_cards.append({"pan": "6288888888888888888", "serial": "x", "place": "bin"})
    assert uneven(world) == [Equation(Sum.BIN, "", 3, 2)]


def test_a_card_overtaken_in_the_hopper_is_seen(empty: World) -> None:
    empty.add("000001", "hopper", "loaded").add("000002", "bin", "captured")
    assert uneven(empty) == [Equation(Sum.ORDER, "", 1, 0)]


def test_a_missing_card_counts_neither_for_the_bin_nor_against_it(empty: World) -> None:
    empty.add("000001", "bin", "missing", blocked=True, case=True).add("000002", "bin", "captured")
    assert uneven(empty) == []


def test_what_a_flow_works_on_is_left_out_of_the_live_accounts(empty: World) -> None:
    empty.add("000001", "path", "reserved", "live", flow=True)
    empty.add("000002", "bin", "captured_live", "reversed", flow=True)
    assert uneven(empty) == []


def test_a_reserved_card_in_a_case_may_be_live_or_not(empty: World) -> None:
    empty.add("000001", "path", "reserved", "live", case=True).add("000002", "path", "reserved", case=True)
    assert uneven(empty) == []
