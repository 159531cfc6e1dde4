"""What is in range of the simulated BlueZ: told at each change, and nothing flaps."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bluetooth import ADDRESS, NORDIC, OTHER_ADDRESS, standing_bluetooth, until

from padkit_agent.links import ble_sight
from padkit_agent.links.ble import open_peripheral
from padkit_agent.links.ble_sight import has_bluetooth, see_peripherals
from padkit_sdk import LinkLost
from padkit_sim.wires import BleIdentity

OTHER = BleIdentity(OTHER_ADDRESS, "CLIP-0002")


@pytest.fixture
async def bluetooth():
    async with standing_bluetooth() as made:
        yield made


@asynccontextmanager
async def looking():
    """What a sight has told so far, by address."""
    told = []
    task = asyncio.create_task(
        see_peripherals([NORDIC], lambda wires: told.append({wire.serial: wire for wire in wires}))
    )
    try:
        yield told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_peripheral_with_our_service_is_told_with_address_and_name(bluetooth):
    bluetooth.clip()
    bluetooth.clip(BleIdentity("C0:FF:EE:00:00:09", "SCALES", service="0000181d-0000-1000-8000-00805f9b34fb"))
    async with looking() as told:
        await until(lambda: told and told[-1])
        wire = told[-1][ADDRESS]
        assert (wire.name, wire.path, wire.kind) == ("CLIP-0001", ADDRESS, "ble")
        assert wire.services == (NORDIC.service,)
        assert list(told[-1]) == [ADDRESS]


async def test_one_that_stays_is_told_once(bluetooth, monkeypatch):
    monkeypatch.setattr(ble_sight, "LOOK_S", 0.2)
    monkeypatch.setattr(ble_sight, "REST_S", 0.01)
    bluetooth.clip()
    async with looking() as told:
        await until(lambda: told and told[-1])
        count = len(told)
        bluetooth.clip(OTHER)
        await until(lambda: OTHER_ADDRESS in told[-1])
        assert len(told) == count + 1


async def test_one_that_went_away_is_gone_after_a_while(bluetooth, monkeypatch):
    for name, value in {"KEPT_S": 0.5, "LOOK_S": 0.2, "REST_S": 0.01}.items():
        monkeypatch.setattr(ble_sight, name, value)
    clip = bluetooth.clip()
    async with looking() as told:
        await until(lambda: told and told[-1])
        clip.wire.unplug()
        await until(lambda: told[-1] == {})
        clip.plug()
        await until(lambda: told[-1])


async def test_one_that_is_connected_stays_though_it_is_not_heard(bluetooth, monkeypatch):
    for name, value in {"KEPT_S": 0.3, "GLANCE_S": 0.1, "LONG_REST_S": 0.01}.items():
        monkeypatch.setattr(ble_sight, name, value)
    bluetooth.clip()
    async with looking() as told:
        await until(lambda: told and told[-1])
        link = await open_peripheral(NORDIC, Path(ADDRESS))
        count = len(told)
        other = bluetooth.clip(OTHER)
        await until(lambda: OTHER_ADDRESS in told[-1])
        other.wire.unplug()
        await until(lambda: OTHER_ADDRESS not in told[-1])
        assert [ADDRESS in seen for seen in told[count:]] == [True, True]
        await link.close()


async def test_one_whose_link_broke_is_told_as_plugged_anew_and_can_be_opened(bluetooth):
    clip = bluetooth.clip()
    async with looking() as told:
        await until(lambda: told and told[-1])
        before = told[-1][ADDRESS]
        link = await open_peripheral(NORDIC, Path(ADDRESS))
        clip.arm("ble.link_loss", nth=2, back_s=0.2)
        clip.wire.write(b"x")
        assert await link.read(timeout_s=5.0) == b"x"
        clip.wire.write(b"x")
        with pytest.raises(LinkLost):
            await link.read(timeout_s=5.0)
        await until(lambda: told[-1][ADDRESS].instance != before.instance)
        await link.close()
        again = await open_peripheral(NORDIC, Path(ADDRESS))
        clip.wire.write(b"x")
        assert await again.read(timeout_s=5.0) == b"x"
        await again.close()


async def test_one_whose_link_breaks_before_it_has_said_anything_is_not_told_anew(bluetooth):
    clip = bluetooth.clip()
    async with looking() as told:
        await until(lambda: told and told[-1])
        before = told[-1][ADDRESS]
        link = await open_peripheral(NORDIC, Path(ADDRESS))
        clip.wire.forget()
        with pytest.raises(LinkLost):
            await link.read(timeout_s=5.0)
        await link.close()
        bluetooth.clip(OTHER)
        await until(lambda: OTHER_ADDRESS in told[-1])
        assert told[-1][ADDRESS] == before


async def test_one_that_cannot_be_opened_any_more_is_gone_until_it_is_heard(bluetooth):
    clip = bluetooth.clip()
    async with looking() as told:
        await until(lambda: told and told[-1])
        clip.wire.unplug()
        with pytest.raises(LinkLost, match="not in range"):
            await open_peripheral(NORDIC, Path(ADDRESS))
        await until(lambda: told[-1] == {})
        clip.plug()
        await until(lambda: ADDRESS in told[-1])


async def test_a_look_that_is_cancelled_while_the_service_is_gone_ends(bluetooth):
    async with looking() as told:
        await until(lambda: told)
        await bluetooth.stack.bluez.close()


async def test_a_weak_one_is_told_too(bluetooth):
    bluetooth.clip().arm("ble.weak")
    async with looking() as told:
        await until(lambda: told and told[-1])


async def test_a_vanished_one_comes_back_when_the_fault_is_cleared(bluetooth):
    clip = bluetooth.clip()
    clip.arm("ble.vanish")
    async with looking() as told:
        await until(lambda: told)
        assert told[-1] == {}
        clip.clear("ble.vanish")
        await until(lambda: ADDRESS in told[-1])


async def test_a_bus_that_goes_ends_the_look_and_a_new_look_sees(bluetooth, monkeypatch):
    monkeypatch.setattr(ble_sight, "LOOK_S", 0.2)
    bluetooth.clip()
    await bluetooth.stack.stop()
    with pytest.raises(LinkLost):
        await see_peripherals([NORDIC], lambda wires: None)
    await bluetooth.stack.start()
    async with looking() as told:
        await until(lambda: told and told[-1])
        await bluetooth.stack.stop()


@pytest.mark.parametrize(
    ("adapters", "environ", "there"),
    [((), {}, False), (("hci0",), {}, True), ((), {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/x"}, True)],
)
def test_a_machine_without_bluetooth_is_left_alone(tmp_path, adapters, environ, there):
    for adapter in adapters:
        (tmp_path / "class" / "bluetooth" / adapter).mkdir(parents=True)
    assert has_bluetooth({"PADKIT_SYSFS": str(tmp_path), **environ}) is there
