"""`padkit-central user`: what it prints, what it changes, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

Run = Callable[..., Result]
WHY = ("--reason", "a test", "--by", "keeper")
LI = ("user", "put", "Li Hua", "--role", "authoriser", "--level", "3", "--reports-to", "Wu", *WHY)


async def test_a_user_is_put_changed_disabled_and_enabled(run: Run) -> None:
    assert "nobody can authorise" in (await run("user", "list")).output
    assert (await run(*LI)).output == "Li Hua: authoriser, level 3, reports to Wu\n"
    assert (await run("user", "put", "li.hua", "--role", "authoriser", "--level", "2", *WHY)).exit_code == 0
    assert (await run("user", "disable", "LI HUA", *WHY)).exit_code == 0
    (row,) = json.loads((await run("user", "list", "--json")).output)
    assert (row["name"], row["level"], row["reports_to"], row["disabled"]) == ("li.hua", 2, "", True)
    assert (await run("user", "enable", "Li Hua", *WHY)).exit_code == 0
    assert (await run("user", "list")).output == "li.hua: authoriser, level 2, reports to nobody, in service\n"
    trail = json.loads((await run("audit", "list", "--json")).output)
    assert [(it["who"], it["what"]) for it in trail] == [
        ("keeper", "user.put"), ("keeper", "user.put"), ("keeper", "user.disabled"), ("keeper", "user.enabled"),
    ]  # fmt: skip


async def test_a_dry_run_writes_nothing(run: Run) -> None:
    assert (await run(*LI, "--dry-run")).output.endswith("(dry run: nothing was written)\n")
    assert "no users yet" in (await run("user", "list")).output
    unknown = await run("user", "disable", "Li Hua", *WHY, "--dry-run")
    assert (unknown.exit_code, "user.unknown" in unknown.output) == (1, True)


async def test_names_that_are_none_and_circles_are_refused(run: Run) -> None:
    for name, code in (("...", "user.name"), ("x" * 65, "user.name"), ("wu", "user.reports_to")):
        told = await run("user", "put", name, "--role", "manager", "--level", "1", "--reports-to", "Wu", *WHY)
        assert (told.exit_code, code in told.output) == (1, True), name
    assert (await run("user", "put", "a\x1b", "--role", "manager", "--level", "1", *WHY)).exit_code == 2
    assert (await run("user", "enable", "Li Hua", *WHY)).exit_code == 1
