"""What is queued gets on its way: over a kit's connection, or when it asks. The rows are the truth, a hint only wakes.

Each connection is served by its own task, so a slow kit costs nobody else anything. A row is noted as sent before it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from padkit_central.business import Compute
from padkit_central.kits import lifecycle
from padkit_central.kits.kept import PAPER_ROW
from padkit_central.kits.sealing import Sealer
from padkit_central.observe import Log
from padkit_central.store import OpenCase, OrderBook, Placed, Result, StoreFailed, TargetState
from padkit_contract.errors import ContractError

REPLACED, STOPPING = "connection.replaced", "central.stopping"
FORGED = "order.forged"
UNSEALED_AGAIN_S = 60

Send = Callable[[bytes], Awaitable[None]]
Door = tuple[str, str, str]  # entity, kit, TLS serial
Admit = Callable[[str, str, str], Awaitable[None]]  # raises `Invalid` for who may not come in
OpenCases = Callable[[OpenCase], Awaitable[None]]
Barred = Callable[[Iterable[Door]], Awaitable[Mapping[Door, str]]]  # who may not stay, and why


class Line:
    """One kit's connection. `closed` is done, with the reason, when it has to end."""

    def __init__(self, entity: str, kit: str, tls_serial: str) -> None:
        self.entity = entity
        self.kit = kit
        self.tls_serial = tls_serial
        self.woken = asyncio.Event()
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.given: set[str] = set()  # commands that went over this very connection

    def close(self, why: str) -> None:
        """Let it end."""
        if not self.closed.done():
            self.closed.set_result(why)


class Dispatcher:
    """Knows who is connected and what may go next. `run` is awaited by the app."""

    def __init__(
        self,
        book: OrderBook,
        sealer: Sealer,
        *,
        open_case: OpenCases,
        barred: Barred,
        now: Callable[[], datetime],
        compute: Compute,
        pause: Callable[[float], Awaitable[None]],
        log: Log,
    ) -> None:
        self._book = book
        self._sealer = sealer
        self._open_case = open_case
        self._barred = barred
        self._now = now
        self._compute = compute
        self._pause = pause
        self._log = log
        self._lines: dict[tuple[str, str], Line] = {}

    def join(self, entity: str, kit: str, tls_serial: str = "") -> Line:
        """Take a connection on; the kit's older one has to end."""
        line = Line(entity, kit, tls_serial)
        older = self._lines.get((entity, kit))
        self._lines[entity, kit] = line
        if older is not None:
            older.close(REPLACED)
        return line

    def leave(self, line: Line) -> None:
        """Forget a connection that has ended."""
        if self._lines.get((line.entity, line.kit)) is line:
            del self._lines[line.entity, line.kit]

    def connected(self, entity: str, kit: str) -> bool:
        """Tell whether the kit has a connection here."""
        return (entity, kit) in self._lines

    def hint(self, entity: str, kits: Iterable[str]) -> None:
        """Wake the connections of kits that something was queued for."""
        for kit in kits:
            if line := self._lines.get((entity, kit)):
                line.woken.set()

    def stop(self) -> None:
        """Let every connection end."""
        for line in self._lines.values():
            line.close(STOPPING)

    async def serve(self, line: Line, send: Send) -> None:
        """Send over one connection what may go, until cancelled. What `send` raises passes."""
        while True:
            line.woken.clear()
            try:
                for placed in await self._going(line.entity, line.kit):
                    if not self._is_due(placed, line.given):
                        continue
                    sealed = await self._sealed(placed)
                    if sealed is None:
                        break
                    line.given.add(placed.asked.command)
                    await send(sealed)
            except StoreFailed as exc:  # nothing was noted, so nothing was sent; the sweep wakes again
                self._log.error("store.failed", kit=line.kit, why=str(exc))
            await line.woken.wait()

    async def next(self, entity: str, kit: str) -> bytes | None:
        """Return what a kit that asks has to get now, None when there is nothing. Raises `StoreFailed`."""
        while True:
            going = await self._going(entity, kit)
            never_left = TargetState.QUEUED
            due = next(
                (it for it in going if it.target.state is never_left or self._is_over(it.target.next_try_at)), None
            )
            if due is None or not self._is_over(due.target.next_try_at):
                return None  # what was put off is not overtaken by what stands behind it
            if (sealed := await self._sealed(due)) is not None:
                return sealed

    async def run(self, every_s: float) -> None:
        """Find again and again what no hint told of, until cancelled."""
        while True:
            await self._pause(every_s)
            try:
                await self.sweep()
            except StoreFailed as exc:
                self._log.error("store.failed", why=str(exc))

    async def sweep(self) -> None:
        """End what expired, queue what waited for its time, wake who has something to get, close who may not stay."""
        for target in await self._book.sweep(lifecycle.queue):
            self.hint(target.entity, [target.kit])
        for entity, kit in await self._book.due():
            self.hint(entity, [kit])
        lines = {(line.entity, line.kit, line.tls_serial): line for line in self._lines.values()}
        for door, why in (await self._barred(lines)).items() if lines else ():
            lines[door].close(why)

    async def _going(self, entity: str, kit: str) -> list[Placed]:
        """Return what may be on its way; what the rules hold back for good ends here."""
        while True:
            place = await self._book.place(entity, kit)
            going = lifecycle.sendable(place)
            held = [it for it in going if not lifecycle.may_leave(it, place)]
            if not held:
                return list(going)
            for placed in held:
                result = Result(placed.asked.command, placed.target.seq, TargetState.REFUSED, "wipe.unlocked")
                await self._book.end(placed.target, result)

    def _is_due(self, placed: Placed, given: set[str]) -> bool:
        """What was sent goes again over a new connection at once, else when its time has come."""
        anew = placed.target.state is TargetState.SENT and placed.asked.command not in given
        return anew or self._is_over(placed.target.next_try_at)

    def _is_over(self, moment: str) -> bool:
        try:
            return not moment or datetime.fromisoformat(moment) <= self._now()
        except (TypeError, ValueError):
            return True  # no moment that anybody of ours wrote: to send once more does no harm

    async def _sealed(self, placed: Placed) -> bytes | None:
        """Return the envelope of a command that is noted as sent now; None: it cannot be sent, or has ended."""
        target, now = placed.target, self._now()
        approvals = await self._book.approvals(target.entity, target.command)
        try:
            sealed = await self._compute(lambda: self._sealer.seal(placed, approvals, now))
        except ContractError as exc:
            if exc.reason == PAPER_ROW:
                await self._end_forged(placed, exc)
                return None
            self._log.warning("command.unsealed", kit=target.kit, command=target.command, why=str(exc))
            await self._book.postpone(target, exc.reason, again_after_s=UNSEALED_AGAIN_S)
            return None
        if not await self._book.sent(target, again_after_s=lifecycle.next_try_s(target.tries + 1)):
            return None
        self._log.info(
            "command.sent", entity=target.entity, kit=target.kit, command=target.command,
            kind=target.kind, seq=target.seq, tries=target.tries + 1,
        )  # fmt: skip
        return sealed

    async def _end_forged(self, placed: Placed, exc: ContractError) -> None:
        """End what nobody signed, after the alarm is on disk; what waits behind it goes on."""
        target, why = placed.target, f"{placed.target.command}: {exc}"
        self._log.error(FORGED, entity=target.entity, kit=target.kit, command=target.command, why=str(exc))
        at = self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case_id = f"{FORGED}:{target.command}"[:64]
        await self._open_case(OpenCase(target.entity, target.kit, case_id, FORGED, at, detail=why))
        result = Result(target.command, target.seq, TargetState.FAILED, PAPER_ROW, str(exc))
        await self._book.end(target, result)
        self.hint(target.entity, [target.kit])
