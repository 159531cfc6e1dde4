from __future__ import annotations

import os
import select
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from padkit_sim.compare.doors import Doors, hear
from padkit_sim.compare.witnesses import MAX_WITNESS, WitnessUnreadable

World = Any  # the helpers of conftest.py
FourDoors = Any
PYTHON = f"{sys.executable} -c"


def asked(doors: FourDoors, *, timeout_s: float = 20.0, **other: Any) -> Doors:
    told: dict[str, Any] = {
        "kit_command": f"cat {doors.kit}",
        "central_command": f"cat {doors.central}",
        "core_url": doors.url,
        "control": doors.control,
    }
    return Doors(**{**told, **other}, timeout_s=timeout_s)


async def test_all_four_are_heard(world: World, doors: FourDoors) -> None:
    assert await hear(asked(doors)) == world.told()


async def test_words_of_a_command_are_split_and_no_shell_is_asked(
    world: World, doors: FourDoors, tmp_path: Path
) -> None:
    spaced = tmp_path / "a kit; touch gone.json"
    spaced.write_bytes(doors.kit.read_bytes())
    await hear(asked(doors, kit_command=f"cat '{spaced}'"))
    with pytest.raises(WitnessUnreadable, match=r"^kit: cat ended with code 1"):
        await hear(asked(doors, kit_command=f"cat {doors.kit} ; true"))


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("", "--kit-cmd is empty"),
        ("'", "cannot be split into words"),
        ("/nowhere/padkit-agent", "No such file or directory; correct --kit-cmd"),
        (
            f"{PYTHON} 'import sys; sys.exit(\"no store for 6200000000000000001\")'",
            "ended with code 1: no store for …0001; try",
        ),
        (f"{PYTHON} 'print(1)'", "its JSON cannot be read"),
    ],
)
async def test_a_command_that_fails_is_named_with_its_complaint(doors: FourDoors, command: str, complaint: str) -> None:
    with pytest.raises(WitnessUnreadable) as refusal:
        await hear(asked(doors, kit_command=command))
    assert str(refusal.value).startswith("kit: ")
    assert complaint in str(refusal.value)


async def test_a_command_that_never_answers_is_named(doors: FourDoors) -> None:
    with pytest.raises(WitnessUnreadable, match=r"central: sleep gave no answer within 2 s; try it by hand"):
        await hear(asked(doors, central_command="sleep 600", timeout_s=2))


async def test_when_one_door_fails_the_others_and_all_they_started_are_ended(doors: FourDoors, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    hangs = f"sleep 600 & echo $! >> {pids}; echo $$ >> {pids}; wait"
    fails = f"until grep -c . {pids} | grep -q 2; do :; done; exit 1"
    with pytest.raises(WitnessUnreadable, match=r"^kit: sh ended with code 1"):
        await hear(
            asked(doors, kit_command=shlex.join(["sh", "-c", fails]), central_command=shlex.join(["sh", "-c", hangs]))
        )
    assert all(ends(pid) for pid in pids.read_text().split())


def ends(pid: str) -> bool:
    """Whether a process has ended, or does so soon: a killed one takes its moment."""
    try:
        watched = os.pidfd_open(int(pid))
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], 5.0)[0])
    finally:
        os.close(watched)


async def test_a_command_that_prints_for_ever_is_stopped_at_the_cap(doors: FourDoors) -> None:
    with pytest.raises(WitnessUnreadable, match=f"central: more than {MAX_WITNESS} bytes"):
        await hear(asked(doors, central_command="cat /dev/zero"))


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_core_that_does_not_answer_200_is_no_core(doors: FourDoors, status: int) -> None:
    doors.core_answer = (status, b"")
    with pytest.raises(WitnessUnreadable, match=f"core: .*/audit answered {status}"):
        await hear(asked(doors))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "http://[", ""])
async def test_a_core_that_cannot_be_reached_is_named(doors: FourDoors, url: str) -> None:
    with pytest.raises(WitnessUnreadable, match=r"^core: .*--core-url"):
        await hear(asked(doors, core_url=url))


async def test_a_simulator_that_is_not_there_is_named(doors: FourDoors, tmp_path: Path) -> None:
    with pytest.raises(WitnessUnreadable, match=r"^box: .*start the simulator"):
        await hear(asked(doors, control=tmp_path / "none.sock"))


@pytest.mark.parametrize("answer", [b"", b'{"ok":true'])
async def test_a_simulator_that_hangs_up_is_named(doors: FourDoors, answer: bytes) -> None:
    doors.box_answer = answer
    with pytest.raises(WitnessUnreadable, match=r"^box: "):
        await hear(asked(doors))
