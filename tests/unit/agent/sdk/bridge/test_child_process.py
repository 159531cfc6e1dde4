"""What a vendor's library does to its process stays there: each misdeed is survived, within a budget."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from pathlib import Path

import psutil
import pytest
from vendor_library import FileLink

from padkit_sdk import BadFrame, DeviceFault, DriverContext, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.bridge import BridgedReader, RestartBudget
from padkit_sdk.errors import PadkitError
from padkit_sdk_bridge.mtx import LIBRARY

DEEDS = [bytes([0x80, 0xEE, deed, 0]) for deed in range(1, 14)]
CRASH, HANG, LEAK, GARBAGE, CHATTER, LEAVE, ORPHAN, LAST_WORDS, FLOOD, RUNAWAY, DEAF, NESTED, LISTEN = DEEDS
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
        (FLOOD, BadFrame, "a line of more than"),
        (NESTED, BadFrame, "no answer"),
    ],
    ids=["crash", "leave", "leak", "garbage", "chatter", "flood", "nested"],
)
async def test_a_misdeed_ends_its_process_and_the_next_call_has_a_new_one(reader, deed, error, told):
    await reader.identify(timeout_s=10)
    first = reader.caller.pid
    with pytest.raises(error, match=told):
        await misbehave(reader, deed)
    await gone(first)
    assert await is_well(reader)
    assert reader.caller.pid != first


@pytest.mark.parametrize("deed", [HANG, DEAF], ids=["hang", "deaf to SIGTERM"])
async def test_a_hang_is_killed_at_the_deadline(reader, deed):
    await reader.identify(timeout_s=10)
    first = reader.caller.pid
    with pytest.raises(OutcomeUnknown, match="did not return in time"):
        await misbehave(reader, deed, timeout_s=0.2)
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


@pytest.fixture
def runaways(reader):
    """Processes of the library that are there by now; the fixture ends what a test leaves behind."""

    def those():
        path = str(reader._link.path)
        return [it for it in psutil.process_iter(["cmdline"]) if path in (it.info["cmdline"] or [])]

    yield those
    for process in those():
        process.kill()


async def test_one_that_left_the_group_holds_up_nothing_and_costs_no_descriptor(reader, runaways):
    assert await is_well(reader)
    held = len([*Path("/proc/self/fd").iterdir()])
    with pytest.raises(OutcomeUnknown, match="signal 11"):
        await misbehave(reader, RUNAWAY)
    assert len(runaways()) == 1
    assert await is_well(reader)
    assert len([*Path("/proc/self/fd").iterdir()]) == held


async def test_last_words_are_heard_when_the_process_has_ended_meanwhile(reader):
    await reader.power_on(timeout_s=10)
    pid = reader.caller.pid
    calling = asyncio.ensure_future(reader.transmit(LAST_WORDS, timeout_s=10))
    while reader.caller.calling != "card_APDU":  # noqa: ASYNC110 - the beginning of a call is no event
        await asyncio.sleep(0)
    while psutil.pid_exists(pid):  # on purpose: answer and end wait for the loop together
        pass
    assert await calling == b"\x90\x00"
    await asyncio.wait([reader.caller._child._ended])
    assert await is_well(reader)


async def test_one_that_ended_between_two_calls_is_started_anew_and_counted(reader):
    for _ in range(4):
        await reader.power_on(timeout_s=10)
        assert await reader.transmit(LAST_WORDS, timeout_s=10) == b"\x90\x00"
        await asyncio.wait([reader.caller._child._ended])
    with pytest.raises(DeviceFault) as caught:
        await reader.identify(timeout_s=10)
    assert caught.value.fault == "bridge.spent"


async def test_the_library_cannot_read_what_it_is_asked(reader):
    await reader.power_on(timeout_s=10)
    assert await reader.transmit(LISTEN, timeout_s=10) == b"\x90\x00"


async def test_a_call_waits_for_the_one_before_as_long_as_its_own_time(reader):
    await reader.power_on(timeout_s=10)
    hanging = asyncio.ensure_future(reader.transmit(HANG, timeout_s=60))
    while reader.caller.calling != "card_APDU":  # noqa: ASYNC110 - the beginning of a call is no event
        await asyncio.sleep(0)
    with pytest.raises(Refused, match="card_APDU still runs") as caught:
        await reader.identify(timeout_s=0.1)
    assert caught.value.reason == "bridge.busy"
    hanging.cancel()
    await asyncio.wait([hanging])
    assert await is_well(reader)


async def test_closing_while_the_process_starts_leaves_none_behind(reader, runaways):
    opening = asyncio.ensure_future(reader.identify(timeout_s=10))
    await asyncio.sleep(0)
    await reader.close()
    with pytest.raises(PadkitError):
        await opening
    assert reader.caller.pid is None
    await asyncio.gather(*(gone(process.pid) for process in runaways()))


async def test_another_file_in_its_place_is_not_loaded(library, reader):
    class Looked(FileLink):
        number = FileLink(library).number

    library.rename(library.with_suffix(".old"))
    shutil.copy(library.with_suffix(".old"), library)
    other = BridgedReader(LIBRARY, Looked(library), DriverContext("clip", time.monotonic, lambda event: None))
    with pytest.raises(DeviceFault, match="another file than the one that was looked at") as caught:
        await other.identify(timeout_s=10)
    assert caught.value.fault == "bridge.load"


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
    other = BridgedReader(LIBRARY, FileLink(wrong), DriverContext("clip", time.monotonic, lambda event: None))
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
