"""What the business room is given: the bank behind the gateway, and a place to compute. Who they are is wired above."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from padkit_central.store import Found, StockCard, Submission
from padkit_contract.envelope import Recipient

T = TypeVar("T")
Check = Callable[[Sequence[Submission], StockCard | None], None]


class Looked(Protocol):
    """What one check found, in the bank's words; `fields` of the request that the bank tells with it."""

    @property
    def finding(self) -> str: ...

    @property
    def system_serial(self) -> str: ...

    @property
    def fields(self) -> Mapping[str, str]: ...


class Bank(Protocol):
    """The bank's core, asked once and with a row on disk before; see `padkit_central.gateway`."""

    async def submit(
        self, new: Submission, fields: Mapping[str, Any], *, intake_id: str, check: Check
    ) -> Submission: ...

    async def give_up(self, new: Submission, code: str, *, intake_id: str, check: Check) -> Submission: ...

    async def ask(self, entity: str, serial: str, attempt: int, *, fence: bool) -> Found | None: ...

    async def check(self, name: str, entity: str, serial: str, fields: Mapping[str, Any]) -> Looked | None: ...

    async def sms(self, entity: str, number: str, text: str) -> bool: ...

    async def block(self, card: StockCard, reason: str) -> Submission: ...


class Kits(Protocol):
    """The kits' encryption keys; see `padkit_contract.peers.Peers` for what is raised."""

    def recipient(self, entity: str, kit: str, now: datetime) -> Recipient: ...

    def names(self, entity: str) -> Sequence[str]: ...


class Compute(Protocol):
    """Runs `work` where it does not hold the event loop up; the seam for threads or processes."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]: ...
