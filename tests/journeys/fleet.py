"""Central as a real process, and kits of a hundred lines that take its commands over real TLS and never give up.

A kit here keeps its journal in memory (the test's process is not killed) and works by the rules of the contract: numbers only
grow, each command is done once, and each acknowledgement is posted until central has answered it.
"""

from __future__ import annotations

import asyncio
import os
import random
import ssl
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
import click
import msgspec
from chained import Chained

from padkit_central.ca.authority import Authority
from padkit_central.ca.authority import Means as CaMeans
from padkit_central.commands.admin import AdminClient, AdminRefused, Operator, admin_client, load_operator
from padkit_central.config import Config, load
from padkit_central.kits import OrderPaper, OrderView
from padkit_contract import messages
from padkit_contract.commands import (
    COMMAND_ACK,
    AnyOrder,
    Cancel,
    Command,
    CommandAck,
    Lock,
    Mode,
    Notify,
    Progress,
    Reauthenticate,
    Restrict,
    Standing,
    StopCardBox,
    SupportBundle,
    Unlock,
)
from padkit_contract.context import VERSION, Context
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.envelope import open_envelope, seal
from padkit_contract.ids import Uuid7
from padkit_contract.messages import Posted
from padkit_contract.party import Party, load_party
from padkit_contract.x509 import Role
from padkit_sim.demo.process import Child, start

HERE = Path(__file__).parent
PASSWORD = b"TEST ONLY"
ENTITY = "demo"
KITS = ("kit-1", "kit-2", "kit-3")
AGAIN_S, QUIET_S = 0.05, 0.03
ENDS = {"applied", "refused", "failed", "expired", "cancelled", "superseded"}
ORDERS: tuple[AnyOrder, ...] = (
    *(Lock(), Unlock(), Notify("x"), Reauthenticate(), Restrict(("ACC-01",)), StopCardBox()),
    SupportBundle(),
)  # what may be asked of any kit at any time
CAREFUL = 2  # a lock of more kits needs a second person

T = TypeVar("T")


def now() -> datetime:
    return datetime.now(UTC)


class Fleet:
    """A folder with keys, a central that may die and come again, operators, and the kits."""

    def __init__(self, folder: Path, program: Path) -> None:
        self.folder = folder
        self.suite: Suite = choose_suite(allow_pure=False, log=lambda event, **fields: None)
        self.ids = Uuid7(lambda: int(now().timestamp() * 1000), os.urandom)
        self.url = ""
        self._program = program
        self.central: Child | None = None
        self._operators: dict[str, Operator] = {}

    def issue(self) -> None:
        """Make all keys. Once a folder."""
        authority = Authority(self.folder / "ca", CaMeans(self.suite, PASSWORD, now(), os.urandom))
        authority.init(ENTITY)
        authority.issue_service("central", self.folder / "central", hosts=["127.0.0.1"], password=PASSWORD)
        for kit in KITS:
            authority.issue_kit(
                kit, ENTITY, self.folder / kit, service="central", password=PASSWORD, register=self.folder / "central"
            )
        for person in ("ann", "bob"):
            authority.issue_operator(person, self.folder / person, password=PASSWORD)
        password = self.folder / "password"
        password.write_bytes(PASSWORD)
        password.chmod(0o600)

    @property
    def config(self) -> Config:
        return load(self.folder / "central.toml")

    async def start_central(self) -> None:
        port = self.url.rpartition(":")[2] or "0"
        (self.folder / "central.toml").write_text(
            f'entities = ["{ENTITY}"]\ndatabase = "central.db"\nparty = "central"\npassword_file = "password"\n'
            f'[core]\nurl = "http://127.0.0.1:9"\n[listen]\nport = {port}\n'
            f"[commands]\nlock_alone_max = {CAREFUL}\nsweep_s = 0.2\n[intake]\nanswer_wait_s = 5.0\n"
        )
        command = (sys.executable, str(self._program), "--config", "central.toml")
        self.central = await start("central", command, self.folder, {})
        self.url = self.central.ready["url"]

    async def stop(self) -> None:
        if self.central is not None:
            await self.central.stop()

    async def live(self) -> None:
        """Start central again whenever it dies, until cancelled."""
        while True:
            assert self.central is not None
            await self.central.process.wait()
            await self.start_central()

    def operator(self, name: str) -> Operator:
        if name not in self._operators:
            self._operators[name] = load_operator(self.config, self.folder / name, self.folder / "password")
        return self._operators[name]

    async def office(self, work: Callable[[AdminClient], Awaitable[T]]) -> T:
        """Do something over the admin socket, again and again while central is away."""
        while True:
            try:
                async with admin_client(self.config) as client:
                    return await work(client)
            except AdminRefused:
                raise
            except click.ClickException:
                await asyncio.sleep(AGAIN_S)

    async def ask(self, order: AnyOrder, *kits: str) -> OrderView:
        """Hand in one paper of Ann's, the same one again and again until central has answered."""
        paper = OrderPaper(self.ids(), ENTITY, kits, order, "a journey", int(now().timestamp()))
        body = {"paper": self.operator("ann").sign(paper)}
        route = f"/v1/orders/{order.command}/cancel" if isinstance(order, Cancel) else "/v1/orders"
        return await self.office(lambda client: client.post(route, body, OrderView))

    async def ended(self, command: str) -> OrderView:
        """Wait until an order has its end at every kit."""
        while True:
            view = await self.office(lambda client: client.get(f"/v1/orders/{command}", OrderView))
            if {it.state for it in view.kits} <= ENDS:
                return view
            await asyncio.sleep(AGAIN_S)

    def kit(self, name: str, chance: random.Random) -> FleetKit:
        return FleetKit(self, load_party(self.folder / name, self.suite, PASSWORD), chance)


class FleetKit:
    """One kit. `ends` is its own journal: how each command ended here. Use as an async context manager, which runs it."""

    def __init__(self, fleet: Fleet, party: Party, chance: random.Random) -> None:
        self.ends: dict[str, Progress] = {}
        self.applied: list[Command] = []
        self._fleet = fleet
        self._party = party
        self._chance = chance
        self._seq = 0
        self._held: list[Command] = []
        self._mode = Mode.OPEN
        self._called_off: set[str] = set()
        self._chain = Chained()
        self._outbox: asyncio.Queue[CommandAck] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        tls = ssl.create_default_context(cafile=str(self._party.tls.trust))
        tls.load_cert_chain(self._party.tls.cert, self._party.tls.key)
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls))
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._report())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        found = await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()
        for each in found:
            if isinstance(each, Exception):
                raise each

    async def _listen(self) -> None:
        """Hold the WebSocket; now and then let it go with something in hand."""
        while True:
            try:
                async with self._session.ws_connect(f"{self._fleet.url}/v1/commands") as socket:
                    await self._take_from(socket)
            except (aiohttp.ClientError, OSError):
                pass
            await asyncio.sleep(AGAIN_S)

    async def _take_from(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            try:
                message = await socket.receive(timeout=QUIET_S)
            except TimeoutError:
                for command in self._held[:]:
                    self._finish(command)
                continue
            if message.type is not aiohttp.WSMsgType.BINARY or self._chance.random() < 0.05:
                return  # lost on the way
            self._take(message.data)
            if self._chance.random() < 0.05:
                return

    def _take(self, sealed: bytes) -> None:
        party = self._party
        opened = open_envelope(sealed, own=[party.encrypt], trust=party.trust, now=now(), sender=Role.COMMAND)
        command = messages.decode(opened.payload, Command)
        if command.id in self.ends or command in self._held:
            return
        if command.seq <= self._seq:
            self._end(command, Progress.REFUSED, "command.older")
            return
        self._seq = command.seq
        if isinstance(command.order, Cancel):
            self._cancel(command, command.order.command)
            return
        if command.id in self._called_off:
            self._end(command, Progress.CANCELLED)
            return
        self._say(command, Progress.RECEIVED)
        if isinstance(command.order, (Lock, Unlock)):
            for older in [it for it in self._held if isinstance(it.order, (Lock, Unlock))]:
                self._end(older, Progress.SUPERSEDED)
        self._held.append(command)
        if self._chance.random() < 0.6:
            self._finish(command)

    def _cancel(self, cancel: Command, named: str) -> None:
        held = next((it for it in self._held if it.id == named), None)
        if named in self.ends:
            self._end(cancel, Progress.REFUSED, "cancel.late")
            return
        self._called_off.add(named)
        if held is not None:
            self._end(held, Progress.CANCELLED)
        self._end(cancel, Progress.APPLIED)

    def _finish(self, command: Command) -> None:
        if isinstance(command.order, (Lock, Unlock)):
            self._mode = Mode.LOCKED if isinstance(command.order, Lock) else Mode.OPEN
            self._end(command, Progress.APPLIED)
        else:
            self._end(command, self._chance.choice([Progress.APPLIED, Progress.APPLIED, Progress.FAILED]))

    def _end(self, command: Command, progress: Progress, code: str = "") -> None:
        assert command.id not in self.ends, "a command ends once"
        self.ends[command.id] = progress
        if progress is Progress.APPLIED:
            self.applied.append(command)
        self._held = [it for it in self._held if it.id != command.id]
        self._say(command, progress, code)

    def _say(self, command: Command, progress: Progress, code: str = "") -> None:
        standing = Standing(mode=self._mode, seq=self._seq)
        self._outbox.put_nowait(CommandAck(command.id, command.seq, progress, now().isoformat(), standing, code))

    async def _report(self) -> None:
        """Post what is said, one after another, each until it is answered."""
        while True:
            ack = await self._outbox.get()
            envelope, body = self._fleet.ids(), messages.encode(ack)
            while not await self._posted(envelope, body):  # noqa: ASYNC110 - another process: nothing wakes us
                await asyncio.sleep(AGAIN_S)

    async def _posted(self, envelope: str, body: bytes) -> bool:
        posted = msgspec.msgpack.encode(Posted(self._sealed(envelope, body)))
        try:
            async with self._session.post(f"{self._fleet.url}/v1/envelopes", data=posted) as response:
                said = await response.read()
        except (aiohttp.ClientError, OSError):
            return False
        assert response.status in (200, 202, 503), said
        return response.status == 200

    def _sealed(self, envelope: str, body: bytes) -> bytes:
        party = self._party
        assert party.peer is not None
        sequence, previous = self._chain.place(envelope, COMMAND_ACK, body)
        context = Context(
            version=VERSION,
            entity=party.entity,
            kit=party.name,
            envelope=envelope,
            sequence=sequence,
            business=COMMAND_ACK,
            catalogue=1,
            key=party.peer.key_id,
            recipient=party.peer.name,
            not_after=int(now().timestamp()) + 3600,
            previous=previous,
        )
        return seal(body, context, sender=party.sign, recipient=party.peer, random_bytes=os.urandom, now=now())
