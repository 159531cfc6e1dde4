"""A known PIN goes through the whole stack and is nowhere but in the keypad: not on the wire, in a log, in a file, in memory.

The stack is real: a simulated keypad in a process of its own, its journal on, a device room, a worker process with the driver.
PINs have twelve digits, so that their six bytes in BCD are not met by chance in a worker's memory.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import structlog

from padkit_agent.devices import (
    DeviceProfile,
    DeviceRoom,
    Ground,
    KitProfile,
    LoopClock,
    RoomEvent,
    SpawnerLauncher,
    WireScan,
    no_hints,
    open_room,
)
from padkit_agent.plugins import find_plugins
from padkit_sdk import AskAgain, Pan
from padkit_sdk.ports import PinFormat, PinPad
from padkit_sim.hil import RunningKit, Serving
from padkit_sim.hil.serving import Wanted
from padkit_sim.hil.talk import KitJournal

KIT_FILE = Path(__file__).parent / "pin_kit.toml"
PIN, OTHER = "918273645546", "730915482637"
PAN = "6228480000000000018"
ASKED = {"key_id": "30", "format": PinFormat.ISO_0, "min_length": 6, "max_length": 12, "timeout_s": 30.0}
HELD = {"owner": "flow-1", "purpose": "card_open", "ttl_s": 60.0}
CHUNK = 1 << 20


def spelled(pin: str) -> set[bytes]:
    """A PIN as digits, as BCD, as the clear PIN field and as the clear block, each raw and in hex."""
    field = bytes.fromhex(f"0{len(pin):X}{pin}".ljust(16, "F"))
    account = bytes.fromhex("0000" + PAN[-13:-1])
    block = bytes(one ^ other for one, other in zip(field, account, strict=True))
    raw = {pin.encode(), pin.encode("utf-16-le"), bytes.fromhex(pin), field, block, pin[::-1].encode()}
    return raw | {text for it in raw for text in (it.hex().encode(), it.hex().upper().encode())}


SPELLED = spelled(PIN) | spelled(OTHER)


def holds(data: bytes) -> bool:
    return any(spelling in data for spelling in SPELLED)


def memory_of(pid: int) -> Iterator[bytes]:
    """Every writable mapping of a process of ours, in chunks that overlap."""
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb") as mem:
        for line in maps:
            span, rights, *_ = line.split()
            start, end = (int(it, 16) for it in span.split("-"))
            if "rw" not in rights or "[v" in line:
                continue
            for at in range(start, end, CHUNK):
                mem.seek(at)
                try:
                    held = mem.read(min(CHUNK + 64, end - at))
                except OSError:  # the mapping went meanwhile
                    break
                yield held


@pytest.fixture
def pin_kit(tmp_path: Path) -> Iterator[RunningKit]:
    wanted = Wanted(str(KIT_FILE), tmp_path / "kit")
    serving = Serving(wanted)
    serving.start()
    yield RunningKit(serving, KitJournal(wanted.journal, update_golden=False))
    serving.stop()


@asynccontextmanager
async def room_of(kit: RunningKit) -> AsyncIterator[DeviceRoom]:
    launcher = SpawnerLauncher(dict(kit.environment), LoopClock())
    scan = WireScan.from_environment(kit.environment)
    log = structlog.get_logger(room="devices")
    ground = Ground(launcher, scan, no_hints, LoopClock(), random.Random(7), log)
    try:
        async with open_room(
            KitProfile((DeviceProfile("pin", "back_clip", "ZT588"),)), find_plugins().found, ground
        ) as room:
            yield room
    finally:
        await launcher.close()


async def entered(kit: RunningKit, room: DeviceRoom, *pins: str) -> bytes:
    """Let the customer enter `pins`, one for each entry; the block."""
    with room.events() as events:
        async with room.lease("pin", **HELD) as device:  # type: ignore[arg-type]
            call = device.port(PinPad).read_pin(account=Pan(PAN), twice=len(pins) == 2, **ASKED)  # type: ignore[arg-type]
            reading = asyncio.ensure_future(call)
            for pin in pins:
                async for event in events:
                    if event.name == "pin.entry":
                        break
                await asyncio.to_thread(kit.hand, "pin", "press_keys", item=f"{pin}E")
            return (await reading).block.data


async def test_a_pin_is_nowhere_but_in_the_keypad(pin_kit: RunningKit, tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        async with room_of(pin_kit) as room:
            await room.wait_ready("pin", 100)
            with room.events() as events:
                block = await entered(pin_kit, room, PIN, PIN)
                with pytest.raises(AskAgain) as mismatch:
                    await entered(pin_kit, room, PIN, OTHER)
                told: list[RoomEvent] = []
                async with asyncio.timeout(100):
                    while [event.name for event in told].count("pin.key_pressed") < len(PIN) * 4:
                        told.append(await anext(events))
            (worker,) = {log["pid"] for log in logs if log["event"] == "plugin.up"}
            assert not any(holds(chunk) for chunk in memory_of(worker))
    journal = tmp_path / "kit" / "journal.jsonl"
    assert mismatch.value.hint == "pin.mismatch"
    assert len(block) == 8
    counts = [event.detail["count"] for event in told if event.name == "pin.key_pressed"]
    assert counts == [str(n) for _ in range(4) for n in range(1, 13)]
    assert not holds(repr(told).encode())
    assert not holds(repr(logs).encode() + repr(mismatch.value).encode())
    passed = [msgspec.json.decode(line) for line in journal.read_bytes().splitlines()]
    wire = b"".join(bytes.fromhex(record["hex"]) for record in passed if record["hex"])
    assert wire.count(b"*") >= 4 * 12
    assert not holds(wire)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert journal in files
    assert [path for path in files if holds(path.read_bytes())] == []


async def test_the_search_finds_a_pin_that_is_there() -> None:
    held = bytearray(PIN, "ascii")
    assert any(holds(chunk) for chunk in memory_of(os.getpid()))
    assert held
