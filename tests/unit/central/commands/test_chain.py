"""`chain verify`: what was changed in central's own database afterwards is named."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from padkit_contract.messages import CASE, KIT_PACK, Case, Request, encode

Run = Callable[..., Result]


async def send(central: Any, count: int = 3) -> None:
    async with central.kit() as kit:
        for number in range(count):
            await kit.ask(CASE, Case(f"c{number}", "f", "x", "2026-11-22T08:00:00Z"))
        await kit.post(kit.sealed(KIT_PACK, encode(Request("", 0, "2026-11-22", {}))))


async def change(central: Any, statement: str) -> None:
    def run() -> None:
        connection = sqlite3.connect(central.config.database)
        connection.execute(statement)
        connection.commit()
        connection.close()

    await asyncio.to_thread(run)


async def test_what_the_kits_signed_fits(run: Run, central: Any) -> None:
    await send(central)
    result = await run("chain", "verify")
    assert (result.exit_code, result.output) == (0, "demo/kit-1: 3 records, 0 findings\n")
    assert json.loads((await run("chain", "verify", "kit-1", "--json")).output) == [
        {"entity": "demo", "kit": "kit-1", "records": 3, "unopened": 0, "findings": []}
    ]


SWAP = "update intake set body=(select body from intake where sequence=1) where sequence=2"


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("update chain set link=previous where seq=2", {"chain.altered", "chain.broken"}),
        ("update chain set envelope='x' where seq=2", {"chain.altered"}),
        ("delete from chain where seq=2", {"chain.unbooked", "chain.gap"}),
        ("delete from intake where sequence=2", {"chain.lost"}),
        ("delete from chain where seq=3", {"chain.unbooked"}),
        ("update intake set body=zeroblob(100) where sequence=2", {"chain.unreadable"}),
        (SWAP, {"chain.altered"}),
    ],
)
async def test_what_was_changed_afterwards_is_named(run: Run, central: Any, statement: str, codes: set[str]) -> None:
    await send(central)
    await change(central, statement)
    result = await run("chain", "verify", "--json")
    assert result.exit_code == 3
    (told,) = json.loads(result.output)
    assert {it["code"] for it in told["findings"]} == codes
    assert {it["seq"] for it in told["findings"]} <= {1, 2, 3}
    assert (await run("chain", "verify")).output.count("chain.") >= len(codes)


async def test_nothing_and_nobody_are_said(run: Run, central: Any) -> None:
    assert (await run("chain", "verify")).output == "no records\n"
    nobody = await run("chain", "verify", "kit-9")
    assert nobody.exit_code == 1
    assert "kit-9: no record" in nobody.output
