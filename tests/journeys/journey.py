"""What a journey needs: a world, hands, a way to open a card and to let the compare judge at the end."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from padkit_sim.demo import files
from padkit_sim.demo.play import Hands, follow, no_hands, open_card, watching
from padkit_sim.demo.stories import READ
from padkit_sim.demo.world import LOOK_S, World

HERE = Path(__file__).parent
KIT_FILE = HERE / "kit.toml"
SPEED = 40.0
ISSUED = tempfile.TemporaryDirectory(prefix="padkit-keys-")
atexit.register(ISSUED.cleanup)
TWO = ["manager", "second"]
ANSWERS: tuple[Mapping[str, Any], ...] = (files.PIN_ANSWER, READ, {"what": "confirm", "choice": "yes"})


async def a_moment() -> None:
    """Let others work before the next look: another process is waited for, and nothing wakes us."""
    await asyncio.sleep(LOOK_S)


class ReadyWorld(World):
    """A world whose test keys are made once a test process: issuing them again for each journey takes longer than it."""

    async def set_up(self) -> None:
        if (self.folder / "kit").exists():
            return
        issued = Path(ISSUED.name) / "w"
        if not issued.exists():
            await World(issued.with_name("half")).set_up()
            issued.with_name("half").rename(issued)
        shutil.copytree(issued, self.folder, dirs_exist_ok=True)


class Journey:
    """One world that tests play on, one after another."""

    def __init__(self, folder: Path) -> None:
        self.world: World = ReadyWorld(folder, kit_file=str(KIT_FILE), speed=SPEED)
        self.world.agent_command = (sys.executable, str(HERE / "cut_agent.py"))
        self.lines: list[dict[str, Any]] = []
        self.hands: Hands = no_hands

    @property
    def folder(self) -> Path:
        return self.world.folder

    async def begin(self, take_after_s: float | None = 1.0) -> None:
        """Bring the world into the state every journey begins with."""
        self.lines.clear()
        await self.world.lay_identity_card("test_a")
        await self.world.kit("auto", device="box", take_after_s=take_after_s)

    async def clean_up(self) -> None:
        """Take away faults and cases, so that the next journey finds a kit that works."""
        await self.world.kit("clear", name=None)
        await self.world.core("clear")
        for case in (await self.world.agent("GET", "/v1/cases"))["cases"]:
            await self.world.agent("POST", f"/v1/cases/{case['id']}/close", {"by": TWO})

    async def close_case(self, flow: str, found: str) -> None:
        """Two people close a flow's case and book where they found its card."""
        await self.world.agent("POST", f"/v1/cases/{flow}/close", {"by": TWO, "found": found})

    async def fault(self, name: str, **args: Any) -> None:
        """Arm a fault of the kit."""
        words = {key: args.pop(key) for key in ("nth", "times") if key in args}
        await self.world.kit("fault", name=name, args=args, **words)

    async def open(self, *answers: Mapping[str, Any], form: Mapping[str, Any] = files.FORM) -> dict[str, Any]:
        """Open a card; `answers` replace or add to the usual ones. Returns the flow's last line."""
        known = {**{it["what"]: it for it in ANSWERS}, **{it["what"]: it for it in answers}}
        return await open_card(self.world, list(known.values()), self.lines.append, form=form, hands=self.hands)

    async def follow_open(self, *answers: Mapping[str, Any]) -> str:
        """Follow the one open flow (after a restart) to its end and return the phase it ended in."""
        known = {**{it["what"]: it for it in ANSWERS}, **{it["what"]: it for it in answers}}
        async with watching(self.world) as lines:
            flows = (await self.world.agent("GET", "/v1/flows"))["flows"]
            if not flows:
                return await self.last_phase()
            (flow,) = flows
            await self.answer_now(flow, known)
            if flow["action"] == "sign_document":  # the pad waits since before we began to watch
                await self.hands({"kind": "doing", "action": "sign_document"})
            await follow(self.world, flow["id"], lines, list(known.values()), self.lines.append, hands=self.hands)
        return await self.last_phase()

    async def answer_now(self, flow: dict[str, Any], known: Mapping[str, Mapping[str, Any]]) -> None:
        """Answer what the flow was asking before we began to watch."""
        if flow["asks"]:
            await self.world.agent("POST", f"/v1/flows/{flow['id']}/answer", known[flow["asks"][0]])

    async def last_phase(self) -> str:
        """Return the phase of the newest flow."""
        return str((await self.world.agent("GET", "/v1/flows?all"))["flows"][-1]["phase"])

    async def compare(self) -> dict[str, Any]:
        """Let the compare judge: all four witnesses must agree (it may take a moment until central has everything)."""
        await self.settled()
        code, out = await self.world.compare("--json")
        assert code == 0, out
        report: dict[str, Any] = json.loads(out)
        return report

    async def until(self, seen: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until a progress line of the opening under way is what is looked for."""
        while not any(seen(line) for line in self.lines):
            await a_moment()

    async def settled(self) -> None:
        """Wait until nothing is left in the outbox."""
        while (await self.world.agent("GET", "/v1/status"))["unsent"]:
            await a_moment()

    async def kit_state(self, voucher: str) -> str:
        """Return what the kit's ledger says about a card."""
        door = json.loads(await self.world.agent_cli("ledger", "--config", files.AGENT, "--json"))
        return str(next(it["state"] for it in door["cards"] if it["voucher"] == voucher))

    async def box_place(self, voucher: str) -> str:
        """Return where the simulator has a card."""
        return str(next(it["place"] for it in await self.world.box_cards() if it["serial"] == voucher))

    async def pan(self, voucher: str) -> str:
        """Return the number on a card of the slip."""
        return str(next(it["slip_pan"] for it in await self.world.box_cards() if it["serial"] == voucher))

    async def next_voucher(self) -> str:
        """Return the card that the hopper gives next."""
        return str(next(it["serial"] for it in await self.world.box_cards() if it["place"] == "hopper"))

    async def stop_agent(self) -> None:
        """Stop the agent the polite way."""
        await self.world.stop_agent()

    async def start_agent(self, **environment: str) -> None:
        """Start the agent, with a power switch set by `environment`."""
        os.environ.update(environment)
        try:
            await self.world.start_agent()
        finally:
            for name in environment:
                os.environ.pop(name)

    async def restart_central(self) -> None:
        """Stop central the polite way and start it where it was."""
        await self.world.children.pop("central").stop()
        await self.world.start_central()

    def seen(self, event: str) -> Sequence[dict[str, Any]]:
        """Return the progress lines of this event."""
        return [line for line in self.lines if line.get("event") == event]
