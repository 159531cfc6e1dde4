"""The room on real workers: plug, call, replug, swap, and what leases promise."""

from __future__ import annotations

import asyncio

import pytest

from padkit_agent.devices import DeviceProfile, DeviceState
from padkit_sdk import AskAgain, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import BoxStatus, Capability, CardDispenser, CardPlace, ChipCard, HopperLevel, Slot

BOX = {"owner": "flow-1", "purpose": "card_open", "ttl_s": 600.0}


async def until(events, name, device=None):
    """Skip to the event `name`."""
    async for event in events:
        if event.name == name and device in (None, event.device):
            return event
    raise AssertionError(name)


@pytest.fixture(params=["worker", "inline"])
async def room(kit, request):
    kit.toy = kit.plug()
    async with kit.room(inline=request.param == "inline") as room:
        await room.wait_ready("box", 10)
        yield room


async def test_a_plugged_device_is_ready_and_says_who_it_is(room):
    (view,) = room.list()
    assert (view.device, view.state, view.where, view.identity.serial) == ("box", DeviceState.READY, "1-3", "SN-1")
    assert view.ports == ("card_dispenser",)


async def test_results_come_as_the_values_the_driver_gave(room):
    async with room.lease("box", **BOX) as box:
        port = box.port(CardDispenser)
        assert await port.capabilities() == frozenset({Capability.STAGE, Capability.PRESENT})
        expected = BoxStatus(CardPlace.INSIDE, HopperLevel.LOW, bin_full=False, bin_count=7)
        assert await port.status(timeout_s=5) == expected


async def test_arguments_arrive_as_given(kit, room):
    async with room.lease("box", **BOX) as box:
        await box.port(CardDispenser).move(Slot.BIN, timeout_s=5)
    assert "move bin" in kit.toy.heard


async def test_a_fault_keeps_code_and_raw_value(kit, room):
    kit.toy.order("stage", "jam")
    async with room.lease("box", **BOX) as box:
        with pytest.raises(DeviceFault, match="open the flap") as caught:
            await box.port(CardDispenser).stage(timeout_s=5)
    assert (caught.value.fault, caught.value.raw) == ("box.jam", "01")


async def test_a_hint_for_the_person_survives_the_worker(kit, room):
    kit.toy.order("stage", "ask")
    async with room.lease("box", **BOX) as box:
        with pytest.raises(AskAgain) as caught:
            await box.port(CardDispenser).stage(timeout_s=5)
    assert caught.value.hint == "card.askew"


@pytest.mark.parametrize("order", ["bug", "wrong"])
async def test_a_driver_bug_is_an_unknown_outcome(kit, room, order):
    kit.toy.order("stage", order)
    async with room.lease("box", **BOX) as box:
        with pytest.raises(OutcomeUnknown, match="look before repeating"):
            await box.port(CardDispenser).stage(timeout_s=5)
        assert (await box.port(CardDispenser).status(timeout_s=5)).bin_count == 7


async def test_a_driver_bug_is_logged_without_its_text(kit, room, quiet_log):
    kit.toy.order("stage", "bug")
    async with room.lease("box", **BOX) as box:
        with pytest.raises(OutcomeUnknown):
            await box.port(CardDispenser).stage(timeout_s=5)
    (told,) = [entry for entry in quiet_log if entry["event"] == "plugin.log"]
    assert (told["plugin"], told["said"]) == ("toy", "driver.bug")
    assert (told["detail"]["error"], told["detail"]["method"]) == ("ValueError", "stage")
    assert "6222" not in repr(quiet_log)


async def test_a_port_that_is_not_offered_is_refused(room):
    async with room.lease("box", **BOX) as box:
        assert box.has(CardDispenser)
        assert not box.has(ChipCard)
        with pytest.raises(Refused) as caught:
            await box.port(ChipCard).power_off(timeout_s=1)
    assert caught.value.reason == "port.missing"


async def test_a_cancel_reaches_the_driver(kit, room):
    kit.toy.order("stage", "never")
    async with room.lease("box", **BOX) as box:
        staging = asyncio.ensure_future(box.port(CardDispenser).stage(timeout_s=60))
        await kit.toy.until_heard("waiting")
        staging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await staging
        await kit.toy.until_heard("stopped")
        assert (await box.port(CardDispenser).status(timeout_s=5)).bin_count == 7


async def test_calls_take_turns_and_a_late_one_is_refused_unsent(kit, room):
    kit.toy.order("stage", "never")
    async with room.lease("box", **BOX) as box:
        staging = asyncio.ensure_future(box.port(CardDispenser).stage(timeout_s=60))
        await kit.toy.until_heard("waiting")
        with pytest.raises(Refused, match=r"card_dispenser.status was not sent") as caught:
            await box.port(CardDispenser).status(timeout_s=0.01)
        staging.cancel()
    assert caught.value.reason == "device.busy"
    assert "status" not in kit.toy.heard


async def test_what_a_device_says_by_itself_is_an_event(kit, room):
    kit.toy.order("stage", "shout")
    with room.events() as events:
        async with room.lease("box", **BOX) as box:
            await box.port(CardDispenser).stage(timeout_s=5)
            event = await until(events, "toy.shout")
    assert (event.device, event.plugin, event.detail) == ("box", "toy", {"text": "once"})


@pytest.mark.parametrize(
    ("plugin", "device", "name"), [("toy", "box", "device.ready"), ("pens", "box", "pen.up"), ("toy", "pad", "pad.up")]
)
async def test_a_plugin_speaks_for_its_own_devices_only(room, quiet_log, plugin, device, name):
    with room.events() as events:
        room.on_event(plugin, device, name, {})
        room.on_event("toy", "box", "toy.shout", {})
        assert (await anext(events)).name == "toy.shout"
    assert [entry["said"] for entry in quiet_log if entry["event"] == "plugin.event_refused"] == [name]


async def test_a_device_tests_itself_under_a_lease(room):
    with room.events() as events:
        assert (await room.self_test("box", timeout_s=5)).passed
        taken = await until(events, "lease.taken")
    assert taken.detail == {"owner": "agent", "purpose": "self_test"}


async def test_a_held_device_refuses_the_next_holder_and_names_the_first(room):
    async with room.lease("box", **BOX):
        with pytest.raises(Refused, match=r"held by flow-1 \(card_open\)") as caught:
            async with room.lease("box", owner="flow-2", purpose="other", ttl_s=1):
                pass
    assert caught.value.reason == "lease.held"
    async with room.lease("box", owner="flow-2", purpose="other", ttl_s=1) as box:
        assert box.name == "box"


async def test_a_lease_ends_with_its_block_also_on_an_error(room):
    with pytest.raises(KeyError):
        async with room.lease("box", **BOX) as box:
            raise KeyError
    assert room.view("box").lease is None
    with pytest.raises(Refused) as caught:
        await box.port(CardDispenser).status(timeout_s=1)
    assert caught.value.reason == "lease.ended"
    with pytest.raises(Refused):
        box.renew(10)


async def test_a_lease_dies_with_the_task_that_took_it(room):
    async def hold():
        held.append(room.lease("box", **BOX))
        await held[0].__aenter__()

    held = []
    with room.events() as events:
        await asyncio.ensure_future(hold())
        assert (await until(events, "lease.released")).detail["owner"] == "flow-1"
    assert room.view("box").lease is None
    await held[0].__aexit__(None, None, None)


async def test_an_expired_lease_cancels_the_call_on_its_way(kit, room):
    kit.toy.order("stage", "never")
    with room.events() as events:
        async with room.lease("box", owner="flow-1", purpose="card_open", ttl_s=600) as box:
            staging = asyncio.ensure_future(box.port(CardDispenser).stage(timeout_s=60))
            await kit.toy.until_heard("waiting")
            box.renew(0.0)
            with pytest.raises(OutcomeUnknown, match="the lease of flow-1 ended meanwhile"):
                await staging
            await kit.toy.until_heard("stopped")
        assert await until(events, "lease.expired")


async def test_an_unknown_device_is_refused_by_name(room):
    with pytest.raises(Refused, match="device pen is not in the kit profile; it has box") as caught:
        room.view("pen")
    assert caught.value.reason == "device.unknown"


async def test_a_pulled_device_is_absent_and_takes_no_call(kit, room):
    with room.events() as events:
        async with room.lease("box", **BOX) as box:
            kit.unplug(kit.toy)
            await until(events, "device.absent")
            with pytest.raises(LinkLost, match=r"box is absent: .* was not sent; wait until it is ready"):
                await box.port(CardDispenser).stage(timeout_s=5)


async def test_a_device_plugged_anew_under_another_name_is_ready_again_for_the_same_holder(kit, room):
    with room.events() as events:
        async with room.lease("box", **BOX) as box:
            kit.unplug(kit.toy)
            await until(events, "device.absent")
            toy = kit.plug("ttyUSB7", location="1-4")
            await until(events, "device.ready")
            await box.port(CardDispenser).stage(timeout_s=5)
    assert "stage" in toy.heard
    assert room.view("box").where == "1-4"


async def test_a_quick_replug_between_two_sweeps_is_noticed(kit, room):
    with room.events() as events:
        on_hint, kit.on_hint = kit.on_hint, lambda: None
        kit.unplug(kit.toy)
        toy = kit.plug("ttyUSB1")
        on_hint()
        await until(events, "device.opening")
        await until(events, "device.ready")
    assert "hello" in toy.heard


async def test_a_link_lost_in_a_call_is_mended(kit, room):
    with room.events() as events:
        async with room.lease("box", **BOX) as box:
            kit.toy.order("status", None)
            with pytest.raises(LinkLost, match="silence after 'status'"):
                await box.port(CardDispenser).status(timeout_s=0.01)
            await until(events, "device.opening")
            await until(events, "device.ready")
            assert (await box.port(CardDispenser).status(timeout_s=5)).bin_count == 7


async def test_another_adapter_in_its_place_is_refused_and_reported(kit, room):
    with room.events() as events:
        kit.unplug(kit.toy)
        await until(events, "device.absent")
        kit.plug(serial="T-2", device_serial="SN-2")
        swapped = await until(events, "device.swapped")
        assert "adapter T-2 at 1-3, expected T-1" in swapped.detail["message"]
        assert room.view("box").state is DeviceState.FAULTY
        room.retry("box")
        await until(events, "device.ready")
    assert room.view("box").identity.serial == "SN-2"


async def test_another_device_behind_the_same_adapter_is_refused_too(kit, room):
    with room.events() as events:
        kit.unplug(kit.toy)
        await until(events, "device.absent")
        kit.plug(device_serial="SN-9")
        swapped = await until(events, "device.swapped")
    assert "device SN-9 answers, expected SN-1" in swapped.detail["message"]


async def test_waiting_for_an_absent_device_ends_with_its_state(kit):
    async with kit.room() as room:
        with pytest.raises(LinkLost, match=r"box is absent: not ready within 0\.01 s"):
            await room.wait_ready("box", 0.01)


async def test_a_dumb_device_is_faulty_and_tried_again(kit):
    toy = kit.plug()
    toy.order("hello", "who?")
    async with kit.room() as room:
        with room.events() as events:
            assert (await until(events, "device.faulty")).detail["code"] == "link_lost"
            await until(events, "device.ready")


async def test_a_setting_the_driver_does_not_know_is_named(kit):
    kit.plug()
    async with kit.room(DeviceProfile("box", "toy", "toy", settings={"pace": 1})) as room:
        with room.events() as events:
            faulty = await until(events, "device.faulty")
    assert faulty.detail["code"] == "setting.unknown"
    assert "toy has no setting pace" in faulty.detail["message"]


async def test_settings_reach_the_driver_with_their_defaults(kit):
    kit.plug()
    async with kit.room(DeviceProfile("box", "toy", "toy", settings={"patience_s": 2})) as room:
        view = await room.wait_ready("box", 10)
    assert '"settings": {"patience_s": 2, "label": ""}' in view.identity.firmware


async def test_a_model_nobody_offers_is_named(kit):
    kit.plug()
    async with kit.room(DeviceProfile("box", "toy", "TOY-2")) as room:
        with room.events() as events:
            faulty = await until(events, "device.faulty")
    assert faulty.detail["code"] == "device.no_model"


async def test_a_plugin_that_is_not_installed_quarantines_its_device_only(kit):
    kit.plug()
    async with kit.room(DeviceProfile("box", "toy", "toy"), DeviceProfile("pen", "pens", "P-1")) as room:
        await room.wait_ready("box", 10)
        with pytest.raises(Refused, match="plugin pens is not installed") as caught:
            await room.wait_ready("pen", 10)
        room.retry("pen")
        assert room.view("pen").state is DeviceState.QUARANTINED
    assert caught.value.reason == "device.quarantined"


async def test_two_devices_of_a_kind_are_told_apart_by_their_place(kit):
    kit.plug("ttyUSB0", location="1-3", serial="A", device_serial="SN-A")
    kit.plug("ttyUSB1", location="1-4", serial="B", device_serial="SN-B")
    left = DeviceProfile("left", "toy", "toy", location="1-4")
    right = DeviceProfile("right", "toy", "toy", serial="A")
    async with kit.room(left, right) as room:
        views = [await room.wait_ready(name, 10) for name in ("left", "right")]
    assert [view.identity.serial for view in views] == ["SN-B", "SN-A"]


async def test_closing_the_room_leaves_the_device_safe(kit):
    toy = kit.plug()
    async with kit.room() as room:
        await room.wait_ready("box", 10)
    await toy.until_heard("bye")
