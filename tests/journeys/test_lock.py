"""A lock from central, in real processes: it holds in every room, outlives restarts, and lets a flow under way end safely."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from cut_agent import ORDER_WRITES, put_back
from journey import Journey, a_moment
from office import HOLDER, PASSCODE, Office, refusal_of, standing, stands

from padkit_sim.demo import files
from padkit_sim.demo.world import WorldFailed

EVERYTHING = (
    ("GET", "/v1/devices"),
    ("GET", "/v1/flows"),
    ("POST", "/v1/flows"),
    ("POST", "/v1/day-end"),
    ("POST", "/v1/devices/box/self-test"),
    ("POST", "/v1/devices/reader/retry"),
    ("POST", "/v1/flows/x/answer"),
    ("POST", "/v1/flows/x/cancel"),
    ("POST", "/v1/flows/x/resume"),
    ("POST", "/v1/cases/x/close"),
    ("POST", "/v1/reauthenticate"),
)


@pytest_asyncio.fixture(loop_scope="session")
async def office(journey: Journey) -> AsyncIterator[Office]:
    made = Office(journey)
    await made.open()
    yield made
    if (await standing(journey)).get("mode", "open") != "open":
        await made.order("unlock")
        await stands(journey, "open")
    await ready(journey)


async def ready(journey: Journey) -> None:
    """Wait until the devices are back."""
    while any(it["state"] != "ready" for it in (await journey.world.agent("GET", "/v1/status"))["devices"]):
        await a_moment()


async def restart(journey: Journey, *, killed: bool) -> None:
    """Start the agent anew; it need not be fit, only there."""
    agent = journey.world.children.pop("agent")
    if killed:
        agent.process.kill()
        await agent.process.wait()
    else:
        await agent.stop()
    await journey.world.start_agent_locked()


async def test_a_locked_kit_refuses_at_every_door_and_says_who_locked_it(journey: Journey, office: Office) -> None:
    order = await office.order("lock")
    assert order["kits"][0]["state"] == "applied"
    it = await stands(journey, "locked")
    assert it["cause"] == order["command"]
    for method, route in EVERYTHING:
        assert await refusal_of(journey.world.agent(method, route, {})) == "kit.locked", route
    devices = (await journey.world.agent("GET", "/v1/status"))["devices"]
    while any(device["state"] != "locked" for device in devices):
        devices = (await journey.world.agent("GET", "/v1/status"))["devices"]
    with pytest.raises(WorldFailed, match="locked since"):
        await journey.world.agent_cli("device", "list", "--config", files.AGENT)
    await office.order("unlock")
    await ready(journey)
    assert (await journey.open())["phase"] == "CLOSED"
    await journey.compare()


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_a_lock_outlives_the_agent(journey: Journey, office: Office, killed: bool) -> None:
    await office.order("lock")
    await restart(journey, killed=killed)
    assert (await standing(journey))["mode"] == "locked"
    assert await refusal_of(journey.world.agent("POST", "/v1/flows", {})) == "kit.locked"


async def lock_when(journey: Journey, office: Office, moment: tuple[str, str], **answers: Any) -> dict[str, Any]:
    """Open a card and lock the kit when its progress shows `moment`; return the flow's last line."""
    opening = asyncio.create_task(journey.open(**answers))
    await journey.until(lambda line: (line["kind"], line["action"]) == moment)
    locking = asyncio.create_task(office.order("lock"))
    last = await opening
    assert (await locking)["kits"][0]["state"] == "applied"
    await stands(journey, "locked")
    return last


async def test_f27_a_lock_before_p1_captures_the_card(journey: Journey, office: Office) -> None:
    voucher = await journey.next_voucher()
    assert await office.ended(await lock_at_the_pin(journey, office)) == "applied"
    await stands(journey, "locked")
    assert await journey.box_place(voucher) == "bin"
    await office.order("unlock")
    assert await journey.last_phase() == "CANCELLED"
    await journey.compare()


async def test_f27_between_p1_and_p2_the_customer_gets_his_card(journey: Journey, office: Office) -> None:
    await journey.world.core("fault", name="core.slow", nth=1, args={"seconds": 2.0})
    voucher = await journey.next_voucher()
    last = await lock_when(journey, office, ("doing", "submit"))
    assert (last["phase"], await journey.box_place(voucher)) == ("CLOSED", "hand")
    await office.order("unlock")
    await journey.compare()


async def test_f27_after_p2_the_receipt_is_finished(journey: Journey, office: Office) -> None:
    last = await lock_when(journey, office, ("doing", "await_taken"))
    assert last["phase"] == "CLOSED"
    await office.order("unlock")
    await journey.compare()


async def test_a_lock_that_central_gave_while_the_kit_was_away_is_applied_when_it_comes(
    journey: Journey, office: Office
) -> None:
    await journey.stop_agent()
    order = await office.order("lock", wait=False)
    await journey.world.start_agent_locked()
    assert await office.ended(order["command"]) == "applied"
    assert (await stands(journey, "locked"))["cause"] == order["command"]


async def test_orders_come_again_when_central_comes_back(journey: Journey, office: Office) -> None:
    await journey.world.children.pop("central").stop()
    await journey.world.start_central()
    assert (await office.order("notify", "--text", "back at five"))["kits"][0]["state"] == "applied"
    assert (await standing(journey))["notice"] == "back at five"


async def test_a_stopped_box_refuses_the_business_that_needs_it(journey: Journey, office: Office) -> None:
    await office.order("stop-box")
    with pytest.raises(WorldFailed, match=r"box\.stopped_by_central"):
        await journey.open()
    await office.order("stop-box", "--allow")
    await ready(journey)
    assert (await journey.open())["phase"] == "CLOSED"


async def test_a_restriction_refuses_by_its_name(journey: Journey, office: Office) -> None:
    await office.order("restrict", "--business", "ACC-01")
    with pytest.raises(WorldFailed, match=r"kit\.restricted"):
        await journey.open()
    await office.order("restrict")


async def test_two_people_unlock_a_kit_without_network(journey: Journey, office: Office) -> None:
    await restart(journey, killed=False)  # it fetches its pack, and with it who holds it
    await ready(journey)
    await office.order("lock")
    await journey.settled()
    shown = (await journey.world.agent("POST", "/v1/unlock/challenge"))["challenge"]
    wrong = {"code": "00000000", "by": "Li"}
    assert await refusal_of(journey.world.agent("POST", "/v1/unlock/code", wrong)) == "unlock.code"
    code = await office.code(shown)
    told = await journey.world.agent("POST", "/v1/unlock/code", {"code": code, "by": "Li"})
    assert told["standing"]["mode"] == "restricted"
    await ready(journey)
    assert await refusal_of(journey.world.agent("POST", "/v1/flows", {"business": "ACC-01", "inputs": {}})) == (
        "kit.reauthenticate"
    )
    assert await refusal_of(journey.world.agent("POST", "/v1/unlock/code", {"code": code, "by": "Li"})) == (
        "unlock.not_locked"
    )
    stranger = {"by": "Wang", "passcode": PASSCODE}
    assert await refusal_of(journey.world.agent("POST", "/v1/reauthenticate", stranger)) == "holder.passcode"
    await journey.world.agent("POST", "/v1/reauthenticate", {"by": HOLDER, "passcode": PASSCODE})
    await stands(journey, "open")  # with the next contact
    assert (await journey.open())["phase"] == "CLOSED"


async def test_a_wipe_needs_a_lock_and_two_people_and_says_what_is_unsent(journey: Journey, office: Office) -> None:
    plan = {"by": ["A", "B"], "dry_run": True}
    assert "lock it first" in (await journey.world.agent("POST", "/v1/wipe", plan))["refused"]
    await office.order("lock")
    assert await refusal_of(journey.world.agent("POST", "/v1/wipe", {"by": ["A", "A"]})) == "wipe.people"
    told = await journey.world.agent("POST", "/v1/wipe", plan)
    assert not told["wiped"]


async def lock_at_the_pin(journey: Journey, office: Office) -> str:
    """Begin a card, lock the kit when it asks for the PIN; return the order's id. The agent may die of it."""
    begun = await journey.world.agent("POST", "/v1/flows", {"business": "ACC-01", "inputs": files.FORM})
    while "pin" not in (await flow_of(journey, begun["flow"]))["asks"]:
        await a_moment()
    return str((await office.order("lock", wait=False))["command"])


async def flow_of(journey: Journey, flow: str) -> dict[str, Any]:
    flows = (await journey.world.agent("GET", "/v1/flows?all"))["flows"]
    return next(it for it in flows if it["id"] == flow)


async def begin_again(journey: Journey, cut: str) -> None:
    """Start the agent with a switch at a write of its command journal."""
    await journey.stop_agent()
    await journey.start_agent(PADKIT_CUT_ORDER=cut)
    await journey.begin()


@pytest.mark.timeout(400)
async def test_a_power_cut_at_every_write_of_the_command_journal_leaves_a_locked_kit(
    journey: Journey, office: Office
) -> None:
    await begin_again(journey, "count")
    await office.ended(await lock_at_the_pin(journey, office))
    await stands(journey, "locked")
    writes = int((journey.folder / ORDER_WRITES).read_text())
    assert writes >= 2  # the lock, and the lock that is total
    for number in range(1, writes + 1):
        for how in ("before", "after") if os.environ.get("PADKIT_SOAK") else (("before", "after")[number % 2],):
            await office.order("unlock")
            await ready(journey)
            await begin_again(journey, f"{how}:{number}")
            order = await lock_at_the_pin(journey, office)
            assert await journey.world.children.pop("agent").gone() == -9
            put_back(journey.folder)
            for device in ("box", "reader"):
                await journey.world.kit("power_cycle", device=device)
            await journey.world.start_agent_locked()
            assert await office.ended(order) == "applied"
            assert (await stands(journey, "locked"))["cause"] == order
            assert (await journey.world.agent("GET", "/v1/status"))["open_flows"] == 0
    await office.order("unlock")
    await journey.compare()
