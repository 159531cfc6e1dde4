from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_sdk.conformance.bench import BrokenPromise
from padkit_sdk.conformance.box import (
    Look,
    expect_nothing_fed,
    expect_still,
    expect_truth,
    look,
    prepared,
    presented,
    staged,
)
from padkit_sdk.ports import BoxStatus, CardPlace, HopperLevel

EMPTY = BoxStatus(CardPlace.NONE, HopperLevel.ENOUGH, bin_full=False, bin_count=3)
INSIDE = replace(EMPTY, card=CardPlace.INSIDE)


async def test_a_box_with_a_card_in_play_is_cleared_into_its_bin_first(world, bench):
    world.box.status_now = INSIDE
    await prepared(bench)
    assert world.box.asked == ["prepare", "move bin", "status"]


async def test_a_clear_box_is_left_alone(world, bench):
    await prepared(bench)
    assert world.box.asked == ["prepare", "status"]


async def test_a_card_is_presented_by_way_of_the_reader(world, bench):
    await staged(bench)
    assert world.box.asked[-2:] == ["stage", "status"]
    await presented(bench)
    assert world.box.asked[-2:] == ["move gate", "status"]


async def test_a_card_that_moved_is_named_with_both_places(world, bench):
    world.hands.seen = {"000001": "path", "000002": "hopper"}
    before = await look(bench)
    world.hands.seen = {"000001": "bin", "000002": "hopper"}
    with pytest.raises(BrokenPromise, match="card 000001 from path to bin"):
        await expect_still(bench, before)


@pytest.mark.parametrize(
    ("now", "named"),
    [
        (INSIDE, "card in play"),
        (replace(EMPTY, bin_count=4), "bin counter"),
        (replace(EMPTY, hopper=HopperLevel.LOW), "hopper"),
    ],
)
async def test_without_sight_the_boxs_own_word_is_compared(world, bench, now, named):
    before = await look(bench)
    world.box.status_now = now
    with pytest.raises(BrokenPromise, match=named):
        await expect_still(bench, before)


async def test_a_card_that_left_the_hopper_was_fed(world, bench):
    world.hands.seen = {"000001": "gate", "000002": "hopper"}
    before = await look(bench)
    world.hands.seen = {"000001": "bin", "000002": "hopper"}
    assert (await expect_nothing_fed(bench, before)).fed_since(before) == []
    world.hands.seen = {"000001": "out", "000002": "bin"}
    with pytest.raises(BrokenPromise, match="card 000002 did"):
        await expect_nothing_fed(bench, before)


@pytest.mark.parametrize(
    ("place", "said", "true"),
    [
        ("path", CardPlace.INSIDE, True),
        ("gate", CardPlace.GATE, True),
        ("bin", CardPlace.NONE, True),
        ("path", CardPlace.NONE, False),
        ("hand", CardPlace.GATE, False),
    ],
)
async def test_a_status_is_held_against_what_the_hands_see(bench, place, said, true):
    seen = Look(replace(EMPTY, card=said), {"000001": place})
    if true:
        expect_truth(bench, seen)
    else:
        with pytest.raises(BrokenPromise, match=f"card {said.value}"):
            expect_truth(bench, seen)


async def test_a_status_that_nobody_can_check_is_believed(bench):
    expect_truth(bench, Look(INSIDE, {}))
