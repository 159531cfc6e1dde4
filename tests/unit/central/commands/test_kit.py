"""`padkit-central kit`: what it prints, what it changes, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

from padkit_contract.enrol import read_code

Run = Callable[..., Result]
MADE = ("kit", "code", "kit-9", "--made-by", "keeper")
TWO = ("--by", "li.wei", "--by", "zhang.min")


async def test_a_code_is_shown_once_and_the_kit_is_in_the_register(run: Run) -> None:
    nothing = await run("kit", "list")
    assert nothing.output == "no kits yet; next: padkit-central kit code KIT --made-by NAME\n"
    first, second = [(await run(*MADE)).stdout.strip() for _ in range(2)]
    assert read_code(first) != read_code(second)
    listed = await run("kit", "list")
    assert listed.output == "kit-9            in_use, not enrolled here\n"
    shown = json.loads((await run("kit", "show", "kit-9", "--json")).output)
    assert (shown["kit"]["state"], shown["certificates"]) == ("in_use", [])


async def test_a_kit_is_revoked_with_its_reason(run: Run) -> None:
    revoked = await run("kit", "revoke", "kit-9", "--reason", "lost", "--by", "keeper")
    assert (revoked.exit_code, revoked.stdout) == (0, "kit-9 is revoked; nothing of it is taken any more\n")
    assert (await run("kit", "show", "kit-9")).output == "kit-9            revoked: lost, not enrolled here\n"


async def test_a_name_that_the_register_did_not_know_is_questioned(run: Run) -> None:
    typed = await run("kit", "revoke", "kit-99", "--reason", "lost")
    assert "kit-99 was not in the register before; is the name right?" in typed.stderr
    assert not (await run("kit", "revoke", "kit-99", "--reason", "lost")).stderr


async def test_what_would_play_with_a_terminal_is_wrong_use(run: Run) -> None:
    for words in (
        ("code", "kit-9", "--made-by", "li\x1b[31m"),
        ("revoke", "kit-9", "--reason", "lost\nfound"),
        ("revoke", "kit-9", "--reason", "  "),
        ("revoke", "kit-9", "--reason", "lost", "--by", "a" * 501),
        ("clear", "kit-9", "--reason", "lost", "--by", "li", "--by", "zhang\x07"),
    ):
        refused = await run("kit", *words)
        assert (refused.exit_code, "\x1b" in refused.output) == (2, False), words
    assert "no kits yet" in (await run("kit", "list")).output


async def test_only_a_suspended_kit_is_cleared_and_by_two_people(run: Run) -> None:
    await run(*MADE)
    for people in (("--by", "li.wei"), ("--by", "li.wei", "--by", " LI.WEI ")):
        alone = await run("kit", "clear", "kit-9", "--reason", "looked at", *people)
        assert (alone.exit_code, "two different people" in alone.output) == (2, True)
    early = await run("kit", "clear", "kit-9", "--reason", "looked at", *TWO)
    assert (early.exit_code, "not suspended but in_use" in early.output) == (1, True)
    unknown = await run("kit", "clear", "kit-8", "--reason", "looked at", *TWO)
    assert "not in the register" in unknown.output


async def test_what_is_not_there_is_said_so(run: Run) -> None:
    shown = await run("kit", "show", "kit-8")
    assert (shown.exit_code, "see padkit-central kit list" in shown.output) == (1, True)
    named = await run("kit", "code", "../kit", "--made-by", "keeper")
    assert (named.exit_code, "letters, digits" in named.output) == (1, True)
