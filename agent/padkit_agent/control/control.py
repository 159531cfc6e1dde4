"""Takes central's orders and lets them be in force: on disk first, then at the gate, then everything that follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec.structs import replace

from padkit_agent.control.journal import Journal, Rule
from padkit_agent.control.people import woken
from padkit_agent.control.reading import read_command
from padkit_agent.core import standing as rules
from padkit_agent.core.clock import Clock
from padkit_agent.core.gate import Gate
from padkit_agent.core.standing import Facts, Record
from padkit_agent.core.throttle import Moment
from padkit_agent.observe import Log, place_of
from padkit_agent.store import OutboxRow, StoreUnavailable
from padkit_contract.commands import SUPPORT, Command, Mode, Progress, SetPolicy, Standing, SupportBundle
from padkit_contract.envelope import Opened
from padkit_contract.errors import ContractError
from padkit_sdk.errors import PadkitError, Refused

TURN_S = 1.0
LEASE_KEPT_S = 60.0  # how much of a lease a power cut can give back at most
POLICY_AGAIN_S = 10.0
LAST_WORD_S = 10.0  # how long a wipe waits until central has heard of it
LOOK_S = 0.2
SUPPORT_LAST = 3


@dataclass(frozen=True, slots=True)
class Hands:
    """What control lets others do: fetch the policy, make a support bundle, destroy the keys, tell people, send what waits."""

    refresh: Callable[[], Awaitable[bool]]
    bundle: Callable[[], Awaitable[bytes]]
    erase: Callable[[str], Awaitable[None]]
    tell: Callable[[str, str], None]
    wake: Callable[[], None]


class Control:
    """The kit's own government. `load` before any device opens; `run` is awaited by the app."""

    def __init__(
        self,
        journal: Journal,
        gate: Gate,
        hands: Hands,
        *,
        open_command: Callable[[bytes], Opened],
        new_id: Callable[[], str],
        moment: Callable[[], Moment],
        clock: Clock,
        log: Log,
        doubtful: Callable[[], bool] = lambda: False,
    ) -> None:
        self._journal = journal
        self._gate = gate
        self._hands = hands
        self._open_command = open_command
        self._new_id = new_id
        self._moment = moment
        self._clock = clock
        self._log = log
        self._doubtful = doubtful  # whether the time off cannot be told
        self._turn = asyncio.Lock()  # one change after the other: what is in force follows what is on disk
        self._work = asyncio.Event()
        self._busy: set[str] = set()
        self._counted = moment()
        self._record = Record()

    @property
    def standing(self) -> Standing:
        """How the kit stands, as it is in force."""
        return self._gate.standing

    async def load(self) -> None:
        """Read the record and let it be in force. Raises `StoreUnavailable`: then the gate stays locked."""
        now, doubtful = self._moment(), self._doubtful()
        self._counted = now

        def wake(record: Record, facts: Facts) -> Record:
            return rules.finish(self._lapsed(woken(record, now, facts.now_s, doubtful=doubtful), facts), facts)

        async with self._turn:
            self._obey(await self._journal.load(wake))
        if self._gate.locked:
            self._log.warning("kit.standing", mode=self.standing.mode.value, cause=self.standing.cause)

    async def run(self) -> None:
        """Do what time and ended flows bring, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._work.clear()
                try:
                    await self.turn(group)
                except StoreUnavailable as exc:
                    self._log.error("orders.store", why=str(exc))
                except Refused as exc:
                    if exc.reason != "vault.erased":
                        raise
                    return
                waking = asyncio.ensure_future(self._work.wait())
                pause = asyncio.ensure_future(self._clock.sleep(TURN_S))
                try:
                    await asyncio.wait((waking, pause), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waking.cancel()
                    pause.cancel()

    def wake(self) -> None:
        """Something may have changed: a flow ended."""
        self._work.set()

    async def take(self, frame: bytes) -> None:
        """Take one frame of central's. A bad one is logged and dropped; nothing is raised but a cancel."""
        try:
            opened = self._open_command(frame)
            command = read_command(opened.payload, opened.context)
            async with self._turn:
                decided = await self._journal.take(command)
                self._obey(decided.record)
        except (ContractError, Refused) as exc:
            self._log.warning("orders.dropped", reason=exc.reason, why=str(exc), size=len(frame))
        except StoreUnavailable as exc:  # nothing is acknowledged, so it comes again
            self._log.error("orders.store", why=str(exc))
        except Exception as exc:  # noqa: BLE001 - one frame must not end the road for the others
            self._log.error("orders.broken", error=type(exc).__name__, place=place_of(exc))
        else:
            kind = command.order.__struct_config__.tag if isinstance(command, Command) else "unknown"
            self._log.info(
                "orders.taken", command=command.id, seq=command.seq, kind=kind,
                progress=decided.progress.value, code=decided.code,
            )  # fmt: skip
            self._hands.wake()
            self._work.set()

    async def heard(self, lease_s: float) -> None:
        """Central was reached and granted a lease: a lock of the lease is lifted, and the restricted use."""
        now_s = self._clock.now_s()
        self._counted = self._moment()
        await self.change(lambda it, _: replace(rules.reached(it), lease=it.lease.granted(lease_s, now_s)))

    async def change(self, rule: Rule) -> Record:
        """Change the record: on disk, then in force. What `rule` raises passes."""
        async with self._turn:
            record = await self._journal.change(rule)
            self._obey(record)
            return record

    async def report(self, rule: Rule, code: str) -> Record:
        """Change the record and tell central, as `Journal.report` says."""
        async with self._turn:
            record = await self._journal.report(rule, code)
            self._obey(record)
        self._hands.wake()
        return record

    async def turn(self, group: asyncio.TaskGroup) -> None:
        """One round: the lease, flows that ended, commands that are held, a wipe that was decided."""
        await self._count()
        if self.standing.finishing:
            await self.report(rules.finish, "")
        for command in await self._journal.held():
            await self._again(command, group)
        if self._record.wiping and "wipe" not in self._busy:
            self._busy.add("wipe")
            group.create_task(self._wipe())

    def _obey(self, record: Record) -> None:
        before, self._record = self._gate.standing, record
        if record.standing == before:
            return
        self._gate.put(record.standing)
        if record.standing.notice != before.notice and record.standing.notice:
            self._hands.tell("notice", record.standing.notice)
        if (record.standing.mode, record.standing.cause) != (before.mode, before.cause):
            self._hands.tell("standing", f"{record.standing.mode.value} {record.standing.cause}".strip())
            self._log.info("kit.standing", mode=record.standing.mode.value, cause=record.standing.cause)

    def _lapsed(self, record: Record, facts: Facts) -> Record:
        return rules.lapse(record, facts) if record.lease.over else record

    async def _count(self) -> None:
        """Let the lease run; it is written down each minute, and when it is over."""
        now = self._moment()
        on_s = now.mono_s - self._counted.mono_s if now.boot == self._counted.boot else 0.0
        lease = self._record.lease
        over = lease.spent(on_s, self._clock.now_s()).over and self.standing.mode not in (Mode.LOCKED, Mode.WIPED)
        if not lease.whole_s or not (over or on_s >= LEASE_KEPT_S):
            return
        self._counted = now
        await self.change(lambda it, facts: self._lapsed(replace(it, lease=it.lease.spent(on_s, facts.now_s)), facts))

    async def _again(self, command: Command, group: asyncio.TaskGroup) -> None:
        async with self._turn:
            decided = await self._journal.again(command.id)
            if decided is None:
                return
            self._obey(decided.record)
        if decided.progress is not Progress.RECEIVED:
            self._log.info("orders.ended", command=command.id, progress=decided.progress.value, code=decided.code)
            self._hands.wake()
            return
        working = isinstance(command.order, SetPolicy | SupportBundle) and command.id not in self._busy
        if working and not decided.code:
            self._busy.add(command.id)
            group.create_task(self._act(command))

    async def _act(self, command: Command) -> None:
        """Do the work of a held command; whether it was enough is decided in the next turn."""
        try:
            match command.order:
                case SetPolicy():
                    await self._hands.refresh()
                    self._work.set()
                    await self._clock.sleep(POLICY_AGAIN_S)
                case SupportBundle():
                    await self._bundle(command)
        except StoreUnavailable as exc:
            self._log.error("orders.store", why=str(exc))
            await self._clock.sleep(POLICY_AGAIN_S)
        finally:
            self._busy.discard(command.id)
            self._work.set()

    async def _bundle(self, command: Command) -> None:
        try:
            body = await self._hands.bundle()
        except (PadkitError, ContractError) as exc:
            await self._journal.end(command.id, Progress.FAILED, "bundle.failed", str(exc))
        else:
            at = self._clock.iso()
            row = OutboxRow(self._new_id(), SUPPORT, "", SUPPORT_LAST, needs_c3=False, at=at, body=body)
            await self._journal.end(command.id, Progress.APPLIED, "", "", row)
        self._hands.wake()

    async def _wipe(self) -> None:
        """The last word goes out, at best effort; then the keys go. The record says it is decided, so a restart goes on here."""
        self._hands.wake()
        until_s = self._clock.mono_s() + LAST_WORD_S
        while self._clock.mono_s() < until_s and await self._journal.waits(self._record.wiping):
            await self._clock.sleep(LOOK_S)
        self._log.warning("kit.wiped", by=self._record.wiping)
        await self._hands.erase(self._clock.iso())
