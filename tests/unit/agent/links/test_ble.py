"""The Bluetooth LE link against the simulated BlueZ, through the real bleak and a real dbus-daemon."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bluetooth import ADDRESS, CLIP, NORDIC, SOON_S, standing_bluetooth, until

from padkit_agent.links import ble
from padkit_agent.links.ble import open_peripheral
from padkit_agent.links.ble_radio import why_lost
from padkit_sdk import LinkLost, Refused
from padkit_sim.wires import BleIdentity

RECORD = bytes(range(256)) * 5 + b"the end of an id"  # as long as an answer with text and photo


@pytest.fixture
async def bluetooth():
    async with standing_bluetooth() as made:
        yield made


@pytest.fixture
def clip(bluetooth):
    return bluetooth.clip()


@pytest.fixture
async def opened():
    """Open links that are closed in the end."""
    links = []

    async def link(match=NORDIC, address=ADDRESS):
        links.append(await open_peripheral(match, Path(address)))
        return links[-1]

    yield link
    for one in links:
        await one.close()


async def receive(link, count):
    got = b""
    async with asyncio.timeout(SOON_S):
        while len(got) < count:
            got += await link.read(timeout_s=SOON_S)
    return got


@pytest.mark.parametrize("mtu", [23, 64, 185, 247, 517])
async def test_frames_of_any_length_pass_in_both_directions(bluetooth, opened, mtu):
    clip = bluetooth.clip(BleIdentity(ADDRESS, "CLIP-0001", mtu=mtu))
    link = await opened()
    clip.answer = lambda data: RECORD if bytes(clip.heard).endswith(b"?") else b""
    for question in (b"?", b"q" * (mtu - 3) + b"?", b"q" * 1000 + b"?"):
        clip.heard.clear()
        await link.write(question)
        assert await receive(link, len(RECORD)) == RECORD
        assert bytes(clip.heard) == question


async def test_silence_is_no_bytes(clip, opened):
    link = await opened()
    assert await link.read(timeout_s=0.01) == b""


async def test_a_lower_case_address_is_the_same(clip, opened):
    await (await opened(address=ADDRESS.lower())).write(b"here")
    await until(lambda: clip.heard == b"here")


async def test_a_peripheral_out_of_range_is_lost_in_bounded_time(bluetooth, monkeypatch):
    monkeypatch.setattr(ble, "FIND_S", 0.2)
    with pytest.raises(LinkLost, match="not in range"):
        await open_peripheral(NORDIC, Path(ADDRESS))


async def test_a_peripheral_that_does_not_answer_is_lost_in_bounded_time(clip, opened, monkeypatch):
    (await opened()).discard_input()
    clip.arm("ble.vanish")
    await until(lambda: not clip.wire.connected)
    monkeypatch.setattr(ble, "FIND_S", 0.2)
    monkeypatch.setattr(ble, "OPEN_S", 0.5)
    with pytest.raises(LinkLost):
        await opened()
    clip.clear("ble.vanish")
    monkeypatch.undo()
    await (await opened()).write(b"back")
    await until(lambda: clip.heard == b"back")


async def test_another_kind_of_device_is_lost_and_let_go(bluetooth):
    other = bluetooth.clip(BleIdentity(ADDRESS, "SCALES", service="0000181d-0000-1000-8000-00805f9b34fb"))
    with pytest.raises(LinkLost, match="another kind of device"):
        await open_peripheral(NORDIC, Path(ADDRESS))
    await until(lambda: not other.wire.connected)


async def test_a_refused_connection_is_lost_and_the_next_one_stands(clip, opened):
    clip.arm("ble.refuse_connect", times=2)
    for _ in range(2):
        with pytest.raises(LinkLost, match="refuses connections"):
            await opened()
    await (await opened()).write(b"hello")
    await until(lambda: clip.heard == b"hello")


async def test_the_mtu_of_a_connection_is_kept_to(clip, opened):
    clip.arm("ble.mtu")
    clip.answer = lambda data: RECORD
    link = await opened()
    await link.write(b"?" * 15)
    assert await receive(link, len(RECORD)) == RECORD


async def test_a_link_lost_in_the_middle_of_an_answer_ends_a_blocked_read_and_is_made_again(clip, opened):
    clip.answer = lambda data: RECORD
    clip.arm("ble.link_loss", nth=3)
    link = await opened()
    await link.write(b"?")
    with pytest.raises(LinkLost, match=ADDRESS):
        await receive(link, len(RECORD))
    with pytest.raises(LinkLost):
        await link.read(timeout_s=SOON_S)
    with pytest.raises(LinkLost):
        await link.write(b"?")
    await link.close()
    again = await opened()
    await again.write(b"?")
    assert await receive(again, len(RECORD)) == RECORD


async def test_a_stale_subscription_is_silence_and_a_new_link_hears(clip, opened):
    clip.answer = lambda data: b"yes"
    clip.arm("ble.stale_notify")
    link = await opened()
    await link.write(b"?")
    assert await link.read(timeout_s=0.05) == b""
    await link.close()
    again = await opened()
    await again.write(b"?")
    assert await receive(again, 3) == b"yes"


async def test_a_flood_loses_the_link(clip, opened):
    link = await opened()
    clip.wire.write(bytes(ble.MAX_INPUT + 1))
    await until(lambda: link._lost)
    with pytest.raises(LinkLost, match="flood"):
        await link.write(b"?")


async def test_input_can_be_dropped(clip, opened):
    clip.answer = lambda data: data
    link = await opened()
    await link.write(b"old")
    await until(lambda: link._input)
    link.discard_input()
    await link.write(b"new")
    assert await receive(link, 3) == b"new"


async def test_only_one_may_read(clip, opened):
    link = await opened()
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(link.read(timeout_s=0.2))
        await asyncio.sleep(0)
        with pytest.raises(Refused, match="one reader"):
            await link.read(timeout_s=0.01)
    assert waiting.result() == b""


async def test_a_baud_rate_means_nothing(clip, opened):
    (await opened()).set_baud(9600)


async def test_a_closed_link_is_lost_and_the_peripheral_free_for_others(clip, opened):
    link = await opened()
    await link.close()
    await link.close()
    with pytest.raises(LinkLost, match="closed by its driver"):
        await link.write(b"?")
    assert not clip.wire.connected
    await opened()


async def test_closing_a_link_whose_bus_is_gone_does_not_hang(bluetooth, clip, opened):
    link = await opened()
    await bluetooth.stack.stop()
    with pytest.raises(LinkLost):
        await link.read(timeout_s=SOON_S)
    async with asyncio.timeout(SOON_S):
        await link.close()
    with pytest.raises(LinkLost):
        await opened()
    await bluetooth.stack.start()
    await (await opened()).write(b"back")
    await until(lambda: clip.heard == b"back")


async def test_a_connection_that_a_dead_process_left_is_taken_over(bluetooth, clip, opened):
    from bleak import BleakClient, BleakScanner

    clip.answer = lambda data: data
    left = BleakClient(await BleakScanner.find_device_by_address(ADDRESS))
    await left.connect()
    link = await opened()
    await link.write(b"mine")
    assert await receive(link, 4) == b"mine"
    await link.close()
    await left.disconnect()


@pytest.mark.parametrize(
    ("exc", "told"),
    [
        (TimeoutError(), "no answer in time"),
        (ConnectionRefusedError(111, "refused"), "is bluetoothd running"),
        (AssertionError("x" * 1000), "x" * 100),
    ],
)
def test_what_a_library_raises_is_said_in_words_of_ours(exc, told):
    assert told in why_lost(exc)
    assert len(why_lost(exc)) < 250


def test_the_simulated_service_is_the_one_of_the_index_card():
    assert (NORDIC.service, NORDIC.write, NORDIC.notify) == (CLIP.service, CLIP.write, CLIP.notify)
