from __future__ import annotations

import asyncio

import pytest

from padkit_sdk import AskAgain, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.conformance.bench import BACK_S, BrokenPromise, name_of


async def fails(error):
    raise error


async def gives(value):
    return value


async def test_a_failure_names_device_step_expected_and_got(bench):
    bench.step("move to BIN")
    with pytest.raises(BrokenPromise) as broken:
        bench.expect("bin counter", 4, 3)
    assert str(broken.value).splitlines() == [
        "  device    FAKE-1 at /dev/ttyUSB0 (CDB-0001)",
        "  step      move to BIN",
        "  expected  bin counter: 4",
        "  got       3",
    ]


async def test_what_holds_is_said_nothing_of(bench):
    bench.expect("bin counter", 3, 3)
    bench.expect_that(True, "anything", "something")


async def test_an_expected_error_must_have_its_kind_and_name(bench):
    await bench.expect_error(Refused, "box.no_card", fails(Refused("box.no_card")))
    with pytest.raises(BrokenPromise, match=r"expected  Refused box.no_card\n  got       Refused box.busy"):
        await bench.expect_error(Refused, "box.no_card", fails(Refused("box.busy")))
    with pytest.raises(BrokenPromise, match=r"got       DeviceFault box\.jam"):
        await bench.expect_error(Refused, "box.no_card", fails(DeviceFault("box.jam")))
    with pytest.raises(BrokenPromise, match="no error, it returned 7"):
        await bench.expect_error(Refused, "box.no_card", gives(7))


async def test_an_outcome_is_none_or_an_allowed_error(bench):
    assert await bench.outcome(gives(7), OutcomeUnknown) is None
    lost = OutcomeUnknown("silence")
    assert await bench.outcome(fails(lost), OutcomeUnknown) is lost
    with pytest.raises(BrokenPromise, match="expected  a true result, or OutcomeUnknown"):
        await bench.outcome(fails(LinkLost("cable")), OutcomeUnknown)


async def test_each_test_is_tidied_opened_and_closed(world):
    bench = world.bench()
    assert await bench.try_out("a promise", lambda: bench.box.status(timeout_s=1)) == ""
    assert world.hands.did == ["tidy"]
    assert world.box.asked == ["status", "close"]


async def test_a_kept_step_and_a_broken_one_both_end_with_a_closed_device(world):
    bench = world.bench()
    world.box.fails["status"] = DeviceFault("box.jam", raw="10")
    told = await bench.try_out("status looks", lambda: bench.box.status(timeout_s=1))
    assert told.startswith("broken promise: status looks\n  device    FAKE-1")
    assert told.endswith("expected  no error\n  got       DeviceFault box.jam: box.jam (code 10)")
    assert world.box.closed == 1


async def test_an_error_outside_the_family_is_told_with_its_place(world):
    bench = world.bench()
    world.box.fails["status"] = KeyError("st0")
    told = await bench.try_out("status looks", lambda: bench.box.status(timeout_s=1))
    assert "expected  no error but those of padkit_sdk.errors" in told
    assert "got       KeyError: 'st0', raised at " in told
    assert "_did" in told


async def test_a_link_is_closed_when_its_driver_does_not_open(world):
    world.open_error = LinkLost("no answer")
    bench = world.bench()
    with pytest.raises(LinkLost):
        await bench.open()
    assert world.links[0].closed


async def test_a_device_whose_port_survives_a_power_cut_is_not_opened_again(world, bench):
    world.box.fails["identify"] = Refused("box.not_ready")
    await bench.cut_power()
    assert world.hands.did == ["cut_power"]
    assert len(world.links) == 1


async def test_a_device_whose_port_went_with_the_power_is_opened_again(world, bench):
    world.box.fails["identify"] = LinkLost("gone")
    await bench.cut_power()
    assert len(world.links) == 2


async def test_a_device_that_does_not_come_back_is_given_up(world, bench):
    world.open_error = LinkLost("no answer")
    world.now_s = 0.0
    bench.now_mono_s = iter([0.0, BACK_S + 1]).__next__
    with pytest.raises(LinkLost, match="no answer"):
        await bench.reopen()


async def test_half_way_waits_until_the_hands_see_a_motion(world, bench):
    world.hands.seen = {"000001": "hopper"}
    motion = asyncio.ensure_future(asyncio.Event().wait())
    await bench.half_way(motion)
    assert world.hands.did == ["is_moving"] * 3
    motion.cancel()


async def test_half_way_of_a_motion_nobody_sees_ends_with_the_motion(bench):
    motion = asyncio.ensure_future(gives(1))
    await bench.half_way(motion)
    assert motion.done()


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (AskAgain("card.askew"), "card.askew"),
        (DeviceFault("box.jam"), "box.jam"),
        (Refused("box.no_card"), "box.no_card"),
        (LinkLost("cable"), ""),
    ],
)
def test_the_name_of_an_error_is_its_hint_fault_or_reason(error, name):
    assert name_of(error) == name
