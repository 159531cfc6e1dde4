"""What a card box promises about looking, preparing and moving, when nothing goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from padkit_sdk.conformance.bench import LOOK_S, MOTION_S, Bench
from padkit_sdk.conformance.box import Start, expect_nothing_fed, expect_still, look, prepared, presented, staged
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import promise
from padkit_sdk.errors import Refused
from padkit_sdk.ports import BoxStatus, Capability, CardPlace, Slot

BOX = "card_dispenser"
STAGE = (Capability.STAGE,)
PRESENT = (Capability.STAGE, Capability.PRESENT)
CAPTURE = (Capability.STAGE, Capability.CAPTURE, Capability.BIN_COUNT)
TAKEN = (Capability.STAGE, Capability.DETECT_TAKEN, Capability.BIN_COUNT)
ISSUES = {Capability.STAGE, Capability.EJECT}
BIN_COUNTS = 1000  # the counter has three digits


@promise(BOX)
async def test_capabilities_do_not_change(bench: Bench) -> None:
    """`capabilities` are the same each time, STAGE or EJECT among them."""
    bench.step("capabilities, twice")
    first = await bench.box.capabilities()
    bench.expect("capabilities", first, await bench.box.capabilities())
    bench.expect_that(bool(first & ISSUES), "STAGE or EJECT among the capabilities", first)


@promise(BOX, moves_cards=True)
async def test_what_a_box_cannot_it_refuses(bench: Bench) -> None:
    """What a box has no capability for it refuses as box.cannot, and moves nothing."""
    able = await bench.box.capabilities()
    before = await look(bench)
    calls: list[tuple[str, Awaitable[BoxStatus]]] = []
    if Capability.EJECT not in able:
        calls.append(("eject", bench.box.eject(timeout_s=MOTION_S)))
    if Capability.STAGE not in able:
        calls.append(("stage", bench.box.stage(timeout_s=MOTION_S)))
        calls += [(f"move to {to.name}", bench.box.move(to, timeout_s=MOTION_S)) for to in Slot]
    for what, call in calls:
        bench.step(f"{what}, which it cannot")
        await bench.expect_error(Refused, "box.cannot", call)
    await expect_still(bench, before)


@promise(BOX)
async def test_status_moves_nothing(bench: Bench) -> None:
    """`status` looks and moves nothing."""
    before = await look(bench)
    bench.step("status, three times")
    for _ in range(3):
        await bench.box.status(timeout_s=LOOK_S)
    await expect_still(bench, before)


@promise(BOX, Power.CUT_POWER, capabilities=STAGE)
async def test_a_box_that_lost_power_says_that_it_is_not_ready(bench: Bench) -> None:
    """`status` of a box that was not prepared since power-on says ready=False."""
    await bench.cut_power()
    bench.step("status after power-on")
    status = await bench.box.status(timeout_s=LOOK_S)
    bench.expect_that(not status.ready, "ready=False", status)


@promise(BOX, Power.CUT_POWER, moves_cards=True, capabilities=STAGE)
async def test_nothing_is_staged_before_prepare(bench: Bench) -> None:
    """`stage` before `prepare` is refused as box.not_ready and feeds no card."""
    before = await prepared(bench)
    await bench.cut_power()
    bench.step("stage before prepare")
    await bench.expect_error(Refused, "box.not_ready", bench.box.stage(timeout_s=MOTION_S))
    bench.step("prepare afterwards")
    await bench.box.prepare(timeout_s=MOTION_S)
    await expect_nothing_fed(bench, before)


@promise(BOX, moves_cards=True)
async def test_prepare_makes_the_box_ready(bench: Bench) -> None:
    """`prepare` makes the box ready, and doing it again changes nothing."""
    before = await prepared(bench)
    bench.step("prepare again")
    status = await bench.box.prepare(timeout_s=MOTION_S)
    bench.expect_that(status.ready, "ready=True", status)
    await expect_still(bench, before)


@promise(BOX, moves_cards=True, capabilities=STAGE)
async def test_prepare_leaves_a_card_inside_where_it_is(bench: Bench) -> None:
    """`prepare` moves no card that it finds inside."""
    before = await staged(bench)
    bench.step("prepare with a card inside")
    bench.expect("card", CardPlace.INSIDE, (await bench.box.prepare(timeout_s=MOTION_S)).card)
    await expect_still(bench, before)


@promise(BOX, Power.CUT_POWER, moves_cards=True, capabilities=STAGE)
async def test_prepare_after_power_on_leaves_a_card_inside_where_it_is(bench: Bench) -> None:
    """A card that is inside at power-on stays there, through `prepare` too."""
    before = await staged(bench)
    await bench.cut_power()
    bench.step("prepare after power-on with a card inside")
    bench.expect("card", CardPlace.INSIDE, (await bench.box.prepare(timeout_s=MOTION_S)).card)
    await expect_still(bench, before)


@promise(BOX, moves_cards=True, capabilities=PRESENT)
async def test_prepare_leaves_a_card_at_the_gate_where_it_is(bench: Bench) -> None:
    """`prepare` moves no card that it finds at the gate."""
    before = await presented(bench)
    bench.step("prepare with a card at the gate")
    await bench.box.prepare(timeout_s=MOTION_S)
    await expect_still(bench, before)


@promise(BOX, moves_cards=True, capabilities=STAGE)
async def test_stage_feeds_one_card(bench: Bench) -> None:
    """`stage` brings exactly one card from the hopper to the inner read position."""
    before = await prepared(bench)
    bench.step("stage")
    bench.expect("card", CardPlace.INSIDE, (await bench.box.stage(timeout_s=MOTION_S)).card)
    after = await look(bench)
    bench.expect("card, by status", CardPlace.INSIDE, after.status.card)
    if after.cards:
        bench.expect("cards that left the hopper", 1, len(after.fed_since(before)))


@promise(BOX, moves_cards=True, capabilities=STAGE)
@pytest.mark.parametrize("start", [staged, presented], ids=["inside", "gate"])
async def test_stage_refuses_while_a_card_is_in_play(bench: Bench, start: Start) -> None:
    """`stage` looks first and refuses as box.card_in_play while a card is in play."""
    before = await start(bench)
    bench.step(f"stage with a card at {before.status.card.value}")
    await bench.expect_error(Refused, "box.card_in_play", bench.box.stage(timeout_s=MOTION_S))
    await expect_still(bench, before)


@promise(BOX, moves_cards=True, capabilities=STAGE)
@pytest.mark.parametrize("to", list(Slot), ids=lambda slot: slot.value)
async def test_a_move_without_a_card_is_refused_and_feeds_none(bench: Bench, to: Slot) -> None:
    """`move` with no card in play is refused as box.no_card and never feeds one."""
    before = await prepared(bench)
    bench.step(f"move to {to.name} with an empty path")
    await bench.expect_error(Refused, "box.no_card", bench.box.move(to, timeout_s=MOTION_S))
    await expect_still(bench, before)


@promise(BOX, moves_cards=True, capabilities=STAGE)
async def test_a_move_to_where_the_card_is_does_nothing(bench: Bench) -> None:
    """`move` does nothing when the card is there already."""
    before = await staged(bench)
    bench.step("move to READER with the card there")
    await bench.box.move(Slot.READER, timeout_s=MOTION_S)
    await expect_still(bench, before)


@promise(BOX, moves_cards=True, capabilities=PRESENT)
async def test_a_presented_card_is_held_at_the_gate(bench: Bench) -> None:
    """`move` to GATE holds the card there; once more changes nothing, and no card is fed."""
    before = await staged(bench)
    bench.step("move to GATE")
    bench.expect("card", CardPlace.GATE, (await bench.box.move(Slot.GATE, timeout_s=MOTION_S)).card)
    held = await expect_nothing_fed(bench, before)
    bench.step("move to GATE again")
    await bench.box.move(Slot.GATE, timeout_s=MOTION_S)
    await expect_still(bench, held)


@promise(BOX, moves_cards=True, capabilities=CAPTURE)
@pytest.mark.parametrize("start", [staged, presented], ids=["from inside", "from the gate"])
async def test_a_capture_raises_the_bin_counter_by_one_and_never_feeds(bench: Bench, start: Start) -> None:
    """`move` to BIN raises the bin counter by one, in its answer too, and never feeds a card."""
    before = await start(bench)
    bench.expect_that(before.status.bin_count is not None, "a bin counter that can be read", None)
    wanted = ((before.status.bin_count or 0) + 1) % BIN_COUNTS
    bench.step(f"move to BIN with a card at {before.status.card.value}")
    answer = await bench.box.move(Slot.BIN, timeout_s=MOTION_S)
    bench.expect("bin counter in the answer", wanted, answer.bin_count)
    after = await expect_nothing_fed(bench, before)
    bench.expect("bin counter", wanted, after.status.bin_count)
    bench.expect("card", CardPlace.NONE, after.status.card)


@promise(BOX, moves_cards=True, capabilities=STAGE)
async def test_a_card_pushed_out_leaves_and_none_follows(bench: Bench) -> None:
    """`move` to OUT sends the card out of the mouth and feeds no other."""
    before = await staged(bench)
    bench.step("move to OUT")
    answer = await bench.box.move(Slot.OUT, timeout_s=MOTION_S)
    bench.expect_that(answer.card is not CardPlace.INSIDE, "the card no longer inside", answer.card)
    await expect_nothing_fed(bench, before)


@promise(BOX, Power.TAKE_CARD, moves_cards=True, capabilities=TAKEN)
async def test_a_taken_card_is_told_from_a_captured_one(bench: Bench) -> None:
    """A card that was taken leaves the path empty and the bin counter as it was; a capture then finds no card."""
    before = await presented(bench)
    bench.step("status after the card was taken")
    await asyncio.to_thread(bench.hands.take_card)
    after = await expect_nothing_fed(bench, before)
    bench.expect("card", CardPlace.NONE, after.status.card)
    bench.expect("bin counter", before.status.bin_count, after.status.bin_count)
    bench.step("move to BIN after the card was taken")
    await bench.expect_error(Refused, "box.no_card", bench.box.move(Slot.BIN, timeout_s=MOTION_S))
    await expect_nothing_fed(bench, before)
