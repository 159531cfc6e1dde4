"""Online checks in real processes: what central finds ends, marks or holds a case; a held one outlives a restart (F04)."""

from __future__ import annotations

import asyncio
import json

import pytest
from journey import Journey


async def finds(journey: Journey, check: str, finding: str) -> None:
    await journey.world.core("check", check=check, finding=finding)


async def untouched(journey: Journey, voucher: str) -> None:
    assert await journey.box_place(voucher) == "hopper"
    await journey.compare()


async def test_f04_without_the_register_a_case_is_held_over_a_restart_and_opened_when_it_is_back(
    journey: Journey,
) -> None:
    await finds(journey, "cip", "down")
    voucher = await journey.next_voucher()
    opening = asyncio.create_task(journey.open())
    await journey.until(lambda line: line["kind"] == "hint" and line["note"] == "cip.down")
    (flow,) = (await journey.world.agent("GET", "/v1/flows"))["flows"]
    assert (flow["phase"], flow["action"], bool(flow["held"])) == ("OFFLINE_HELD", "run_checks", True)
    assert await journey.box_place(voucher) == "hopper"
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await journey.stop_agent()
    await finds(journey, "cip", "consistent")
    await journey.start_agent()
    assert await journey.follow_open() == "CLOSED"
    assert await journey.kit_state(voucher) == "handed_over"
    await journey.compare()


async def test_f04_without_central_a_case_is_held_and_goes_on_by_itself(journey: Journey) -> None:
    """The network goes when the case has begun: what needs none is captured, nothing moves, and it heals without a hand."""
    voucher = await journey.next_voucher()
    await journey.world.kit("hand", device="reader", action="lift_card")
    opening = asyncio.create_task(journey.open({"what": "lay_card", "choice": "again"}))
    await journey.until(lambda line: line.get("action") == "read_identity")
    await journey.world.children.pop("central").stop()
    await journey.world.lay_identity_card("test_a")
    await journey.until(lambda line: line["kind"] == "hint" and line["note"] == "check.silent")
    (flow,) = (await journey.world.agent("GET", "/v1/flows"))["flows"]
    assert (flow["phase"], flow["action"], bool(flow["held"])) == ("OFFLINE_HELD", "run_checks", True)
    assert await journey.box_place(voucher) == "hopper"
    await journey.world.start_central()
    assert (await opening)["phase"] == "CLOSED"
    assert await journey.kit_state(voucher) == "handed_over"
    await journey.compare()


@pytest.mark.parametrize("finding", ["name_mismatch", "no_such_number"])
async def test_whom_the_register_does_not_know_gets_no_card(journey: Journey, finding: str) -> None:
    await finds(journey, "cip", finding)
    voucher = await journey.next_voucher()
    last = await journey.open()
    assert (last["phase"], last["note"]) == ("REFUSED", f"cip.{finding}")
    await untouched(journey, voucher)


async def test_a_list_says_no_and_only_the_centre_knows_which(journey: Journey) -> None:
    await finds(journey, "fraud_list", "hit")
    voucher = await journey.next_voucher()
    last = await journey.open()
    assert (last["phase"], last["note"]) == ("REFUSED", "check.declined")
    await untouched(journey, voucher)
    cases = json.loads(
        await journey.world.central_cli("cases", "--config", str(journey.world.folder / "central.toml"), "--json")
    )
    assert [case["detail"] for case in cases if case["reason"] == "check.hit"] == ["fraud_list"]
    assert "fraud_list" not in json.dumps(
        [line for line in journey.lines if line["kind"] == "done" and line["action"] != "run_checks"]
    )


async def test_who_has_his_account_of_class_one_takes_one_of_class_two(journey: Journey) -> None:
    await finds(journey, "account_count", "over")
    assert (await journey.open({"what": "account_limit", "choice": "class_2"}))["phase"] == "CLOSED"
    assert len(journey.seen("checked")) == 3
    await journey.compare()
