"""The demonstration itself: three cards, two frauds, a compare, exit 0; one record changed behind everybody's back is named."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from padkit_sim.demo.process import program

SPEED = "40"
DIFFERENT = 1


async def demo(folder: Path, *words: str) -> tuple[int, str]:
    """Play the demonstration; return its exit code and what it showed."""
    command = (program("padkit-sim"), "demo", "--speed", SPEED, "--folder", str(folder), *words)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_the_demonstration_opens_three_cards_refuses_two_frauds_and_all_four_agree(tmp_path: Path) -> None:
    code, said = await demo(tmp_path)
    assert code == 0, said
    for sign in ("CLOSED", "CORE_UNKNOWN", "REVERSED", "ocr.differs: number 15, 16", "face.not_live"):
        assert sign in said


async def test_one_record_changed_is_found_and_its_card_named(tmp_path: Path) -> None:
    """One witness of four; what is run before landing changes each of them in turn."""
    code, said = await demo(tmp_path, "--tamper", "central")
    assert code == DIFFERENT, said
    changed, compared = said.split("The compare")
    (voucher,) = re.findall(r"card (\d{6}) ", changed.splitlines()[-2])
    assert voucher in compared
