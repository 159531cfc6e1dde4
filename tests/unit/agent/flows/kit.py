"""A desk with everything below it: a real store, real packs, devices in memory, and a courier that knows its answers."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog

from padkit_agent.core import events as ev
from padkit_agent.core.clock import Clock
from padkit_agent.core.gate import Gate
from padkit_agent.core.prepare import STEPS
from padkit_agent.flows import Desk, Feed, Progress
from padkit_agent.flows.pack import Packs
from padkit_agent.flows.perform import Performer
from padkit_agent.flows.post import Post
from padkit_agent.store import JournalRow, KeyVault, KitStore, Stored, StoreFull
from padkit_contract.commands import Standing
from padkit_contract.messages import KIT_PACK, KitPack, Outcome, Policy, Reply, Slip, SlipCard, Waiver
from padkit_sdk.errors import Refused
from padkit_sim.devices.bank_card import numbered

from .devices import FakeBox, FakeDevices, FakeReader

BEGUN_S = 1_795_334_400.0  # 2026-11-22T08:00:00Z
NAMES = [name for _, names, _ in STEPS.values() for name in names]
COVERED = (*NAMES, "pin_new", "card_in_hand", "voucher_seal", "authoriser")
FORM: dict[str, Any] = {
    "phone": "13800000000",
    "occupation": "farmer",
    "home_addr": "虚构省样例市测试路2号",
    "open_purpose": "farming",
    "cdd_answers": {"purpose": "crop sales"},
    "tax_residency": "cn_only",
    "acct_class": "I",
    "card_product": "DEBIT-DEMO",
    "limit_day": "5000.00",
    "agent_flag": False,
    "elder_flag": False,
}
PIN_BLOCK = "7465737420646174612c206e6f742061"
PIN_FIELDS = {"pin_key_id": "TEST-KEY-1", "pin_format": "TEST"}


def pack(version: int = 3, until: str = "2026-12-31", **parameters: Any) -> KitPack:
    waiver = Waiver("W-1", ("ACC-01",), COVERED, "no device yet", "somebody", until)
    cards = [numbered("622000", number) for number in range(1, 6)]
    slip = Slip("B1", "DEBIT-DEMO", tuple(SlipCard(it.serial, it.pan) for it in cards))
    return KitPack(Policy("bank", version, parameters, (waiver,)), slip)


class QuickTime:
    """Sleeping passes the time at once, or when `gate` opens."""

    def __init__(self) -> None:
        self.now_s = BEGUN_S
        self.gate = asyncio.Event()
        self.gate.set()
        self.clock = Clock(lambda: self.now_s, lambda: self.now_s, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        await self.gate.wait()
        self.now_s += seconds
        await asyncio.sleep(0)


class RecordingStore(KitStore):
    """Logs each row once it is on disk; can be full."""

    log: list[str]
    full_from: str = ""  # the step that would name this action does not fit any more
    news: asyncio.Condition

    async def step(self, row: JournalRow, **others: Any) -> Stored:
        if self.full_from and row.action == self.full_from:
            raise StoreFull("store: database or disk is full; free space, then resume the flow")
        stored = await super().step(row, **others)
        self.log.append(f"row {row.phase} {row.action}")
        async with self.news:
            self.news.notify_all()
        return stored

    async def wrote(self, action: str) -> None:
        """Wait until a row names `action`."""
        async with self.news:
            await self.news.wait_for(
                lambda: any(it.startswith("row ") and it.split(" ")[2] == action for it in self.log)
            )


class FakeCourier:
    """Answers OK unless `answers` (by business) has something else; None is silence."""

    def __init__(self, store: KitStore, current: KitPack) -> None:
        self._store = store
        self.pack = current
        self.answers: dict[str, list[Reply | None]] = defaultdict(list)
        self.c3: dict[str, bytes] = {}
        self.sent: list[tuple[str, bytes, bytes]] = []
        self.held: list[str] = []
        self.woken = 0
        self.online = True

    def wake(self) -> None:
        self.woken += 1

    def join_c3(self, envelope: str, fields: bytes) -> None:
        self.c3[envelope] = fields

    def forget_c3(self, envelope: str) -> None:
        self.c3.pop(envelope, None)

    async def hold(self, envelope: str) -> None:
        self.held.append(envelope)
        await self._store.mark(envelope, "held")

    async def reply(self, envelope: str, *, timeout_s: float | None) -> Reply | None:
        if known := await self._store.reply_to(envelope):
            return msgspec.json.decode(known, type=Reply)
        row = next(it for it in await self._store.due(1000) if it.envelope == envelope)
        self.sent.append((row.business, row.body, self.c3.pop(envelope, b"")))
        reply = self._answer(row.business)
        if reply is not None:
            await self._store.mark(envelope, "done", msgspec.json.encode(reply))
        return reply

    async def ask(self, business: str, body: msgspec.Struct, *, timeout_s: float) -> Reply | None:
        self.sent.append((business, msgspec.json.encode(body), b""))
        return self._answer(business)

    def _answer(self, business: str) -> Reply | None:
        if self.answers[business]:
            return self.answers[business].pop(0)
        if business == KIT_PACK:
            return Reply(Outcome.OK, fields={"pack": msgspec.to_builtins(self.pack)})
        return Reply(Outcome.OK, "0000", fields={"core_serial": "C-1"})


class FakeSecrecy:
    """Seals nothing: a C3 part is its fields as JSON. `fault` is what stands in the way."""

    def __init__(self) -> None:
        self.fault = ""

    def check(self) -> None:
        if self.fault:
            raise Refused(self.fault, "no way to the HSM")

    def seal(self, fields: Mapping[str, str], **_place: object) -> bytes:
        self.check()
        return msgspec.json.encode(fields)


class Unseen:
    """Shows nobody anything."""

    async def show(self, run: Any, number: int) -> None:
        """As a central that does not know of it."""


class Kit:
    """What a test holds: start it, begin a flow, answer, watch, kill, start again."""

    def __init__(self, folder: Path, current: KitPack | None = None) -> None:
        self.path = folder / "kit.db"
        self.log: list[str] = []
        self.time = QuickTime()
        self.box, self.reader = FakeBox(self.log), FakeReader(self.log)
        self.devices = FakeDevices(self.box, self.reader)
        vault = KeyVault(bytes(16), secrets.token_bytes)
        self.store = RecordingStore.open(self.path, vault, max_mb=64)
        assert isinstance(self.store, RecordingStore)
        self.store.log, self.store.news = self.log, asyncio.Condition()
        self.courier = FakeCourier(self.store, current or pack())
        self.secrecy = FakeSecrecy()
        self._numbers = itertools.count(1)
        self.on_halt: Callable[[], None] = lambda: None
        self.captured = structlog.testing.LogCapture()
        self.build()

    def build(self) -> None:
        """Make the desk anew, as a start of the agent does; store, devices and world stay."""
        log: Any = structlog.wrap_logger(None, processors=[self.captured], wrapper_class=structlog.BoundLogger)
        courier: Any = self.courier
        devices: Any = self.devices
        secrecy: Any = self.secrecy
        clock = self.time.clock
        self.packs = Packs(self.store, courier, clock, log)
        self.post = Post(courier, secrecy, clock, self.new_id)
        self.feed = Feed()
        performer = Performer(devices, courier, Unseen(), Unseen(), self.store.files, clock, secrets.token_bytes)  # type: ignore[arg-type]
        self.papers = performer.papers
        self.gate = Gate(Standing())
        self.desk = Desk(
            *(self.store, self.packs, performer, self.post, self.feed),
            clock=clock, new_id=self.new_id, log=log, gate=self.gate,
        )  # fmt: skip

    def new_id(self) -> str:
        return f"01a20000-0000-7000-8000-{next(self._numbers):012}"

    async def start(self, *, fetch: bool = True) -> None:
        await self.packs.load()
        if fetch:
            assert await self.packs.refresh(self.post.ledger)
        self._watching = self.feed.watch()
        self.lines = self._watching.__enter__()
        self._task = asyncio.create_task(self.desk.run())
        await self.desk.views(open_only=True)  # answered after the desk's own first look into the store

    async def kill(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._watching.__exit__(None, None, None)

    async def restart(self) -> None:
        await self.kill()
        self.build()
        await self.start(fetch=False)

    async def begin(self) -> str:
        return await self.desk.begin("ACC-01", dict(FORM))

    async def until(self, wanted: Callable[[Progress], bool]) -> Progress:
        async with asyncio.timeout(20):
            while True:
                line = await self.lines.get()
                if line.kind == "halted":
                    self.on_halt()
                if wanted(line):
                    return line

    async def asked(self, what: str) -> Progress:
        return await self.until(lambda it: it.kind == "asked" and it.note == what)

    async def ended(self) -> Progress:
        return await self.until(lambda it: it.kind == "ended")

    async def halted(self) -> Progress:
        return await self.until(lambda it: it.kind == "halted")

    async def say(self, flow: str, what: str, choice: str, **rest: Any) -> None:
        c3 = rest.pop("c3", {})
        await self.desk.answer(flow, ev.PersonSaid(what, choice, **rest), c3)

    async def enter_pin(self, flow: str, block: str = PIN_BLOCK) -> None:
        await self.asked("pin")
        await self.say(flow, "pin", "entered", fields=dict(PIN_FIELDS), c3={"new_pin_block": block})

    async def confirm(self, flow: str) -> None:
        await self.asked("confirm")
        await self.say(flow, "confirm", "yes")

    async def open_card(self) -> tuple[str, Progress]:
        flow = await self.begin()
        await self.enter_pin(flow)
        await self.confirm(flow)
        return flow, await self.ended()

    async def raw_files(self) -> bytes:
        return b"".join([it.read_bytes() for it in self.path.parent.iterdir()])
