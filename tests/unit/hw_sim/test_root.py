"""What a killed simulator leaves behind goes: its daemon at once, its folder with the next start. Nothing else does."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from padkit_sim.root import OWNER, kit_root, remove_left

DEADLINE_S = 60.0
PADKIT_SIM = [sys.executable, "-c", "from padkit_sim.cli import main; main()"]
KIT = """
[kit]
name = "air"
[[device]]
id = "clip"
type = "identity_reader"
wire = { kind = "ble", address = "C0:FF:EE:00:00:07", mtu = 64 }
"""


async def killed(tmp_path, kit):
    """The environment of a kit whose simulator was just killed; its folder is in `tmp_path`."""
    child = await asyncio.create_subprocess_exec(
        *PADKIT_SIM, "serve", kit, stdout=asyncio.subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    async with asyncio.timeout(DEADLINE_S):
        ready = json.loads(await child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
        await child.wait()
    return ready["env"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


async def test_the_bus_dies_with_a_killed_simulator_and_its_folder_goes_with_the_next_start(place):
    kit = place / "air.toml"
    kit.write_text(KIT, encoding="utf-8")
    env = await killed(place, str(kit))
    bus = env["DBUS_SYSTEM_BUS_ADDRESS"].removeprefix("unix:path=")
    async with asyncio.timeout(DEADLINE_S):
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(bus)
            except ConnectionRefusedError:
                break
            writer.close()
            await asyncio.sleep(0)
    left = Path(bus).parent
    assert left.is_dir()
    with kit_root() as root:
        assert not left.exists()
        assert root.is_dir()
    assert not root.exists()


def test_a_kit_that_stands_stays(place):
    with kit_root() as one, kit_root() as other:
        remove_left(place)
        assert one.is_dir()
        assert other.is_dir()


def test_what_is_not_a_dead_kits_stays(place):
    (strange := place / "kitchen").mkdir()
    (elsewhere := place / "mine").mkdir()
    (elsewhere / OWNER).touch()
    (link := place / "kitlink").symlink_to(elsewhere)
    (trap := place / "kittrap").mkdir()
    (trap / OWNER).symlink_to(elsewhere / OWNER)
    (place / "kitfile").touch()
    remove_left(place)
    assert strange.is_dir()
    assert link.is_symlink()
    assert (elsewhere / OWNER).exists()
    assert trap.is_dir()
    assert (place / "kitfile").exists()


def test_links_inside_a_dead_kits_folder_are_not_followed(place):
    (elsewhere := place / "mine").mkdir()
    (elsewhere / "kept").touch()
    (dead := place / "kitdead").mkdir()
    (dead / OWNER).touch()
    (dead / "link").symlink_to(elsewhere)
    remove_left(place)
    assert not dead.exists()
    assert (elsewhere / "kept").exists()
