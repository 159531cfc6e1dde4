"""A kit whose card box only ejects: its driver works in its worker, and no card opening begins with it."""

from __future__ import annotations

import secrets
import time
from typing import Any

import pytest
from whole_kit import kit_at, room_on

from padkit_agent.core.clock import Clock
from padkit_agent.devices import DeviceProfile
from padkit_agent.flows.perform import Performer
from padkit_sdk.errors import Refused
from padkit_sdk.ports import Capability, CardDispenser, CardPlace
from padkit_sim.kitfile import find_kit_file

BOX = DeviceProfile("box", "card_dispenser", "CRT-541", serial="EJB-0001")
TIMEOUT_S = 30.0


async def no_sleep(seconds: float) -> None:
    raise AssertionError("nobody waits here")


async def test_a_box_that_only_ejects_pushes_a_card_out_and_opens_none(tmp_path):
    nobody: Any = None
    with kit_at(tmp_path, find_kit_file("eject_only_box")) as kit:
        async with room_on(kit, BOX) as room:
            clock = Clock(time.time, time.monotonic, no_sleep)
            performer = Performer(room, nobody, nobody, nobody, nobody, clock, secrets.token_bytes)
            with pytest.raises(Refused, match="此发卡箱不能预送卡") as refused:
                await performer.check_box()
            assert refused.value.reason == "box.cannot"
            async with room.lease("box", owner="test", purpose="eject", ttl_s=60) as held:
                box = held.port(CardDispenser)
                assert await box.capabilities() == {Capability.EJECT}
                await box.prepare(timeout_s=TIMEOUT_S)
                with pytest.raises(Refused, match="it cannot stage a card") as refused:
                    await box.stage(timeout_s=TIMEOUT_S)
                assert refused.value.reason == "box.cannot"
                assert (await box.eject(timeout_s=TIMEOUT_S)).card is CardPlace.NONE
        assert [card["serial"] for card in kit.state()["box"]["cards"] if card["place"] == "out"] == ["000001"]
