"""A world whose agent serves the built page."""

from __future__ import annotations

from journey import ReadyWorld
from office import HOLDER, PASSCODE, PASSCODE_FILE

from padkit_sim.demo import files
from padkit_sim.demo.process import start
from padkit_sim.demo.world import ENTITY, KIT


class PagedWorld(ReadyWorld):
    """A world whose agent serves the built page, to a holder that central names. `has`: devices beside box and reader."""

    has: tuple[str, ...] = ("pin",)

    async def start_agent_locked(self) -> None:
        if not (self.folder / PASSCODE_FILE).exists():
            (self.folder / PASSCODE_FILE).write_text(PASSCODE + "\n")
            named = ("--name", HOLDER, "--passcode-file", PASSCODE_FILE)
            await self.central_cli("kit", "holder", KIT, *named, "--config", files.CENTRAL)
        files.write_agent_settings(self.folder, KIT, ENTITY, self.central_url, self.has)
        with (self.folder / files.AGENT).open("a", encoding="utf-8") as settings:
            settings.write('\n[page]\nlisten = "127.0.0.1:0"\n')
        command = (*self.agent_command, "--config", files.AGENT)
        self.children["agent"] = await start("agent", command, self.folder, self._environment)
