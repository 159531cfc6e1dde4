"""F32: what central lost is found at the end of the day and repaired: ledger lines from the kit, a result from the core."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest_asyncio
from journey import Journey

from padkit_sim.demo import files
from padkit_sim.demo.process import program

if TYPE_CHECKING:
    from conftest import Worlds

DIFFERENT = 3  # exit code of `padkit-central reconcile`


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def own_world(worlds: Worlds) -> None:
    """A world of its own: its books hold no other story, so that the end-of-day compare speaks of these only."""
    await worlds.drop()


async def test_f32_lost_ledger_lines_are_found_and_sent_again_by_the_kit(journey: Journey) -> None:
    voucher = await opened_card(journey)
    lines = lose_ledger_lines(journey, voucher)
    assert "central" in await disagreement(journey, voucher)
    code, said = await reconcile(journey, "--apply")
    assert code == DIFFERENT
    assert f"voucher {voucher}" in said
    assert "end the kit's day" in said
    told = json.loads(await journey.world.agent_cli("day-end", "--config", files.AGENT, "--json"))
    assert (told["waiting"], told["missing"], told["refused"]) == (0, [], [])
    assert told["have"] == told["lines"]
    assert ledger_lines(journey, voucher) == lines
    assert await reconcile(journey) == (0, "ledger and core agree\n")
    await journey.compare()


async def test_f32_ending_the_day_twice_changes_nothing(journey: Journey) -> None:
    voucher = await opened_card(journey)
    await journey.settled()
    lines = ledger_lines(journey, voucher)
    for _ in range(2):
        assert "refused" in await journey.world.agent_cli("day-end", "--config", files.AGENT)
    assert ledger_lines(journey, voucher) == lines
    assert await reconcile(journey) == (0, "ledger and core agree\n")
    await journey.compare()


async def test_f32_a_lost_result_is_repaired_from_kit_and_core(journey: Journey) -> None:
    voucher = await opened_card(journey)
    await journey.settled()
    lose_result(journey, voucher)
    code, said = await reconcile(journey)
    assert code == DIFFERENT
    assert f"voucher {voucher}" in said
    assert "repair" in said
    code, said = await reconcile(journey, "--apply")
    assert code == 0, said
    assert await reconcile(journey) == (0, "ledger and core agree\n")
    await journey.compare()


async def opened_card(journey: Journey) -> str:
    """Open a card and return its voucher number once central has everything about it."""
    voucher = await journey.next_voucher()
    assert (await journey.open())["phase"] == "CLOSED"
    await journey.compare()
    return voucher


def central_database(journey: Journey) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(journey.folder / "central.db", timeout=10))


def ledger_lines(journey: Journey, voucher: str) -> list[tuple[int, bytes]]:
    with central_database(journey) as db:
        return db.execute("select seq,body from card_event where voucher=? order by seq", (voucher,)).fetchall()


def lose_ledger_lines(journey: Journey, voucher: str) -> list[tuple[int, bytes]]:
    """`centre.lost_event`: central forgets all that happened to a card but its loading; return the lines it had."""
    lines = ledger_lines(journey, voucher)
    (loaded, _), *rest = lines
    with central_database(journey) as db, db:
        db.executemany("delete from card_event where seq=?", [(seq,) for seq, _ in rest])
        db.execute("update card set state='loaded',state_seq=? where voucher=?", (loaded, voucher))
    return lines


def lose_result(journey: Journey, voucher: str) -> None:
    """`centre.lost_event`: central forgets what the core answered."""
    with central_database(journey) as db, db:
        db.execute("update card set account='none' where voucher=?", (voucher,))
        db.execute(
            "update submission set state='sent',code='',message='',fields='{}',ended_at=''"
            " where card_no=(select card_no from card where voucher=?)",
            (voucher,),
        )


async def disagreement(journey: Journey, voucher: str) -> str:
    """Return what the compare says; it must not agree, and must name the card."""
    code, said = await journey.world.compare()
    assert code == 1, said
    assert voucher in said
    return said


async def reconcile(journey: Journey, *words: str) -> tuple[int, str]:
    """Run the end-of-day compare of central and core."""
    command = (program("padkit-central"), "reconcile", "--config", files.CENTRAL, *words)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=journey.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()
