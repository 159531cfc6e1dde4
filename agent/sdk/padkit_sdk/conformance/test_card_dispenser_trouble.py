"""What a card box promises when something goes wrong: a cancel, a power cut, an empty hopper, a jam, a bad wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from padkit_sdk.conformance.bench import MOTION_S, Bench
from padkit_sdk.conformance.box import (
    Look,
    Start,
    expect_nothing_fed,
    expect_still,
    expect_truth,
    look,
    prepared,
    presented,
    staged,
)
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import promise
from padkit_sdk.conformance.wires import DOUBT_S, LOST_ACKS, Wire, every_wire
from padkit_sdk.errors import DeviceFault, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.ports import BoxStatus, Capability, CardPlace, Slot

BOX = "card_dispenser"
STAGE = (Capability.STAGE,)
CAPTURE = (Capability.STAGE, Capability.CAPTURE, Capability.PRESENT, Capability.BIN_COUNT)
Move = Callable[[Bench, float], Awaitable[BoxStatus]]


async def stage(bench: Bench, timeout_s: float) -> BoxStatus:
    return await bench.box.stage(timeout_s=timeout_s)


async def present(bench: Bench, timeout_s: float) -> BoxStatus:
    return await bench.box.move(Slot.GATE, timeout_s=timeout_s)


async def capture(bench: Bench, timeout_s: float) -> BoxStatus:
    return await bench.box.move(Slot.BIN, timeout_s=timeout_s)


MOTIONS = {"stage": (prepared, stage, 1), "present": (staged, present, 0), "capture": (presented, capture, 0)}
every_motion = pytest.mark.parametrize(("start", "move", "fed"), MOTIONS.values(), ids=MOTIONS.keys())


@promise(BOX, moves_cards=True, capabilities=CAPTURE)
@every_motion
async def test_a_cancel_in_mid_motion_leaves_driver_and_status_true(
    bench: Bench, start: Start, move: Move, fed: int
) -> None:
    """A cancel in mid-motion leaves the driver usable and `status` true, and feeds nothing more."""
    before = await start(bench)
    with bench.hands.slowly():
        bench.step(f"cancel {move.__name__} in mid-motion")
        motion = asyncio.ensure_future(move(bench, MOTION_S))
        await bench.half_way(motion)
        motion.cancel()
        await _ended(bench, motion)
    bench.step(f"status after the cancelled {move.__name__}")
    await _expect_at_most_fed(bench, before, fed)
    bench.step("prepare after the cancel")
    status = await bench.box.prepare(timeout_s=MOTION_S)
    bench.expect_that(status.ready, "ready=True", status)


@promise(BOX, Power.CUT_POWER, Power.SEE_CARDS, moves_cards=True, capabilities=CAPTURE)
@every_motion
async def test_a_power_cut_in_mid_motion_is_no_second_feed(bench: Bench, start: Start, move: Move, fed: int) -> None:
    """A power cut in mid-motion ends in an error of the family; the box is prepared again and nothing more is fed."""
    before = await start(bench)
    with bench.hands.slowly():
        bench.step(f"cut the power while it should {move.__name__}")
        motion = asyncio.ensure_future(move(bench, DOUBT_S))
        await bench.half_way(motion)
        await asyncio.to_thread(bench.hands.cut_power)
        await _ended(bench, motion)
    bench.step("prepare after the power cut")
    status = await bench.box.prepare(timeout_s=MOTION_S)
    bench.expect_that(status.ready, "ready=True", status)
    await _expect_at_most_fed(bench, before, fed)


@promise(BOX, Power.ARM_FAULTS, moves_cards=True, capabilities=STAGE)
async def test_an_empty_hopper_is_told_and_nothing_moves(bench: Bench) -> None:
    """`stage` from an empty hopper ends with box.empty and moves no card."""
    before = await prepared(bench)
    bench.hands.arm("box.empty", {})
    bench.step("stage from an empty hopper")
    await bench.expect_error(DeviceFault, "box.empty", bench.box.stage(timeout_s=MOTION_S))
    bench.hands.clear_faults()
    await expect_still(bench, before)


@promise(BOX, Power.ARM_FAULTS, moves_cards=True, capabilities=CAPTURE)
async def test_a_full_bin_is_told_and_nothing_moves(bench: Bench) -> None:
    """`move` to a full BIN ends with box.bin_full and moves no card."""
    before = await presented(bench)
    bench.hands.arm("box.bin_full", {})
    bench.step("move to a full BIN")
    await bench.expect_error(DeviceFault, "box.bin_full", bench.box.move(Slot.BIN, timeout_s=MOTION_S))
    bench.hands.clear_faults()
    await expect_still(bench, before)


@promise(BOX, Power.ARM_FAULTS, moves_cards=True, capabilities=STAGE)
async def test_a_jam_is_told_until_prepare_and_no_other_card_is_fed(bench: Bench) -> None:
    """A jam while staging ends with box.jam; until `prepare` no other card is fed, and `prepare` moves none."""
    before = await prepared(bench)
    bench.hands.arm("box.jam", {"at": "stage", "clears_after": 1})
    bench.step("stage with a jam")
    await bench.expect_error(DeviceFault, "box.jam", bench.box.stage(timeout_s=MOTION_S))
    jammed = await look(bench)
    bench.step("stage again, before prepare")
    error = await bench.outcome(bench.box.stage(timeout_s=MOTION_S), DeviceFault, Refused)
    bench.expect_that(error is not None, "DeviceFault or Refused", "no error")
    bench.step("prepare after the jam")
    await bench.box.prepare(timeout_s=MOTION_S)
    await expect_still(bench, jammed)
    await _expect_at_most_fed(bench, before, 1)


@promise(BOX, Power.ARM_FAULTS, moves_cards=True, capabilities=CAPTURE)
async def test_a_failed_retract_is_told_and_never_a_feed(bench: Bench) -> None:
    """A retract that fails ends with box.retract_failed; the card stays where `status` says and none is fed."""
    before = await presented(bench)
    bench.hands.arm("box.retract_fail", {"clears_after": 1})
    bench.step("move to BIN with a card that slips")
    await bench.expect_error(DeviceFault, "box.retract_failed", bench.box.move(Slot.BIN, timeout_s=MOTION_S))
    expect_truth(bench, await expect_nothing_fed(bench, before))


@promise(BOX, Power.ARM_FAULTS, Power.SEE_CARDS, moves_cards=True, capabilities=STAGE)
@every_wire
async def test_a_stage_over_a_bad_wire_feeds_one_card_at_most(bench: Bench, wire: Wire) -> None:
    """A lost or garbled answer to `stage` becomes OutcomeUnknown or a true result, never a second feed."""
    before = await prepared(bench)
    await _expect_true_or_unknown(bench, stage, wire)
    after = await _expect_at_most_fed(bench, before, 1)
    bench.expect("cards that left the hopper", 1, len(after.fed_since(before)))


@promise(BOX, Power.ARM_FAULTS, Power.SEE_CARDS, moves_cards=True, capabilities=CAPTURE)
@every_wire
async def test_a_capture_over_a_bad_wire_never_feeds(bench: Bench, wire: Wire) -> None:
    """A lost or garbled answer to a retract becomes OutcomeUnknown or a true result, never a feed."""
    before = await presented(bench)
    await _expect_true_or_unknown(bench, capture, wire)
    await _expect_at_most_fed(bench, before, 0)


@promise(BOX, Power.ARM_FAULTS, Power.SEE_CARDS, moves_cards=True, capabilities=STAGE)
@pytest.mark.parametrize("nth", LOST_ACKS)
async def test_a_lost_acknowledgement_is_no_second_feed(bench: Bench, nth: int) -> None:
    """A lost acknowledgement is no reason to feed a second card."""
    before = await prepared(bench)
    bench.hands.arm("link.drop_ack", {}, nth=nth)
    bench.step(f"stage with acknowledgement {nth} lost")
    error = await bench.outcome(bench.box.stage(timeout_s=MOTION_S), OutcomeUnknown)
    bench.hands.clear_faults()
    after = await _expect_at_most_fed(bench, before, 1)
    if error is None:
        bench.expect("card", CardPlace.INSIDE, after.status.card)


async def _expect_true_or_unknown(bench: Bench, move: Move, wire: Wire) -> None:
    """Make a motion whose answer the wire spoils; an answer must be true, and OutcomeUnknown is the only error."""
    with bench.hands.slowly():
        bench.step(f"{move.__name__} with {wire.fault}")
        motion = asyncio.ensure_future(move(bench, DOUBT_S))
        await bench.half_way(motion)
        bench.hands.arm(wire.fault, wire.args, times=wire.times)
        error = await bench.outcome(motion, OutcomeUnknown)
    bench.hands.clear_faults()
    if wire.fault == "link.drop":
        await bench.reopen()
    bench.step(f"status after {move.__name__} with {wire.fault}")
    seen = await look(bench)
    expect_truth(bench, seen)
    if error is None:
        bench.expect("card, by its answer", motion.result().card, seen.status.card)


async def _expect_at_most_fed(bench: Bench, before: Look, most: int) -> Look:
    """Hold that no more than `most` cards left the hopper and that `status` is true."""
    after = await look(bench)
    fed = after.fed_since(before)
    bench.expect_that(len(fed) <= most, f"{most} cards fed at most", f"{len(fed)}: {', '.join(fed)}")
    expect_truth(bench, after)
    return after


async def _ended(bench: Bench, motion: asyncio.Future[BoxStatus]) -> None:
    """Wait until `motion` has ended; a cancel and an error of the family are fine."""
    try:
        await bench.outcome(motion, PadkitError)
    except asyncio.CancelledError:
        if not motion.cancelled():
            raise
