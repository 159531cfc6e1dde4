"""What a card box promises about pushing a card out unread: it comes once, or nobody says that it did."""

from __future__ import annotations

import asyncio

import pytest

from padkit_sdk.conformance.bench import MOTION_S, Bench
from padkit_sdk.conformance.box import Look, expect_still, look, prepared
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import promise
from padkit_sdk.conformance.wires import DOUBT_S, LOST_ACKS, Wire, every_wire
from padkit_sdk.errors import DeviceFault, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.ports import BoxStatus, Capability, CardPlace

BOX = "card_dispenser"
EJECT = (Capability.EJECT,)


@promise(BOX, Power.TAKE_CARD, moves_cards=True, capabilities=EJECT)
async def test_eject_pushes_one_card_out(bench: Bench) -> None:
    """`eject` pushes exactly one card out; none is in play afterwards."""
    before = await prepared(bench)
    bench.step("eject")
    answer = await bench.box.eject(timeout_s=MOTION_S)
    bench.expect("card in the answer", CardPlace.NONE, answer.card)
    after = await look(bench)
    bench.expect("card", CardPlace.NONE, after.status.card)
    if after.cards:
        bench.expect("cards that left the hopper", 1, len(after.fed_since(before)))
    await asyncio.to_thread(bench.hands.take_card)


@promise(BOX, Power.ARM_FAULTS, moves_cards=True, capabilities=EJECT)
async def test_an_empty_hopper_is_told_and_no_card_comes(bench: Bench) -> None:
    """`eject` from an empty hopper ends with box.empty and moves no card."""
    before = await prepared(bench)
    bench.hands.arm("eject.empty", {})
    bench.step("eject from an empty hopper")
    await bench.expect_error(DeviceFault, "box.empty", bench.box.eject(timeout_s=MOTION_S))
    bench.hands.clear_faults()
    await expect_still(bench, before)


@promise(BOX, Power.ARM_FAULTS, moves_cards=True, capabilities=EJECT)
async def test_a_jam_is_told_until_prepare_and_no_other_card_comes(bench: Bench) -> None:
    """A jam while ejecting ends with box.jam; until `prepare` no other card comes, and `prepare` moves none."""
    before = await prepared(bench)
    bench.hands.arm("eject.jam", {"clears_after": 1})
    bench.step("eject with a jam")
    await bench.expect_error(DeviceFault, "box.jam", bench.box.eject(timeout_s=MOTION_S))
    jammed = await look(bench)
    bench.step("eject again, before prepare")
    error = await bench.outcome(bench.box.eject(timeout_s=MOTION_S), DeviceFault, Refused)
    bench.expect_that(error is not None, "DeviceFault or Refused", "no error")
    bench.step("prepare after the jam")
    await bench.box.prepare(timeout_s=MOTION_S)
    after = await look(bench)
    moved = after.moved_since(jammed)
    bench.expect_that(not moved, "no card moved", moved)
    _expect_at_most_one(bench, before, after)


@promise(BOX, Power.TAKE_CARD, moves_cards=True, capabilities=EJECT)
async def test_a_cancelled_eject_leaves_the_driver_usable(bench: Bench) -> None:
    """A cancel while a card is pushed out leaves the driver usable, and no second card comes."""
    before = await prepared(bench)
    with bench.hands.slowly():
        ejecting = await _under_way(bench, "cancel an eject", MOTION_S)
        ejecting.cancel()
        await _ended(bench, ejecting)
    bench.step("prepare after the cancelled eject")
    await bench.box.prepare(timeout_s=MOTION_S)
    _expect_at_most_one(bench, before, await look(bench))
    await asyncio.to_thread(bench.hands.take_card)


@promise(BOX, Power.CUT_POWER, Power.SEE_CARDS, moves_cards=True, capabilities=EJECT)
async def test_a_power_cut_while_ejecting_is_no_second_card(bench: Bench) -> None:
    """A power cut while a card is pushed out ends in an error of the family or a true result, never a second card."""
    before = await prepared(bench)
    with bench.hands.slowly():
        ejecting = await _under_way(bench, "cut the power while it ejects", DOUBT_S)
        await asyncio.to_thread(bench.hands.cut_power)
        done = await _ended(bench, ejecting)
    bench.step("prepare after the power cut")
    await bench.box.prepare(timeout_s=MOTION_S)
    _expect_told(bench, before, await look(bench), done=done)


@promise(BOX, Power.ARM_FAULTS, Power.SEE_CARDS, moves_cards=True, capabilities=EJECT)
@every_wire
async def test_an_eject_over_a_bad_wire_is_one_card_at_most(bench: Bench, wire: Wire) -> None:
    """A lost or garbled answer to `eject` becomes OutcomeUnknown or a true result, never a second card."""
    before = await prepared(bench)
    with bench.hands.slowly():
        ejecting = await _under_way(bench, f"eject with {wire.fault}", DOUBT_S)
        bench.hands.arm(wire.fault, wire.args, times=wire.times)
        error = await bench.outcome(ejecting, OutcomeUnknown)
    bench.hands.clear_faults()
    if wire.fault == "link.drop":
        await bench.reopen()
    bench.step(f"prepare after an eject with {wire.fault}")
    await bench.box.prepare(timeout_s=MOTION_S)
    _expect_told(bench, before, await look(bench), done=error is None)


@promise(BOX, Power.ARM_FAULTS, Power.SEE_CARDS, moves_cards=True, capabilities=EJECT)
@pytest.mark.parametrize("nth", LOST_ACKS)
async def test_a_lost_acknowledgement_is_no_second_card(bench: Bench, nth: int) -> None:
    """A lost acknowledgement is no reason to push a second card out."""
    before = await prepared(bench)
    bench.hands.arm("link.drop_ack", {}, nth=nth)
    bench.step(f"eject with acknowledgement {nth} lost")
    error = await bench.outcome(bench.box.eject(timeout_s=MOTION_S), OutcomeUnknown)
    bench.hands.clear_faults()
    _expect_told(bench, before, await look(bench), done=error is None)


async def _under_way(bench: Bench, what: str, timeout_s: float) -> asyncio.Task[BoxStatus]:
    """Begin to eject, and return while the box is at it."""
    bench.step(what)
    ejecting = asyncio.ensure_future(bench.box.eject(timeout_s=timeout_s))
    await bench.half_way(ejecting)
    return ejecting


async def _ended(bench: Bench, ejecting: asyncio.Task[BoxStatus]) -> bool:
    """Wait until it has ended; whether it says that the card is out. A cancel and an error of the family are fine."""
    try:
        return await bench.outcome(ejecting, PadkitError) is None
    except asyncio.CancelledError:
        if not ejecting.cancelled():
            raise
        return False


def _expect_at_most_one(bench: Bench, before: Look, after: Look) -> None:
    fed = after.fed_since(before)
    bench.expect_that(len(fed) <= 1, "one card out at most", f"{len(fed)}: {', '.join(fed)}")


def _expect_told(bench: Bench, before: Look, after: Look, *, done: bool) -> None:
    """Hold that one card came at most, and that it truly came when the driver says so."""
    _expect_at_most_one(bench, before, after)
    came = [after.cards[card] for card in after.fed_since(before)]
    bench.expect_that(not done or (bool(came) and came[0] != "path"), "a card that is out", came)
