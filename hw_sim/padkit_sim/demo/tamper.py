"""Changes one record of one witness behind everybody's back, to show that the compare finds it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from padkit_sim.demo.world import World, WorldFailed

WITNESSES = ("kit", "central", "core", "box")


async def tamper(world: World, witness: str) -> str:
    """Change one record of `witness` about the last card handed over; return what was done, in words."""
    cards = [card for card in await world.box_cards() if card["place"] == "hand"]
    if not cards:
        raise WorldFailed("tamper: no card was handed over yet")
    pan, voucher = cards[-1]["pan"], cards[-1]["serial"]
    name = f"{voucher} (…{pan[-4:]})"
    match witness:
        case "kit":
            await asyncio.to_thread(_forget_last_line, world.folder / "kit.db", voucher)
            return f"kit: the ledger's last line of card {name} deleted"
        case "central":
            await asyncio.to_thread(_change_central, world.folder / "central.db", voucher)
            return f"central: card {name} set back to loaded"
        case "core":
            await world.core("tamper", card_no=pan, state="closed")
            return f"core: the account of card {name} closed"
        case _:
            await world.kit("tamper", device="box", pan=pan, place="bin")
            return f"box: card {name} moved from the customer's hand to the bin"


def _forget_last_line(database: Path, voucher: str) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger WHERE voucher = ?)", (voucher,))


def _change_central(database: Path, voucher: str) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE card SET state = 'loaded' WHERE voucher = ?", (voucher,))
