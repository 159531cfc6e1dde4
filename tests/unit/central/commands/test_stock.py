"""`padkit-central stock`: nothing happens without --yes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

from padkit_contract.messages import Slip

CARD, OTHER = "6219990000000000010", "6219990000000000028"

Run = Callable[..., Result]


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
