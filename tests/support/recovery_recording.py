"""A recorded session of an identity reader, played to the driver that it was recorded with."""

from __future__ import annotations

from pathlib import Path

from recovery_stand import Stand
from recovery_work import IdentityReader
from virtual_time import run

from padkit_sim.control import words as w


class Recording(IdentityReader):
    """It is played from its beginning for each work: a host that asks again has left what was recorded."""

    type = "recording"

    @classmethod
    def table_in(cls, folder: Path) -> str:
        tape = folder / "tape.jsonl"

        async def record(journal):
            stand = Stand(IdentityReader.table, journal)
            work = IdentityReader(stand)
            assert isinstance(await work.once(), dict)
            await work.close()
            stand.close()

        with tape.open("wb") as journal:
            run(record(journal))
        return f'type = "recording"\nfile = "{tape}"'

    async def once(self):
        await self.close()
        await self.door.ask(w.PowerCycle(self.door.device))
        return await super().once()

    async def set_out(self):
        """Nobody can touch it."""
