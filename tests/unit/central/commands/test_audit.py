"""`ledger`, `cases` and `reconcile`: what they show, and that only --apply changes anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

from padkit_contract.messages import CARD_LEDGER, CardState, LedgerEvent, LedgerUpload

CARD, OTHER = "6219990000000000010", "6219990000000000028"

Run = Callable[..., Result]


async def test_the_ledger_tells_a_program_everything(run: Run, prepared: Any) -> None:
    told = json.loads((await run("ledger", "--json")).output)
    assert told["cards"][0] == {
        "entity": "demo", "kit": "kit-1", "batch": "B1", "voucher": "000001", "product": "DEMO", "card_no": CARD,
        "state": "checked_out", "account": "none", "reserved_for": "", "blocked": False,
    }  # fmt: skip
    assert told["submissions"] == []
    assert told["cases"] == []


async def test_the_ledger_of_a_service_that_never_ran_is_refused(run: Run) -> None:
    result = await run("ledger")
    assert result.exit_code == 1
    assert "is not there" in result.output


async def test_the_compare_changes_nothing_until_told_to(run: Run, prepared: Any, core: Any) -> None:
    assert (await run("reconcile")).exit_code == 0
    async with prepared.kit() as kit:
        gone = LedgerEvent(1, "B1", "000001", CARD, CardState.HANDED_OVER, "2026-11-22T08:00:00Z")
        await kit.ask(CARD_LEDGER, LedgerUpload((gone,)))
    core.live[OTHER] = "S9"
    dry = await run("reconcile")
    assert dry.exit_code == 3
    assert core.blocked == set()
    assert "voucher 000001 of kit kit-1" in dry.output
    assert "voucher 000002 of kit kit-1" in dry.output
    assert "add --apply" in dry.output
    told = await run("reconcile", "--json")
    assert told.exit_code == 3
    assert {(it["voucher"], it["remedy"]) for it in json.loads(told.output)} == {
        ("000001", "block"),
        ("000002", "block"),
    }
    assert not {CARD, OTHER} & set(told.output.split('"'))
    assert (await run("reconcile", "--apply")).exit_code == 0
    assert core.blocked == {CARD, OTHER}
    assert (await run("reconcile")).output == "ledger and core agree\n"
    cases = await run("cases")
    assert cases.output.count("\n") == 2
    assert len(json.loads((await run("cases", "--json")).output)) == 2


async def test_what_differs_only_while_it_is_on_its_way_is_not_blocked(run: Run, prepared: Any, core: Any) -> None:
    """Account list and ledger are not of one moment: what is healed was found twice."""
    core.live_at_first[OTHER] = "S9"
    assert (await run("reconcile", "--apply")).exit_code == 0
    assert core.blocked == set()


async def test_a_block_without_a_certain_end_leaves_the_compare_unhealed(run: Run, prepared: Any, core: Any) -> None:
    core.live[OTHER] = "S9"
    core.faults.append("drop_reply")
    assert (await run("reconcile", "--apply")).exit_code == 3


async def test_a_core_that_is_not_there_is_said(run: Run, prepared: Any, settings: Path, core: Any) -> None:
    settings.write_text(settings.read_text(encoding="utf-8").replace(core.url, "http://127.0.0.1:9"), encoding="utf-8")
    result = await run("reconcile")
    assert result.exit_code == 1
    assert "no connection" in result.output
