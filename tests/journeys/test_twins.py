"""Two equal devices that change places while they are in use keep their roles, on every kind of wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from whole_kit import READY_S, kit_at, room_on

from padkit_agent.devices import DeviceProfile, DeviceRoom, DeviceState, RoomEvent
from padkit_sdk.ports import DeviceIdentity
from padkit_sim.hil import RunningKit

FILE = Path(__file__).parent / "twin_kit.toml"
TWINS = (
    ("pad", "signature_pad", "STU", "STU-0001", "STU-0002"),
    ("slot", "back_clip", "PCSC", "CR-0001", "CR-0002"),
    ("module", "fingerprint", "R30x", "FP-0001", "FP-0002"),
    ("clip", "back_clip", "SAM_V", "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"),
)
ROLES = tuple(
    DeviceProfile(f"{name}_{which}", plugin, model, serial=serial)
    for name, plugin, model, *serials in TWINS
    for which, serial in zip(("one", "two"), serials, strict=True)
)
AWAY_S = 0.1


async def test_two_equal_devices_that_change_places_keep_their_roles(tmp_path: Path) -> None:
    with kit_at(tmp_path / "kit", FILE) as kit:
        async with room_on(kit, *ROLES) as room:
            before = {role.device: room.view(role.device) for role in ROLES}
            assert len({view.where for view in before.values() if view.where}) == 4  # PC/SC and the air have no places
            for name, _, _, first, second in TWINS:
                one, two = f"{name}_one", f"{name}_two"
                with room.events() as events:
                    await change_places(kit, one, two, first, second)
                    await until_both_came_anew(events, one, two)
                for role in (one, two):
                    await room.wait_ready(role, READY_S)
                assert identity(room, one) == before[one].identity
                assert identity(room, two) == before[two].identity
                assert [room.view(it).where for it in (one, two)] == [before[two].where, before[one].where]
            assert {view.state for view in room.list()} == {DeviceState.READY}


async def change_places(kit: RunningKit, one: str, two: str, first: str, second: str) -> None:
    """Pull both and plug each where the other was: the simulator's device `one` is now the one with the second serial."""
    for device in (one, two):
        await asyncio.to_thread(kit.unplug, device)
    away = asyncio.Event()
    asyncio.get_running_loop().call_later(AWAY_S, away.set)
    await away.wait()
    for device, serial in ((one, second), (two, first)):
        await asyncio.to_thread(kit.plug, device, serial=serial)


async def until_both_came_anew(events: AsyncIterator[RoomEvent], *devices: str) -> None:
    """Wait until each of `devices` was opened again."""
    missing = set(devices)
    async with asyncio.timeout(READY_S):
        async for seen in events:
            assert seen.name != "plugin.crashed", seen
            if seen.name == "device.opening":
                missing.discard(seen.device)
            if not missing:
                return


def identity(room: DeviceRoom, device: str) -> DeviceIdentity | None:
    return room.view(device).identity
