"""A small province: one bank, one kit. Makes test keys, starts everything, and gives each part's door to whoever plays.

Every part is reached as its users reach it: commands, HTTP, the control socket. Nothing of agent or central is imported.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from padkit_sim.demo import files
from padkit_sim.demo.process import Child, WorldFailed, call, program, start, tail

__all__ = ["World", "WorldFailed"]

KIT = "KIT-0001"
ENTITY = "demo"
ANSWER_S = 30.0
READY_S = 30.0
LOOK_S = 0.05
POLICY = Path(__file__).with_name("policy.toml")
SEAL = Path(__file__).with_name("seal.png")


class World:
    """Everything of the demonstration, in one folder. Use as an async context manager."""

    def __init__(self, folder: Path, *, kit_file: str = "demo", speed: float = 1.0, policy: Path = POLICY) -> None:
        self.folder = folder
        self._kit_file = kit_file
        self._speed = speed
        self._policy = policy
        self._environment: dict[str, str] = {"PADKIT_KEY_PASSWORD_FILE": str(folder / files.PASSWORD)}
        self.children: dict[str, Child] = {}
        self.cards = self.faces = self.pins = self.signs = (
            False  # whether the agent's next start finds a face checker, a PIN keypad,
        )
        # a signature pad, a reader for bank cards in its profile
        self.page = ""  # the table of the agent's settings that serves the page; with it the kit has a holder
        self.control_path = folder / "control.sock"
        self.core_url = ""
        self._hsm_url = ""
        self.central_url = ""
        self.agent_command: tuple[str, ...] = (program("padkit-agent"), "run")
        self.central_command: tuple[str, ...] = (program("padkit-central"), "serve")

    async def __aenter__(self) -> World:
        try:
            await self.set_up()
            await self.start_hsm()
            await self.start_core()
            await self.start_kit()
            await self.prepare_central()
            await self.start_central()
            await self.start_agent()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Stop what runs, the agent first."""
        for name in ("agent", "central", "core", "hsm", "kit"):
            if name in self.children:
                await self.children.pop(name).stop()

    # building

    async def set_up(self) -> None:
        """Make the folder with test keys: a test CA, the service's and the kit's certificates. Once a folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / "kit").exists():
            return
        files.write_passwords(self.folder)
        await self.central_cli("ca", "init", "ca", "--entity", ENTITY)
        await self.central_cli("ca", "service", "ca", "central", "--out", "central")
        await self.central_cli("ca", "hsm", "ca", "HSM-0001", "--out", "hsm")
        await self.central_cli("ca", "support", "ca", "SUPPORT-0001", "--out", "support")
        seal = ("--title", "样例农村商业银行（TEST ONLY）", "--picture", str(SEAL), "--out", f"{files.SEALS}/{ENTITY}")
        await self.central_cli("ca", "seal", "ca", "SEAL-0001", *seal)
        known_to = ("--service", "central", "--register", "central")
        await self.central_cli("ca", "kit", "ca", KIT, "--entity", ENTITY, *known_to, "--out", "kit")

    async def start_hsm(self) -> None:
        """Start the bank's HSM, which opens C3 fields for the core, at the address it had before, if it had one."""
        port = str(urlsplit(self._hsm_url).port or 0)
        command = (program("padkit-sim"), "hsm", "--keys", "hsm", "--token-file", files.HSM_TOKEN, "--port", port)
        self.children["hsm"] = child = await start("hsm", command, self.folder, self._environment)
        self._hsm_url = child.ready["url"]

    async def start_core(self) -> None:
        """Start the core bank neighbour; what it booked survives its end."""
        hsm = ("--hsm", self._hsm_url, "--hsm-token-file", files.HSM_TOKEN)
        command = (program("padkit-sim"), "core", "--port", "0", "--state", "core.jsonl", *hsm)
        self.children["core"] = child = await start("core", command, self.folder, {})
        self.core_url = child.ready["url"]

    async def start_kit(self) -> None:
        """Start the simulated kit."""
        outputs = ("--control", str(self.control_path), "--journal", str(self.folder / "bytes.jsonl"))
        command = (program("padkit-sim"), "serve", self._kit_file, "--speed", str(self._speed), *outputs)
        self.children["kit"] = child = await start("kit", command, self.folder, {})
        self._environment.update(child.ready["env"])

    async def prepare_central(self) -> None:
        """Give central its settings, the entity's policy and the kit's check-out slip."""
        files.write_central_settings(self.folder, ENTITY, self.core_url)
        await self.central_cli("policy", "put", "--config", files.CENTRAL, str(self._policy))
        files.write_slip(self.folder, await self.box_cards())
        slip = ("--kit", KIT, "--entity", ENTITY, "--slip", files.SLIP, "--yes")
        await self.central_cli("stock", "check-out", "--config", files.CENTRAL, *slip)
        if self.page:
            (self.folder / files.PASSCODE_FILE).write_text(files.PASSCODE + "\n")
            named = ("--name", files.HOLDER, "--passcode-file", files.PASSCODE_FILE)
            await self.central_cli("kit", "holder", KIT, *named, "--config", files.CENTRAL)

    async def start_central(self) -> None:
        """Start central at the address it had before, if it had one."""
        files.write_central_settings(self.folder, ENTITY, self.core_url, self.central_url)
        command = (*self.central_command, "--config", files.CENTRAL)
        self.children["central"] = child = await start("central", command, self.folder, self._environment)
        self.central_url = child.ready["url"]

    async def start_agent(self) -> None:
        """Start the agent on the simulated kit and wait until it has its policy and its devices."""
        await self.start_agent_locked()
        async with asyncio.timeout(READY_S):
            while not await self._kit_is_fit():  # noqa: ASYNC110 - another process: nothing wakes us
                await asyncio.sleep(LOOK_S)

    async def stop_agent(self) -> None:
        """Stop the agent the polite way."""
        await self.children.pop("agent").stop()

    async def start_agent_locked(self) -> None:
        """Start the agent and wait until it answers; a kit that is locked has no devices."""
        seeing = ("camera", "ocr", *(("liveness",) if self.faces else ())) if self.has_camera else ()
        has = (
            *seeing,
            *(("pin",) if self.pins else ()),
            *(("pad",) if self.signs else ()),
            *(("slot",) if self.cards else ()),
        )
        files.write_agent_settings(self.folder, KIT, ENTITY, self.central_url, has, self.page)
        command = (*self.agent_command, "--config", files.AGENT)
        self.children["agent"] = await start("agent", command, self.folder, self._environment)

    async def _kit_is_fit(self) -> bool:
        status = await self.agent("GET", "/v1/status")
        return status["policy"] is not None and all(it["state"] == "ready" for it in status["devices"])

    # doors

    async def central_cli(self, *words: str) -> str:
        """Run `padkit-central` and return what it printed."""
        return await call("central", (program("padkit-central"), *words), self.folder, self._environment)

    async def agent_cli(self, *words: str) -> str:
        """Run `padkit-agent` and return what it printed."""
        return await call("agent", (program("padkit-agent"), *words), self.folder, self._environment)

    async def box_cards(self) -> list[dict[str, Any]]:
        """Return the cards of the box as the simulator knows them."""
        cards: list[dict[str, Any]] = (await self.kit("state"))["devices"]["box"]["cards"]
        return cards

    async def kit(self, verb: str, **words: Any) -> dict[str, Any]:
        """Ask the simulator's control socket. Raises `WorldFailed` with its refusal."""
        reader, writer = await asyncio.open_unix_connection(str(self.control_path), limit=1 << 22)
        try:
            writer.write(json.dumps({"do": verb, **words}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(await reader.readline())
        finally:
            writer.close()
        if not answer.get("ok"):
            raise WorldFailed(f"kit: {verb}: {answer.get('error')}")
        return answer

    async def lay_identity_card(self, person: str) -> None:
        """Lay a person's card on the reader; one that lay there is lifted first, for a reader reads a card once."""
        reader = (await self.kit("state"))["devices"]["reader"]
        if reader["person"]:
            await self.kit("hand", device="reader", action="lift_card")
        await self.kit("hand", device="reader", action="lay_card", person=person)

    @property
    def has_camera(self) -> bool:
        """Whether the simulated kit has a camera."""
        return "PADKIT_CAMERAS" in self._environment

    async def core(self, verb: str, **words: Any) -> dict[str, Any]:
        """Steer the core neighbour. Raises `WorldFailed`."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.core_url}/control", json={"do": verb, **words}) as response,
        ):
            answer: dict[str, Any] = await response.json()
        if response.status != 200:
            raise WorldFailed(f"core: {verb}: {answer}")
        return answer

    async def agent(self, method: str, route: str, body: object = None) -> dict[str, Any]:
        """Call the agent's local API. Raises `WorldFailed` with its refusal."""
        connector = aiohttp.UnixConnector(str(self.folder / files.SOCKET))
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.request(method, f"http://agent{route}", json=body, timeout=timeout) as response,
        ):
            answer: dict[str, Any] = json.loads(await response.read())
        if "error" in answer:
            raise WorldFailed(f"agent: {route}: {answer['error']['message']} [{answer['error']['code']}]")
        return answer

    def compare_command(self) -> tuple[str, ...]:
        """Return the compare's command line for this world."""
        return (
            program("padkit-sim"),
            "compare",
            *(
                "--kit-cmd",
                f"env {self.machine} {program('padkit-agent')} ledger --config {self.folder / files.AGENT} --json",
            ),
            *("--central-cmd", f"{program('padkit-central')} ledger --config {self.folder / files.CENTRAL} --json"),
            *("--core-url", self.core_url),
            *("--control", str(self.control_path)),
        )

    @property
    def machine(self) -> str:
        """The setting by which a command sees the kit's machine: its data key opens on no other."""
        return f"PADKIT_SYSFS={self._environment['PADKIT_SYSFS']}"

    async def compare(self, *words: str) -> tuple[int, str]:
        """Run the compare as a program of its own; return its exit code and what it printed."""
        process = await asyncio.create_subprocess_exec(
            *self.compare_command(),
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.folder,
        )
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    def log_of(self, name: str) -> str:
        """Return the end of one part's log, for people."""
        return tail(self.folder / f"{name}.log")
