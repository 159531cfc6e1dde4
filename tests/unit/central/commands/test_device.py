"""`padkit-central device`: what it prints, what it changes, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

Run = Callable[..., Result]
BOX = ("CRT-591", "BX-1")


async def test_a_device_is_registered_retired_and_taken_into_use_again(run: Run) -> None:
    assert "no devices yet" in (await run("device", "list")).output
    assert (await run("device", "register", *BOX, "--by", "keeper")).output == (
        "CRT-591 BX-1: not in the register -> registered\n"
    )
    (row,) = json.loads((await run("device", "list", "--json")).output)
    assert (row["key"]["serial"], row["state"], row["kit"]) == ("BX-1", "registered", "")
    assert "registered, at no kit yet" in (await run("device", "list")).output
    assert (await run("device", "retire", *BOX, "--reason", "lost")).exit_code == 0
    assert "retired: lost" in (await run("device", "list")).output
    assert (await run("device", "register", *BOX)).exit_code == 0
    told = (await run("device", "history", *BOX)).output.splitlines()
    assert [line.split()[3] for line in told] == ["registered", "retired", "registered"]
    assert "lost, by administrator" in told[1]


async def test_a_dry_run_writes_nothing(run: Run) -> None:
    told = await run("device", "retire", *BOX, "--reason", "lost", "--dry-run")
    assert told.output == "CRT-591 BX-1: not in the register -> retired (dry run: nothing was written)\n"
    assert "no devices yet" in (await run("device", "list")).output


async def test_what_is_so_already_is_refused(run: Run) -> None:
    await run("device", "register", *BOX)
    again = await run("device", "register", *BOX)
    assert (again.exit_code, "registered already" in again.output) == (1, True)


async def test_a_history_is_of_a_device_or_of_a_kit(run: Run) -> None:
    for words in ((), (*BOX, "--kit", "kit-1"), ("CRT-591",)):
        assert (await run("device", "history", *words)).exit_code == 2
    unknown = await run("device", "history", "--kit", "kit-1")
    assert (unknown.exit_code, "nothing is known" in unknown.output) == (1, True)


async def test_what_would_play_with_a_terminal_is_wrong_use(run: Run) -> None:
    assert (await run("device", "register", "CRT\x1b[31m", "BX-1")).exit_code == 2
