"""A power cut at every journal write of the main path, generated from the path itself, with the row lost or just written.

Agent and workers die, the store goes back to its last completed sync, the box to its power-on state with the card where it
was. Then everything starts again, and the compare must find kit, central, core and box in one truth or one open case.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from journey import TWO, Journey
from power import LOST, REVERSE, cut, number_of, power_off

from padkit_sim.demo.world import WorldFailed

PARTS = 4
ENDS = {"CLOSED", "CANCELLED", "REVERSED", "CASE_OPEN"}


async def writes_of_the_path(journey: Journey, *answers: dict[str, Any]) -> int:
    """Play the path once and count its journal writes: one for the start, one for each event."""
    await journey.open(*answers)
    count = 1 + len([line for line in journey.lines if line["kind"] == "done"])
    journey.lines.clear()
    return count


def points_of(total: int) -> list[str]:
    """Return where the path is cut: at every write, in turn with the row lost and just written; in a soak both ways."""
    both = [(f"before:{number}", f"after:{number}") for number in range(1, total + 1)]
    if os.environ.get("PADKIT_SOAK"):
        return [point for pair in both for point in pair][
            :-1
        ]  # the last row ends the flow: after it nothing can be lost
    return [pair[number % 2] for number, pair in enumerate(both[:-1])] + [both[-1][0]]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
async def test_a_power_cut_at_every_journal_write_of_the_main_path(journey: Journey, part: int) -> None:
    total = await writes_of_the_path(journey)
    for point in points_of(total)[part::PARTS]:
        phase = await cut(journey, point)
        assert phase in ENDS, f"{point}: {phase}"
        await journey.compare()
        await journey.clean_up()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(2))
async def test_a_power_cut_at_every_journal_write_of_the_reversal(journey: Journey, part: int) -> None:
    await journey.world.kit("auto", device="box", take_after_s=None)
    total = await writes_of_the_path(journey, REVERSE)
    presented = next(number for number in range(total, 0, -1) if number <= total - 8)
    for number in range(presented, total)[part::2]:
        phase = await cut(journey, f"after:{number}", REVERSE, take_after_s=None)
        assert phase in ENDS, f"after:{number}: {phase}"
        await journey.compare()
        await journey.clean_up()


async def test_a_journal_written_after_the_act_would_be_found(journey: Journey) -> None:
    """The mutation run: with the write moved behind the act, a cut leaves a card that the kit knows nothing of."""
    number = await number_of(journey, "stage_card")
    voucher = await journey.next_voucher()
    with pytest.raises(AssertionError, match=voucher):
        await cut(journey, f"before:{number}", mutation="write_after_act")
        await journey.compare()
    await journey.world.kit("tamper", device="box", pan=await journey.pan(voucher), place="hopper")


async def test_f23_a_cut_in_mid_feed_leaves_a_card_that_the_flow_captures(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    await cut_in_motion(journey, "stage_card")
    assert await journey.follow_open() == "CLOSED"
    assert await journey.box_place(voucher) == "bin"
    await journey.compare()


async def test_f23_a_cut_in_mid_capture_ends_with_the_card_in_the_bin(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    await cut_in_motion(journey, "move_card", {"what": "confirm", "choice": "no"})
    assert await journey.follow_open() in ENDS
    assert await journey.box_place(voucher) == "bin"
    await journey.compare()


async def test_f24_a_cut_in_mid_presentation_hands_out_a_live_card_or_none(journey: Journey) -> None:
    await cut_in_motion(journey, "move_card")
    assert await journey.follow_open({"what": "taken_unclear", "choice": "taken", "by": TWO}) == "CLOSED"
    await journey.compare()


async def cut_in_motion(journey: Journey, action: str, *answers: dict[str, Any]) -> None:
    """Kill agent, workers and box while the motors of `action` turn."""
    await journey.world.kit("speed", value=1.0)
    opening = asyncio.create_task(journey.open(*answers))
    await journey.until(lambda line: (line["kind"], line["action"]) == ("doing", action))
    while not (await journey.world.kit("state"))["devices"]["box"]["moving"]:
        pass  # each look is a question to the simulator
    agent = journey.world.children.pop("agent")
    agent.process.kill()
    await agent.process.wait()
    await power_off(journey)
    with pytest.raises(LOST):
        await opening
    await journey.world.kit("speed", value=40.0)
    await journey.start_agent()


async def test_f24_a_cut_after_p1_is_brought_to_one_truth_by_inquiry(journey: Journey) -> None:
    number = await number_of(journey, "submit")
    await journey.world.core("fault", name="core.drop_reply", nth=1)
    assert await cut(journey, f"after:{number}") == "CLOSED"
    await journey.compare()


async def test_f25_a_cut_after_p2_finishes_receipt_and_upload(journey: Journey) -> None:
    number = await number_of(journey, "await_taken")
    assert await cut(journey, f"after:{number + 1}") == "CLOSED"
    await journey.compare()


async def test_f28_a_full_disk_halts_the_flow_and_moves_no_card(journey: Journey) -> None:
    number = await number_of(journey, "stage_card")
    voucher = await journey.next_voucher()
    await journey.stop_agent()
    await journey.start_agent(PADKIT_CUT_FULL=str(number))
    await journey.begin()
    with pytest.raises(WorldFailed, match="full"):
        await journey.open()
    assert await journey.box_place(voucher) == "hopper"
    (flow,) = (await journey.world.agent("GET", "/v1/flows"))["flows"]
    assert "StoreFull" in flow["halted"]
    await journey.stop_agent()
    await journey.start_agent()
    assert await journey.follow_open() == "CLOSED"
    await journey.compare()
