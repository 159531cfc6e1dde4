"""Requests to the core. The order is the point: row `sent` on disk, then the call, then its result on disk.

A request is made once. Its end, when unknown, is asked for; after a restart everything that was `sent` is asked for and
closed by the core (fence), never sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from padkit_central.gateway.answers import found, settlement, settlements
from padkit_central.gateway.core import CheckFinding, CoreClient, CoreSilent
from padkit_central.observe import Log
from padkit_central.store import (
    ENDS,
    OPEN,
    Found,
    Settlement,
    StockCard,
    Store,
    Submission,
    SubmissionState,
)
from padkit_contract.crypto import sm3
from padkit_contract.errors import Invalid

INQUIRY, BLOCK = "TXN.INQUIRY", "CARD.BLOCK"

Check = Callable[[Sequence[Submission], StockCard | None], None]
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Call:
    """A request under way, for whoever brings the same one meanwhile."""

    digest: str
    end: asyncio.Future[Submission]


class Gateway:
    """The only one who asks the core for anything."""

    def __init__(self, store: Store, core: CoreClient, *, log: Log) -> None:
        self._store = store
        self._core = core
        self._log = log
        self._calls: dict[Key, _Call] = {}

    async def submit(self, new: Submission, fields: Mapping[str, Any], *, intake_id: str, check: Check) -> Submission:
        """Make a request once and return how it stands: ended, or unknown. One made before is not made again.

        `fields` go to the core and nowhere else. Raises `Invalid` ``serial.reused`` or what `check` raises (both before
        anything is sent), and `StoreFailed`.
        """
        key = (new.entity, new.serial, new.attempt)
        call = self._calls.get(key)
        if call is not None:
            _same_content(call.digest, new)
            return await asyncio.shield(call.end)
        call = self._calls[key] = _Call(new.digest, asyncio.get_running_loop().create_future())
        try:
            ended = await self._once(new, fields, intake_id, check)
        except Exception as exc:
            call.end.set_exception(exc)
            call.end.exception()  # seen here; perhaps nobody else waits
            raise
        finally:
            del self._calls[key]
        call.end.set_result(ended)
        return ended

    async def give_up(self, new: Submission, code: str, *, intake_id: str, check: Check) -> Submission:
        """End an attempt that cannot be made any more, unless it was made before; then return how that one stands."""
        ended = replace(new, state=SubmissionState.NOT_EXECUTED, code=code, message="never sent to the core")
        earlier = await self._store.send(ended, intake_id, check)
        return ended if earlier is None else await self._known(earlier, new)

    async def ask(self, entity: str, serial: str, attempt: int, *, fence: bool) -> Found | None:
        """Ask the core what became of a serial and note it; None when it is silent, and nothing new is known.

        `fence` closes the serial for attempts up to `attempt` when none was executed.
        """
        fields = {"orig_channel_serial": serial, "fence": fence}
        try:
            told = found(await self._core.call(INQUIRY, entity, serial, attempt, fields))
        except CoreSilent as exc:
            self._log.warning("core.silent", serial=serial, attempt=attempt, why=str(exc))
            return None
        if told is None:
            self._log.error("core.unreadable", serial=serial, attempt=attempt)
            return None
        unsettled = {each.attempt: each for each in await self._store.attempts(entity, serial) if each.state in OPEN}
        for number, end in settlements(list(unsettled), told).items():
            await self._settle(unsettled[number], end)
        return told

    async def check(self, name: str, entity: str, serial: str, fields: Mapping[str, Any]) -> CheckFinding | None:
        """Have a customer or his card looked up; None when there is no believable answer."""
        try:
            return await self._core.check(name, entity, serial, fields)
        except CoreSilent as exc:
            self._log.warning("check.silent", check=name, serial=serial, why=str(exc))
            return None

    async def sms(self, entity: str, number: str, text: str) -> bool:
        """Have a short message sent; False when nobody says that it was. Neither number nor text is in a log."""
        try:
            await self._core.sms(entity, number, text)
        except CoreSilent:
            self._log.warning("sms.silent", entity=entity)
            return False
        return True

    async def block(self, card: StockCard, reason: str) -> Submission:
        """Block a card in the core; one that is blocked already stays so. The result may be unknown: ask again later."""
        serial = f"block:{sm3(f'{card.entity}:{card.card_no}'.encode()).hex()[:32]}"
        earlier = await self._store.attempts(card.entity, serial)
        if earlier and earlier[-1].state in OPEN:
            earlier = [*earlier[:-1], await self._known(earlier[-1], earlier[-1])]
        if earlier and earlier[-1].state is not SubmissionState.NOT_EXECUTED:
            return earlier[-1]
        fields = {"card_no": card.card_no, "reason": reason}
        new = Submission(
            entity=card.entity,
            serial=serial,
            attempt=len(earlier) + 1,
            kit=card.kit,
            service=BLOCK,
            digest=sm3(f"{BLOCK}:{serial}".encode()).hex(),
            card_no=card.card_no,
        )
        return await self.submit(new, fields, intake_id="", check=_anything)

    async def recover(self) -> None:
        """After a start, before anything else: whatever was written down as sent may or may not have happened."""
        for each in await self._store.unsettled(SubmissionState.SENT):
            await self._settle(each, Settlement(SubmissionState.UNKNOWN, "central.restart", "sent before a restart"))

    async def sweep(self) -> None:
        """Ask for everything that is unknown, and close what did not happen."""
        for each in await self._store.unsettled(SubmissionState.UNKNOWN):
            await self.ask(each.entity, each.serial, each.attempt, fence=True)

    async def _once(self, new: Submission, fields: Mapping[str, Any], intake_id: str, check: Check) -> Submission:
        earlier = await self._store.send(new, intake_id, check)
        if earlier is not None:
            return await self._known(earlier, new)
        try:
            end = settlement(await self._core.call(new.service, new.entity, new.serial, new.attempt, fields))
        except CoreSilent as exc:
            state = SubmissionState.UNKNOWN if exc.written else SubmissionState.NOT_EXECUTED
            end = Settlement(state, "core.silent" if exc.written else "core.unreachable", str(exc))
        return await self._settle(new, end)

    async def _known(self, earlier: Submission, new: Submission) -> Submission:
        """Return how an attempt stands that was made before, having asked the core when that is open."""
        _same_content(earlier.digest, new)
        if earlier.state in ENDS:
            return earlier
        await self.ask(earlier.entity, earlier.serial, earlier.attempt, fence=True)
        attempts = await self._store.attempts(earlier.entity, earlier.serial)
        return next(each for each in attempts if each.attempt == earlier.attempt)

    async def _settle(self, attempt: Submission, end: Settlement) -> Submission:
        settled = await self._store.settle(attempt, end)
        self._log.info(
            "core.result",
            service=settled.service, serial=settled.serial, attempt=settled.attempt,
            state=settled.state.value, code=settled.code,
        )  # fmt: skip
        return settled


def _same_content(digest: str, new: Submission) -> None:
    if digest != new.digest:
        raise Invalid("serial.reused", f"serial {new.serial} attempt {new.attempt} came before with another content")


def _anything(attempts: Sequence[Submission], card: StockCard | None) -> None:
    """A block is never refused."""
