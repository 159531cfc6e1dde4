"""F30: a device drops off in the middle, or another one answers in its place; its own is waited for and asked anew."""

from __future__ import annotations

import asyncio
from typing import Any

from journey import SPEED, Journey

ENDS = {"CLOSED", "CANCELLED", "REVERSED", "CASE_OPEN"}


async def problem_of(journey: Journey, device: str) -> str:
    """Return the code of what is wrong with a device, empty when nothing is."""
    devices: list[dict[str, Any]] = (await journey.world.agent("GET", "/v1/devices"))["devices"]
    found = next(it["problem"] for it in devices if it["device"] == device)
    return str(found["code"]) if found else ""


async def until_problem(journey: Journey, device: str, code: str) -> None:
    async with asyncio.timeout(20):
        while await problem_of(journey, device) != code:
            pass  # each look is a question to the agent


async def test_f30_a_strange_reader_is_not_read_and_the_kits_own_is_waited_for(journey: Journey) -> None:
    await journey.world.kit("unplug", device="reader")
    opening = asyncio.create_task(journey.open())
    await journey.until(lambda line: line["action"] == "wait_device")
    await journey.world.kit("plug", device="reader", **{"as": "CLIP-0002"})
    await journey.world.lay_identity_card("test_a")
    await until_problem(journey, "reader", "device.swapped")
    assert not journey.seen("identity_read")
    await journey.world.kit("unplug", device="reader")
    await journey.world.kit("plug", device="reader", **{"as": "CLIP-0001"})
    await journey.world.lay_identity_card("test_a")
    assert (await opening)["phase"] == "CLOSED"
    await journey.compare()


async def test_f30_a_box_that_drops_off_in_mid_move_is_asked_before_anything_moves_again(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    await journey.world.kit("speed", value=1.0)
    opening = asyncio.create_task(journey.open())
    while await journey.box_place(voucher) != "path":
        pass  # each look is a question to the simulator
    await journey.world.kit("unplug", device="box")
    await journey.world.kit("plug", device="box", tty="ttyUSB9")
    await journey.world.kit("speed", value=SPEED)
    assert (await opening)["phase"] in ENDS
    staged = [line for line in journey.lines if line["kind"] == "doing" and line["action"] == "stage_card"]
    left = [
        it["serial"] for it in await journey.world.box_cards() if it["serial"] >= voucher and it["place"] != "hopper"
    ]
    assert len(left) == len(staged)
    await journey.compare()
