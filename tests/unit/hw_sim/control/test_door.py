"""The control socket and its client."""

from __future__ import annotations

import asyncio
import json
import stat

import msgspec
import pytest

from padkit_sim.control import ControlDoor, Desk, ask
from padkit_sim.control.words import State
from padkit_sim.errors import SimRefused
from padkit_sim.kit import Kit
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.wires import MemoryWire


@pytest.fixture
async def path(tmp_path):
    kit = Kit(load(find_kit_file("demo")), lambda e: MemoryWire(), asyncio.get_running_loop().time)
    kit.start()
    door = ControlDoor(Desk(kit), tmp_path / "control")
    await door.open()
    yield tmp_path / "control"
    door.close()
    kit.close()


async def test_only_the_owner_can_use_the_socket(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_line_is_answered_by_a_line(path):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b'{"do":"faults"}\n{"do":"st')
    assert json.loads(await reader.readline())["ok"] is True
    writer.write(b'ate"}\n')
    assert json.loads(await reader.readline())["kit"] == "demo"
    writer.close()
    await writer.wait_closed()


async def test_a_line_without_end_is_sent_away(path):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"x" * 70_000)
    assert "more than 65536 bytes" in json.loads(await reader.readline())["error"]
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_the_client_gets_one_reply(path):
    reply = msgspec.json.decode(await asyncio.to_thread(ask, path, State()))
    assert reply["devices"]["box"]["hopper"] == 40


async def test_a_closed_door_leaves_nothing(tmp_path):
    kit = Kit(load(find_kit_file("demo")), lambda e: MemoryWire(), asyncio.get_running_loop().time)
    door = ControlDoor(Desk(kit), tmp_path / "control")
    await door.open()
    reader, writer = await asyncio.open_unix_connection(tmp_path / "control")
    writer.write(b'{"do":"faults"}\n')
    await reader.readline()
    door.close()
    assert await reader.read() == b""
    assert not (tmp_path / "control").exists()
    writer.close()
    await writer.wait_closed()


async def test_a_socket_that_nobody_serves_is_told(tmp_path):
    with pytest.raises(SimRefused, match="start a kit with `padkit-sim serve`"):
        ask(tmp_path / "none", State())


async def test_a_socket_that_closes_is_told(tmp_path):
    async def hang_up(reader, writer):
        writer.close()

    server = await asyncio.start_unix_server(hang_up, tmp_path / "rude")
    with pytest.raises(SimRefused, match=r"closed without an answer|Broken pipe|reset"):
        await asyncio.to_thread(ask, tmp_path / "rude", State())
    server.close()
