"""Plugins that were made badly harm themselves only: what they break, need, or bring with them stays in their worker."""

from __future__ import annotations

import asyncio
import json
import shutil

import pytest

from padkit_agent.devices import DeviceProfile, DeviceState
from padkit_sdk import OutcomeUnknown, Refused
from padkit_sdk.ports import CardDispenser, Slot

BOX = DeviceProfile("box", "toy", "toy", serial="T-1")
PEN = DeviceProfile("pen", "other_toy", "toy", serial="T-2")
HOLD = {"owner": "flow-1", "purpose": "card_open", "ttl_s": 600.0}


def plug_both(kit):
    kit.toy = kit.plug("ttyUSB0", location="1-3", serial="T-1")
    kit.plug("ttyUSB1", location="1-4", serial="T-2", device_serial="SN-2")


def bring(bundle, package, version):
    """Let a bundle bring its own version of a module that the other brings too, and tell it by its identity."""
    (bundle / "clashing_dependency.py").write_text(f"VERSION = {version!r}\n")
    driver = bundle / package / "driver.py"
    told = driver.read_text().replace('{"env"', '{"clash": clashing_dependency.VERSION, "env"')
    driver.write_text(told.replace("import json\n", "import json\n\nimport clashing_dependency\n"))


async def answers(room, device):
    async with room.lease(device, **HOLD) as held:
        return (await held.port(CardDispenser).status(timeout_s=5)).bin_count == 7


@pytest.mark.parametrize(("misdeed", "told"), [("segfault", "died.*signal 11|died"), ("hang", "no heart-beat")])
async def test_while_one_plugin_goes_down_the_other_device_answers(kit, misdeed, told):
    plug_both(kit)
    kit.toy.order("move gate", misdeed)
    async with kit.room(BOX, PEN) as room:
        await room.wait_ready("box", 10)
        await room.wait_ready("pen", 10)
        order = []

        async def move():
            async with room.lease("box", **HOLD) as box:
                with pytest.raises(OutcomeUnknown, match=told):
                    await box.port(CardDispenser).move(Slot.GATE, timeout_s=30)
            order.append("box failed")

        moving = asyncio.ensure_future(move())
        await kit.toy.until_heard("move gate")
        assert await answers(room, "pen")
        order.append("pen answered")
        while not moving.done():
            assert await answers(room, "pen")
        await moving
        if misdeed == "hang":
            assert order == ["pen answered", "box failed"]
        await room.wait_ready("box", 10)
        assert await answers(room, "box")
        assert await answers(room, "pen")


async def test_two_versions_of_one_dependency_run_side_by_side(kit, bundle, other_bundle):
    plug_both(kit)
    bring(bundle, "padkit_toy", "1.9")
    bring(other_bundle, "padkit_other_toy", "2.0")
    async with kit.room(BOX, PEN) as room:
        views = [await room.wait_ready(device, 10) for device in ("box", "pen")]
    assert [json.loads(view.identity.firmware)["clash"] for view in views] == ["1.9", "2.0"]


async def test_a_missing_dependency_quarantines_its_plugin_and_says_which(kit, bundle):
    plug_both(kit)
    plugin = bundle / "padkit_toy" / "plugin.py"
    plugin.write_text(
        plugin.read_text().replace("from collections.abc", "import clashing_dependency\nfrom collections.abc", 1)
    )
    async with kit.room(BOX, PEN) as room:
        await room.wait_ready("pen", 10)
        with pytest.raises(Refused, match="clashing_dependency") as caught:
            await room.wait_ready("box", 10)
        assert caught.value.reason == "device.quarantined"
        assert "No module named" in room.view("box").problem.message
        assert await answers(room, "pen")


async def test_a_dependency_that_is_gone_at_the_next_start_is_told_and_repaired(kit, bundle):
    plug_both(kit)
    bring(bundle, "padkit_toy", "1.9")
    async with kit.room(BOX, PEN) as room:
        for device in ("box", "pen"):
            await room.wait_ready(device, 10)
        (bundle / "clashing_dependency.py").rename(bundle / "gone")
        shutil.rmtree(bundle / "__pycache__", ignore_errors=True)
        kit.toy.order("move gate", "crash")
        async with room.lease("box", **HOLD) as box:
            with pytest.raises(OutcomeUnknown):
                await box.port(CardDispenser).move(Slot.GATE, timeout_s=30)
        with room.events() as events:
            while room.view("box").problem is None or room.view("box").state is DeviceState.READY:
                await anext(events)
        assert await answers(room, "pen")
        (bundle / "gone").rename(bundle / "clashing_dependency.py")
        room.retry("box")
        await room.wait_ready("box", 20)
