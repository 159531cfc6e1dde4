"""A kit's government on a real store, with everybody else played by the test."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import structlog
from msgspec.structs import replace

from padkit_agent.control import Control, Hands, Journal, People
from padkit_agent.core.clock import Clock
from padkit_agent.core.gate import Gate
from padkit_agent.core.throttle import Moment
from padkit_agent.store import KeyVault, KitStore
from padkit_agent.store.writer import Writer
from padkit_contract.commands import COMMAND, COMMAND_ACK, AnyOrder, Command, CommandAck
from padkit_contract.context import Context
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.messages import Holder
from padkit_sdk.errors import Refused

BEGUN_S = 1_795_334_400.0
KEY = bytes(range(32))  # TEST ONLY: the escrow key
ENTITY, KIT = "demo", "KIT-1"


class Government:
    """Start it, send it frames, let time pass, kill it, start it again on the same file."""

    def __init__(self, path: Path, writer: type[Writer] = Writer) -> None:
        self.path = path
        self.writer = writer
        self.now_s = BEGUN_S
        self.boot = "boot-1"
        self.doubtful = False
        self.policy = 3
        self.holder: Holder | None = None
        self.told: list[tuple[str, str]] = []
        self.erased: list[str] = []
        self.bundle: bytes | Refused = b"sealed bundle"
        self.newest = 3
        self.captured = structlog.testing.LogCapture()
        self.open()

    def open(self) -> None:
        """Open the store and build everything on it, as a start does."""
        vault = KeyVault(bytes(16), secrets.token_bytes)
        self.store = KitStore.open(self.path, vault, max_mb=64, writer=self.writer)
        self.gate = Gate()
        log: Any = structlog.wrap_logger(None, processors=[self.captured], wrapper_class=structlog.BoundLogger)
        self.journal = Journal(self.store, new_id=self.new_id, now_s=lambda: self.now_s)
        self.journal.policy = lambda: self.policy
        hands = Hands(self.refresh, self.make_bundle, self.erase, lambda *said: self.told.append(said), lambda: None)
        clock = Clock(lambda: self.now_s, lambda: self.now_s, self.sleep)
        self.control = Control(
            *(self.journal, self.gate, hands),
            open_command=self.opened, new_id=self.new_id, moment=self.moment, clock=clock, log=log,
            doubtful=lambda: self.doubtful,
        )  # fmt: skip
        self.people = People(
            *(self.journal, ENTITY, KIT, self.control.change, self.control.report, lambda: self.holder),
            *(secrets.token_bytes, self.moment, log),
        )

    async def restart(self) -> None:
        self.store.close()
        self.open()
        await self.control.load()

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def moment(self) -> Moment:
        return Moment(self.boot, self.now_s - BEGUN_S)

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        await asyncio.sleep(0)

    async def refresh(self) -> bool:
        self.policy = self.newest
        return True

    async def make_bundle(self) -> bytes:
        if isinstance(self.bundle, Refused):
            raise self.bundle
        return self.bundle

    async def erase(self, at: str) -> None:
        self.erased.append(at)

    def opened(self, frame: bytes) -> Any:
        """Play the envelope: what is sealed in tests is the payload behind its sequence."""
        if not frame.startswith(b"sealed "):
            raise EnvelopeRefused("signed.signature", "not signed by central's command key")
        sequence, _, payload = frame.removeprefix(b"sealed ").partition(b" ")
        context = Context(2, ENTITY, KIT, "e", int(sequence), COMMAND, 1, "key", KIT, 2_000_000_000)
        return SimpleNamespace(payload=payload, context=context)

    async def send(self, order: AnyOrder, seq: int, **changed: Any) -> Command:
        """Let central send an order."""
        command = Command(f"c-{seq}", ENTITY, KIT, seq, order, "test", "wang", (), int(self.now_s))
        command = replace(command, **changed)
        await self.control.take(frame(command))
        return command

    async def turn(self) -> None:
        """Let one round pass, with all the work it begins."""
        async with asyncio.TaskGroup() as group:
            await self.control.turn(group)

    async def acks(self) -> list[CommandAck]:
        """What waits to be told to central, in order."""
        rows = sorted(await self.store.due(1000), key=lambda row: row.sequence)
        return [msgspec.json.decode(it.body, type=CommandAck) for it in rows if it.business == COMMAND_ACK]

    def dropped(self) -> list[str]:
        return [entry["reason"] for entry in self.captured.entries if entry["event"] == "orders.dropped"]


def frame(command: Command) -> bytes:
    return b"sealed %d " % command.seq + msgspec.json.encode(command)
