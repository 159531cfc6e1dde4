"""The customer's PIN at the kit's own keypad, over the whole agent: F14, a cable, a cancel, a power cut."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest_asyncio
from journey import HERE, SPEED, Journey, ReadyWorld
from power import cut, number_of

from padkit_sim.demo import files
from padkit_sim.demo.hands import Hands

FRONT = "front-test_a.jpg"
PIN = "246813"


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def standing(tmp_path_factory) -> AsyncIterator[Journey]:
    played = Journey(tmp_path_factory.mktemp("pin") / "w")
    played.world = ReadyWorld(played.folder, kit_file="demo", speed=SPEED)
    played.world.pins = True
    played.world.agent_command = (sys.executable, str(HERE / "cut_agent.py"))
    async with played.world:
        yield played


@pytest_asyncio.fixture(loop_scope="session")
async def keypad(standing: Journey) -> AsyncIterator[Journey]:
    await standing.begin()
    standing.hands = Hands(standing.world, FRONT)
    yield standing
    await standing.clean_up()


class Typing:
    """A customer who enters other things than the usual ones, one after another; after them the usual ones."""

    def __init__(self, journey: Journey, keys: Sequence[str]) -> None:
        self.keys = [*keys]
        self._journey = journey
        self._usual = Hands(journey.world, FRONT)

    async def __call__(self, line: dict[str, Any]) -> None:
        entry = (line["kind"], line.get("action")) == ("hint", "enter_pin") and line["note"].startswith("pin.entry ")
        if entry and self.keys:
            await self._journey.world.kit("hand", device="pin", action="press_keys", item=self.keys.pop(0))
        else:
            await self._usual(line)


def evidence_of(journey: Journey) -> list[str]:
    return [line["note"] for line in journey.seen("waived") if "pin_new" in line["note"]]


async def test_a_pin_is_entered_twice_at_the_keypad_and_nobody_is_asked_for_a_block(keypad: Journey) -> None:
    assert (await keypad.open())["phase"] == "CLOSED"
    hints = [it["note"] for it in keypad.lines if it["kind"] == "hint" and it["action"] == "enter_pin"]
    stars = [f"pin.key_pressed {count}" for count in range(1, 7)]
    assert hints == ["pin.entry 1/2", *stars, "pin.entry 2/2", *stars]
    assert [it["note"] for it in keypad.lines if it["kind"] == "asked"] == ["confirm"]
    assert evidence_of(keypad) == []
    await keypad.compare()
    told = str(keypad.lines) + (keypad.folder / "agent.log").read_text() + (keypad.folder / "central.log").read_text()
    assert PIN not in told
    assert files.PIN_ANSWER["c3"]["new_pin_block"] not in told


async def test_f14_two_different_pins_are_asked_for_again_and_at_last_the_card_is_captured(keypad: Journey) -> None:
    keypad.hands = Typing(keypad, [f"{PIN}E", "135790E"])
    assert (await keypad.open())["phase"] == "CLOSED"
    assert [it["note"] for it in keypad.seen("try_again")] == ["pin.mismatch"]

    keypad.lines.clear()
    await keypad.begin()
    keypad.hands = Typing(keypad, [f"{PIN}E", "135790E"] * 3)
    voucher = await keypad.next_voucher()
    ended = await keypad.open()
    assert (ended["phase"], ended["note"]) == ("CANCELLED", "pin.failed: pin.mismatch")
    assert (await keypad.box_place(voucher), await keypad.kit_state(voucher)) == ("bin", "captured")
    await keypad.compare()


async def test_cancel_at_the_keypad_captures_the_card(keypad: Journey) -> None:
    keypad.hands = Typing(keypad, ["12C"])
    ended = await keypad.open()
    assert (ended["phase"], ended["note"]) == ("CANCELLED", "customer.cancel")
    await keypad.compare()


async def test_a_manager_who_stops_while_a_pin_is_entered_ends_the_entry(keypad: Journey) -> None:
    keypad.hands = Typing(keypad, ["12"])
    opening = asyncio.create_task(keypad.open())
    await keypad.until(lambda it: it.get("note") == "pin.key_pressed 2")
    (flow,) = (await keypad.world.agent("GET", "/v1/flows"))["flows"]
    await keypad.world.agent("POST", f"/v1/flows/{flow['id']}/cancel")
    assert (await opening)["phase"] == "CANCELLED"
    assert not (await keypad.world.kit("state"))["devices"]["pin"]["entering"]
    await keypad.compare()


async def test_a_keypad_whose_cable_is_pulled_in_the_entry_is_waited_for(keypad: Journey) -> None:
    keypad.hands = Typing(keypad, ["12"])
    opening = asyncio.create_task(keypad.open())
    await keypad.until(lambda it: it.get("note") == "pin.key_pressed 2")
    await keypad.world.kit("unplug", device="pin")
    await keypad.until(lambda it: it.get("event") == "device_away")
    await keypad.world.kit("plug", device="pin")
    assert (await opening)["phase"] == "CLOSED"
    await keypad.compare()


async def test_a_power_cut_in_the_entry_captures_the_card_and_asks_for_another_pin(keypad: Journey) -> None:
    entering = await number_of(keypad, "enter_pin")
    vouchers = [await keypad.next_voucher()]
    for point in (f"after:{entering}", f"before:{entering + 1}"):
        assert await cut(keypad, point) == "CLOSED", point
        assert await keypad.kit_state(vouchers[-1]) == "captured"
        vouchers.append(await keypad.next_voucher())
        await keypad.compare()
        await keypad.clean_up()
