"""A kit's disk in another machine opens nothing; the kit after a repair opens everything."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from journey import Journey

from padkit_sim.demo import files
from padkit_sim.demo.process import program
from padkit_sim.machine import Machine
from padkit_sim.wires import BoardTree


def copied(journey: Journey, to: Path) -> Path:
    """Return the settings of a kit that has every file of ours."""
    shutil.copytree(journey.folder, to, ignore=shutil.ignore_patterns("*.sock"))
    return to / files.AGENT


def other_machine(folder: Path) -> Path:
    """Return the sysfs of a machine of the same make."""
    (folder / "sys").mkdir(parents=True)
    Machine("thief", 1).seen_by(BoardTree(folder / "sys"))
    return folder / "sys"


def ours(journey: Journey) -> Path:
    return Path(journey.world.children["kit"].ready["env"]["PADKIT_SYSFS"])


async def said(*words: str, sysfs: Path) -> tuple[int, str]:
    """Run `padkit-agent` on a machine; return its exit code and all it printed."""
    process = await asyncio.create_subprocess_exec(
        *("env", f"PADKIT_SYSFS={sysfs}", program("padkit-agent"), *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_a_copied_disk_opens_in_its_own_machine_only(journey: Journey, tmp_path: Path) -> None:
    settings = copied(journey, tmp_path / "copy")
    code, out = await said("ledger", "--json", "--config", str(settings), sysfs=ours(journey))
    assert (code, '"cards"' in out) == (0, True), out
    elsewhere = other_machine(tmp_path)
    for words in (("ledger", "--json"), ("run",)):
        code, out = await said(*words, "--config", str(settings), sysfs=elsewhere)
        assert (code, "this disk was made for another machine" in out) == (1, True), out


async def test_a_kit_with_a_new_disk_controller_works_on_and_says_so(journey: Journey) -> None:
    before = (await journey.world.kit("state"))["hardware"]["disk"]
    await journey.stop_agent()
    await journey.world.kit("hardware", trait="disk", value=f"{before}-NEW")
    await journey.start_agent()
    assert "vault.traits_changed" in (journey.folder / "agent.log").read_text()
    assert (await journey.open())["phase"] == "CLOSED"
    await journey.compare()
