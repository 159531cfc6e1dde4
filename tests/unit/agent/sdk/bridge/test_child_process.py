"""What a vendor's library does to its process stays there: each misdeed is survived, within a budget."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time

import psutil
import pytest

from padkit_sdk import BadFrame, DeviceFault, DriverContext, LinkLost, OutcomeUnknown
from padkit_sdk.bridge import BridgedReader, RestartBudget
from padkit_sdk_bridge.mtx import LIBRARY

CRASH, HANG, LEAK, GARBAGE, CHATTER, LEAVE, ORPHAN = (bytes([0x80, 0xEE, deed, 0]) for deed in range(1, 8))
FINE = bytes.fromhex("80CA9F17")


async def misbehave(reader, deed, timeout_s=10.0):
    await reader.power_on(timeout_s=10)
    await reader.transmit(deed, timeout_s=timeout_s)


async def is_well(reader):
    await reader.power_on(timeout_s=10)
    return await reader.transmit(FINE, timeout_s=10) == b"\x90\x00"


async def gone(pid):
    while psutil.pid_exists(pid):  # noqa: ASYNC110 - the end of another process is no event of ours
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("deed", "error", "told"),
    [
        (CRASH, OutcomeUnknown, "signal 11"),
        (LEAVE, OutcomeUnknown, "exit code 3"),
        (LEAK, OutcomeUnknown, "signal 6"),
        (GARBAGE, BadFrame, "told -5 bytes"),
        (CHATTER, BadFrame, "no answer"),
    ],
    ids=["crash", "leave", "leak", "garbage", "chatter"],
)
async def test_a_misdeed_ends_its_process_and_the_next_call_has_a_new_one(reader, deed, error, told):
    await reader.identify(timeout_s=10)
    first = reader.caller.pid
    with pytest.raises(error, match=told):
        await misbehave(reader, deed)
    await gone(first)
    assert await is_well(reader)
    assert reader.caller.pid != first


async def test_a_hang_is_killed_at_the_deadline(reader):
    await reader.identify(timeout_s=10)
    first = reader.caller.pid
    with pytest.raises(OutcomeUnknown, match="did not return in time"):
        await misbehave(reader, HANG, timeout_s=0.2)
    await gone(first)
    assert await is_well(reader)


async def test_a_cancel_kills_what_cannot_be_cancelled(reader):
    await reader.power_on(timeout_s=10)
    first = reader.caller.pid
    hanging = asyncio.ensure_future(reader.transmit(HANG, timeout_s=60))
    while reader.caller.calling != "card_APDU":  # noqa: ASYNC110 - nor is the beginning of a call
        await asyncio.sleep(0)
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    await gone(first)


async def test_what_the_library_started_dies_with_it(reader):
    with pytest.raises(OutcomeUnknown):
        await misbehave(reader, ORPHAN)
    left = [p for p in psutil.process_iter(["cmdline"]) if str(reader._link.path) in (p.info["cmdline"] or [])]
    await asyncio.gather(*(gone(process.pid) for process in left))


async def test_after_a_crash_the_chip_has_no_power(reader):
    with pytest.raises(OutcomeUnknown):
        await misbehave(reader, CRASH)
    with pytest.raises(DeviceFault) as caught:
        await reader.transmit(FINE, timeout_s=5)
    assert caught.value.fault == "chip.off"


async def test_the_budget_outlives_the_driver(reader):
    for _ in range(4):
        with pytest.raises(OutcomeUnknown):
            await misbehave(reader, CRASH)
    anew = BridgedReader(LIBRARY, reader._link, DriverContext("clip", time.monotonic, lambda event: None))
    with pytest.raises(DeviceFault, match="ended 4 times in 10 minutes") as caught:
        await anew.identify(timeout_s=10)
    assert caught.value.fault == "bridge.spent"


def test_a_budget_comes_back_with_time():
    budget = RestartBudget()
    for now_s in (0.0, 1.0, 2.0):
        budget.spend(now_s)
    assert not budget.is_spent(3.0)
    budget.spend(3.0)
    assert budget.is_spent(3.0)
    assert not budget.is_spent(600.0)


async def test_the_process_has_less_memory_than_it_wants_and_its_own_group(reader):
    await reader.identify(timeout_s=10)
    pid = reader.caller.pid
    limit, _ = psutil.Process(pid).rlimit(psutil.RLIMIT_DATA)
    assert limit == LIBRARY.memory_mb << 20
    assert os.getpgid(pid) == pid


async def test_a_file_that_is_no_library_is_told(tmp_path, reader):
    wrong = tmp_path / "libwrong.so"
    wrong.write_text("no library")
    other = BridgedReader(LIBRARY, dataclass_link(wrong), DriverContext("clip", time.monotonic, lambda event: None))
    with pytest.raises(DeviceFault) as caught:
        await other.identify(timeout_s=10)
    assert caught.value.fault == "bridge.load"


async def test_a_closed_one_does_nothing(reader):
    await reader.identify(timeout_s=10)
    pid = reader.caller.pid
    await reader.close()
    await gone(pid)
    with pytest.raises(LinkLost, match="closed"):
        await reader.identify(timeout_s=5)


def dataclass_link(path):
    made = dataclasses.make_dataclass("Link", ["path"])(path)
    made.close = lambda: asyncio.sleep(0)
    return made
