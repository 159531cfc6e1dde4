"""The USB/IP server towards clients that crowd it or say nothing."""

from __future__ import annotations

import asyncio
import struct

from padkit_sim.wires.usbip import UsbipFace

DEADLINE_S = 60.0
LIST = struct.pack(">HHI", 0x0111, 0x8005, 0)
IMPORT = struct.pack(">HHI", 0x0111, 0x8003, 0)


async def called(address):
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def closed(reader):
    """Whether the server says nothing more and closes."""
    async with asyncio.timeout(DEADLINE_S):
        try:
            return await reader.read() == b""
        except ConnectionResetError:  # it closed before it heard us
            return True


async def test_it_listens_on_loopback_when_not_told_otherwise():
    face = UsbipFace()
    assert (await face.start()).startswith("127.0.0.1:")
    await face.end()


async def test_one_client_too_many_is_closed_and_a_place_that_is_left_is_given_again():
    face = UsbipFace(most_clients=2)
    address = await face.start()
    held = [await called(address) for _ in range(2)]
    reader, writer = await called(address)
    assert await closed(reader)
    writer.close()
    for _, one in held:
        one.write(LIST)  # it is answered, and the talk is over
    for one, _ in held:
        async with asyncio.timeout(DEADLINE_S):
            assert len(await one.read()) == 12
    reader, writer = await called(address)
    writer.write(LIST)
    async with asyncio.timeout(DEADLINE_S):
        assert len(await reader.read()) == 12
    for _, one in (*held, (reader, writer)):
        one.close()
    await face.end()


async def test_who_does_not_say_what_it_wants_is_closed():
    face = UsbipFace(first_s=0.01)
    address = await face.start()
    for said in (b"", LIST[:5], IMPORT + b"1-1"):
        reader, writer = await called(address)
        writer.write(said)
        assert await closed(reader)
        writer.close()
    await face.end()
