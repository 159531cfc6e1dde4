"""The simulated BlueZ as bare bleak and bare D-Bus see it; what our own link makes of it is in tests/unit/agent/links."""

from __future__ import annotations

import asyncio
import os

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakDBusError, BleakError
from bluetooth import ADDRESS, CLIP, SOON_S, standing_bluetooth, until
from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

from padkit_sim.wires.bluez_wire import address_of

FRAME = bytes(range(250)) * 3
DEVICE = "/org/bluez/hci0/dev_C0_FF_EE_00_00_01"


@pytest.fixture
async def bluetooth():
    async with standing_bluetooth() as made:
        yield made


@pytest.fixture
def clip(bluetooth):
    return bluetooth.clip()


@pytest.fixture
async def client(clip):
    found = await BleakScanner.find_device_by_address(ADDRESS, timeout=SOON_S)
    async with BleakClient(found) as made:
        yield made


@pytest.fixture
async def said(client):
    """What was notified, through a property or a socket."""

    async def subscribed(*, use_start_notify):
        pieces = []
        await client.start_notify(
            CLIP.notify, lambda source, data: pieces.append(bytes(data)), bluez={"use_start_notify": use_start_notify}
        )
        return pieces

    return subscribed


async def heard():
    """The clip and its first advertisement."""
    async with asyncio.timeout(SOON_S), BleakScanner() as scanner:
        return await anext(scanner.advertisement_data())


async def call(bus, path, interface, member, signature="", body=()):
    message = Message("org.bluez", path, f"org.bluez.{interface}", member, signature=signature, body=list(body))
    return await bus.call(message)


async def test_a_peripheral_is_found_with_name_services_and_strength(clip):
    device, data = await heard()
    assert (device.name, data.service_uuids) == ("CLIP-0001", [CLIP.service])
    assert -64 <= data.rssi <= -60


async def test_a_weak_one_has_a_weak_signal(clip):
    clip.arm("ble.weak")
    _, data = await heard()
    assert data.rssi <= -95


@pytest.mark.parametrize("use_start_notify", [True, False])
async def test_notifications_are_cut_at_the_mtu(clip, said, use_start_notify):
    pieces = await said(use_start_notify=use_start_notify)
    clip.wire.write(FRAME)
    await until(lambda: len(b"".join(pieces)) == len(FRAME))
    assert [len(piece) for piece in pieces] == [244, 244, 244, 18]
    assert b"".join(pieces) == FRAME


async def test_equal_notifications_all_arrive(clip, said):
    pieces = await said(use_start_notify=True)
    for _ in range(3):
        clip.wire.write(b"same")
    await until(lambda: pieces == [b"same"] * 3)


async def test_without_a_subscriber_nothing_arrives(clip, client, said):
    clip.wire.write(b"lost")
    pieces = await said(use_start_notify=False)
    clip.wire.write(b"heard")
    await until(lambda: pieces == [b"heard"])


async def test_a_client_learns_the_mtu(bluetooth, clip, client):
    written = client.services.get_characteristic(CLIP.write)
    assert written.max_write_without_response_size == 244
    await client._backend._acquire_mtu()
    assert client.mtu_size == 247


async def test_a_command_longer_than_the_mtu_is_refused_a_request_is_not(clip, client):
    with pytest.raises(BleakDBusError, match="InvalidValueLength"):
        await client.write_gatt_char(CLIP.write, bytes(245), response=False)
    await client.write_gatt_char(CLIP.write, bytes(500), response=True)
    assert len(clip.heard) == 500


async def test_a_socket_to_write_to_is_heard(clip, client):
    bus = await MessageBus(os.environ["DBUS_SYSTEM_BUS_ADDRESS"], BusType.SYSTEM, negotiate_unix_fd=True).connect()
    (path,) = (it.obj[0] for it in client.services.characteristics.values() if it.uuid == CLIP.write)
    reply = await call(bus, path, "GattCharacteristic1", "AcquireWrite", "a{sv}", [{}])
    (fd,) = reply.unix_fds
    os.write(fd, b"through a socket")
    await until(lambda: clip.heard == b"through a socket")
    again = await call(bus, path, "GattCharacteristic1", "AcquireWrite", "a{sv}", [{}])
    assert (again.message_type, again.error_name) == (MessageType.ERROR, "org.bluez.Error.NotPermitted")
    os.close(fd)
    bus.disconnect()


async def test_a_subscriber_that_died_makes_room_for_the_next(clip, client, said):
    await said(use_start_notify=False)
    os.close(next(iter(client._backend._notification_fds.values())))
    asyncio.get_running_loop().remove_reader(next(iter(client._backend._notification_fds.values())))
    client._backend._notification_fds.clear()
    await until(lambda: clip.wire._notifying._ours is None)
    pieces = await said(use_start_notify=False)
    clip.wire.write(b"next")
    await until(lambda: pieces == [b"next"])


async def test_an_unplugged_peripheral_is_lost_and_another_address_can_take_its_place(bluetooth, clip):
    lost = asyncio.Event()
    found = await BleakScanner.find_device_by_address(ADDRESS, timeout=SOON_S)
    client = BleakClient(found, disconnected_callback=lambda client: lost.set())
    await client.connect()
    clip.wire.unplug()
    async with asyncio.timeout(SOON_S):
        await lost.wait()
    with pytest.raises(BleakError):
        await client.write_gatt_char(CLIP.write, b"?", response=False)
    await client.disconnect()
    clip.plug(serial="SWAPPED-01")
    assert clip.wire.serial == address_of("SWAPPED-01") != ADDRESS
    assert await BleakScanner.find_device_by_address(clip.wire.serial, timeout=SOON_S) is not None


async def test_what_an_adapter_cannot_do_is_refused_as_bluez_does(clip):
    await BleakScanner.find_device_by_address(ADDRESS, timeout=SOON_S)
    bus = await MessageBus(os.environ["DBUS_SYSTEM_BUS_ADDRESS"], BusType.SYSTEM).connect()
    stopped = await call(bus, "/org/bluez/hci0", "Adapter1", "StopDiscovery")
    assert stopped.error_name == "org.bluez.Error.Failed"
    removed = await call(bus, "/org/bluez/hci0", "Adapter1", "RemoveDevice", "o", [DEVICE])
    assert removed.message_type is MessageType.METHOD_RETURN
    removed = await call(bus, "/org/bluez/hci0", "Adapter1", "RemoveDevice", "o", ["/org/bluez/hci0/dev_00"])
    assert removed.error_name == "org.bluez.Error.DoesNotExist"
    bus.disconnect()


def test_a_text_stands_for_one_address_of_its_own():
    assert address_of(ADDRESS) == ADDRESS
    assert address_of("A") == address_of("A") != address_of("B")
    assert int(address_of("A")[:2], 16) >= 0xC0
