"""A described library as a chip reader: what goes well."""

from __future__ import annotations

import dataclasses
import time

import pytest

from padkit_sdk import DeviceFault, DriverContext, Refused
from padkit_sdk.bridge import BridgedReader, Function
from padkit_sdk.ports import CardProtocol
from padkit_sdk_bridge.mtx import LIBRARY

SELECT = bytes.fromhex("00A4040000")
READ = bytes.fromhex("00B2010C00")


async def test_it_says_who_it_is_and_that_it_is_well(reader):
    seen = await reader.identify(timeout_s=10)
    assert (seen.model, seen.firmware) == ("MTX", "FakeVendor 1.0")
    assert (await reader.self_test(timeout_s=10)).passed


async def test_a_chip_is_powered_spoken_to_and_let_go(reader):
    atr = await reader.power_on(timeout_s=10)
    assert (atr.protocol, atr.atr) == (CardProtocol.T1, bytes.fromhex("3B800181"))
    assert await reader.transmit(bytes.fromhex("80CA9F17"), timeout_s=10) == b"\x90\x00"
    await reader.power_off(timeout_s=10)
    await reader.power_off(timeout_s=10)
    with pytest.raises(DeviceFault) as caught:
        await reader.transmit(SELECT, timeout_s=10)
    assert caught.value.fault == "chip.off"


async def test_more_data_and_the_right_length_are_fetched(reader):
    await reader.power_on(timeout_s=10)
    assert await reader.transmit(SELECT, timeout_s=10) == b"\x5a" * 4 + b"\x90\x00"
    assert await reader.transmit(READ, timeout_s=10) == b"\x90\x00"


async def test_beeps_and_what_the_device_refuses(reader):
    await reader.beep(50, timeout_s=10)
    with pytest.raises(DeviceFault) as caught:
        await reader.beep(0, timeout_s=10)
    assert (caught.value.fault, caught.value.raw) == ("bridge.refused", "-7")


async def test_a_function_that_the_library_lacks_is_told(reader):
    with pytest.raises(DeviceFault, match=r"is libmtx\.so the right file") as caught:
        await reader.led(1, timeout_s=10)
    assert caught.value.fault == "bridge.load"


async def test_what_is_not_described_is_refused(library, reader):
    bare = dataclasses.replace(LIBRARY, functions={})
    other = BridgedReader(bare, reader._link, DriverContext("clip", time.monotonic, lambda event: None))
    with pytest.raises(Refused, match="no such function"):
        await other.beep(1, timeout_s=5)


async def test_an_opening_that_fails_is_the_fault_of_its_code(reader):
    shut = dataclasses.replace(LIBRARY, opening=(Function("device_version", LIBRARY.functions["version"].arguments),))
    other = BridgedReader(shut, reader._link, DriverContext("clip", time.monotonic, lambda event: None))
    with pytest.raises(DeviceFault) as caught:
        await other.identify(timeout_s=10)
    assert caught.value.raw == "-9"
    await other.close()


@pytest.mark.parametrize("command", [b"", bytes(3), bytes(262)])
async def test_commands_of_impossible_length_are_refused(reader, command):
    with pytest.raises(Refused, match="give 4 to 261"):
        await reader.transmit(command, timeout_s=5)
