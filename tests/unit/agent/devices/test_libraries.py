"""Vendors' libraries are found by file name, and one that crashes or hangs costs a call, not its worker."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest
from vendor_library import build, installed

from padkit_agent.devices import DeviceProfile
from padkit_agent.devices.libraries import VENDOR_LIBRARIES, LibraryScan
from padkit_sdk import DeviceFault, OutcomeUnknown
from padkit_sdk.ports import ChipCard, Device

CLIP = DeviceProfile("clip", "sdk_bridge", "MTX")
HELD = {"owner": "flow-1", "purpose": "card_open", "ttl_s": 600.0}
CRASH, HANG, LEAK = (bytes([0x80, 0xEE, deed, 0]) for deed in (1, 2, 3))


@pytest.fixture(scope="session")
def built(gcc, tmp_path_factory):
    return build(tmp_path_factory.mktemp("vendor"))


@pytest.fixture
def library(built, tmp_path):
    return installed(built, tmp_path / "libraries")


def test_libraries_are_found_by_name_and_only_in_the_named_folder(library):
    (library.parent / "readme.txt").write_text("no library")
    (wire,) = LibraryScan(library.parent)()
    assert (wire.kind, wire.name, wire.path) == ("library", "libmtx.so", str(library))
    assert LibraryScan(None)() == ()
    assert LibraryScan(Path("/nowhere"))() == ()
    assert LibraryScan(library.parent, lambda: (wire,))() == (wire, wire)


async def test_a_library_that_misbehaves_is_survived_by_worker_and_agent(kit, library):
    kit.scan = LibraryScan(library.parent, kit.scan)
    kit.plug()
    environ = {**os.environ, VENDOR_LIBRARIES: str(library.parent)}
    async with kit.room(CLIP, DeviceProfile("box", "toy", "toy"), environ=environ) as room:
        view = await room.wait_ready("clip", 20)
        await room.wait_ready("box", 10)
        assert (view.identity.model, view.identity.firmware) == ("MTX", "FakeVendor 1.0")
        before = workers()
        async with room.lease("clip", **HELD) as clip:
            chip = clip.port(ChipCard)
            for deed, timeout_s in ((CRASH, 10), (HANG, 0.2), (LEAK, 10)):
                await chip.power_on(timeout_s=10)
                with pytest.raises(OutcomeUnknown):
                    await chip.transmit(deed, timeout_s=timeout_s)
                assert (await room.self_test("box", timeout_s=5)).passed
            await chip.power_on(timeout_s=10)
            with pytest.raises(OutcomeUnknown):
                await chip.transmit(CRASH, timeout_s=10)
            with pytest.raises(DeviceFault) as spent:
                await clip.port(Device).identify(timeout_s=10)
        assert spent.value.fault == "bridge.spent"
        assert workers() == before


async def test_a_library_that_others_can_write_is_not_loaded(kit, library):
    kit.scan = LibraryScan(library.parent, kit.scan)
    library.chmod(0o666)
    with_folder = {**os.environ, VENDOR_LIBRARIES: str(library.parent)}
    async with kit.room(CLIP, environ=with_folder) as room:
        while room.view("clip").problem is None:
            with room.events() as events:
                await anext(events)
        assert "chmod go-w" in room.view("clip").problem.message


def workers():
    """The worker processes: what the spawner has forked."""
    (spawner,) = [child for child in psutil.Process().children() if "padkit_agent.spawner" in child.cmdline()]
    return {worker.pid for worker in spawner.children()}
