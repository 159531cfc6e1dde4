"""The commands as a stranger meets them: what they print, what they change, how they end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

import padkit_sim
from padkit_central.cli import COMMANDS, main
from padkit_contract.messages import CARD_LEDGER, CardState, LedgerEvent, LedgerUpload, Slip

POLICY = Path(padkit_sim.__file__).parent / "demo" / "policy.toml"
CARD, OTHER = "6219990000000000010", "6219990000000000028"

Run = Callable[..., Result]


@pytest.fixture
def settings(config: Any, tmp_path: Path) -> Path:
    file = tmp_path / "central.toml"
    file.write_text(
        f'entities = ["demo"]\ndatabase = "central.db"\nparty = "{config.party}"\n'
        f'password_file = "{config.password_file}"\n[core]\nurl = "{config.core.url}"\n',
        encoding="utf-8",
    )
    return file


@pytest.fixture
async def run(settings: Path) -> AsyncIterator[Callable[..., Any]]:
    """Return a runner in a thread of its own, so that commands may have their own event loop."""

    async def invoke(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, [*words, "--config", str(settings)])

    yield invoke


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS), ["policy", "put"], ["stock", "check-out"]])
def test_every_command_has_a_help_text(words: list[str]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert len(result.output.splitlines()) > 4


def test_an_unknown_command_is_wrong_use() -> None:
    assert CliRunner().invoke(main, ["colour"]).exit_code == 2


async def test_a_policy_is_put_once_and_listed(run: Run) -> None:
    first = await run("policy", "put", str(POLICY))
    again = await run("policy", "put", str(POLICY))
    listed = await run("policy", "list")
    whole = await run("policy", "list", "--json")
    assert (first.exit_code, first.output) == (0, "policy of demo: version 1\n")
    assert again.output == "policy of demo: version 1, unchanged\n"
    assert listed.output.startswith("version 1: ")
    assert json.loads(whole.output)[0]["entity"] == "demo"


async def test_a_policy_that_cannot_hold_is_refused_with_its_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('entity = "demo"\nwaivers = []\n[parameters]\ncolour = 1\n', encoding="utf-8")
    result = await run("policy", "put", str(file))
    assert result.exit_code == 1
    assert str(file) in result.output
    assert "colour" in result.output


async def test_a_policy_of_another_entity_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('entity = "other"\nwaivers = []\n[parameters]\n', encoding="utf-8")
    assert (await run("policy", "put", str(file))).exit_code == 2


@pytest.fixture
def slip_file(demo_slip: Slip, tmp_path: Path) -> str:
    file = tmp_path / "slip.json"
    file.write_bytes(msgspec.json.encode(demo_slip))
    return str(file)


async def test_a_slip_is_checked_out_only_with_yes(run: Run, slip_file: str) -> None:
    words = ("stock", "check-out", "--kit", "kit-1", "--slip", slip_file)
    dry = await run(*words)
    assert dry.exit_code == 0
    assert "nothing was changed" in dry.output
    assert json.loads((await run("ledger", "--json")).output)["cards"] == []
    assert "checked out" in (await run(*words, "--yes")).output
    assert "nothing changed" in (await run(*words, "--yes")).output
    table = (await run("ledger")).output
    assert "000001  …0010  checked_out" in table
    assert CARD not in table


async def test_a_toml_slip_is_read_and_a_wrong_one_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "slip.toml"
    file.write_text(f'batch = "B1"\nproduct = "DEMO"\n[[cards]]\nvoucher = "1"\ncard_no = "{CARD}"\n', encoding="utf-8")
    assert (await run("stock", "check-out", "--kit", "kit-1", "--slip", str(file))).exit_code == 0
    file.write_text(file.read_text(encoding="utf-8").replace("0010", "0011"), encoding="utf-8")
    result = await run("stock", "check-out", "--kit", "kit-1", "--slip", str(file))
    assert result.exit_code == 1
    assert "voucher 1" in result.output


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
    assert (await run("reconcile", "--apply")).exit_code == 0
    assert core.blocked == {CARD, OTHER}
    assert (await run("reconcile")).output == "ledger and core agree\n"
    cases = await run("cases")
    assert cases.output.count("\n") == 2
    assert len(json.loads((await run("cases", "--json")).output)) == 2


async def test_a_block_without_a_certain_end_leaves_the_compare_unhealed(run: Run, prepared: Any, core: Any) -> None:
    core.live[OTHER] = "S9"
    core.faults.append("drop_reply")
    assert (await run("reconcile", "--apply")).exit_code == 3


async def test_a_core_that_is_not_there_is_said(run: Run, prepared: Any, settings: Path, core: Any) -> None:
    settings.write_text(settings.read_text(encoding="utf-8").replace(core.url, "http://127.0.0.1:9"), encoding="utf-8")
    result = await run("reconcile")
    assert result.exit_code == 1
    assert "no connection" in result.output


def test_the_self_test_reproduces_the_examples() -> None:
    result = CliRunner().invoke(main, ["crypto", "selftest", "--pure"])
    assert result.exit_code == 0
    assert "examples reproduced" in result.output


def test_a_library_that_is_not_there_is_unfit() -> None:
    result = CliRunner().invoke(main, ["crypto", "selftest", "--libcrypto", "libnothing.so"])
    assert result.exit_code == 1


def test_settings_that_are_not_there_are_one_line() -> None:
    result = CliRunner().invoke(main, ["serve", "--config", "/nowhere/central.toml"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
