"""What people beside the kit may do about a lock: show a challenge, enter its code, prove who they are, wipe on the spot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import msgspec
from msgspec.structs import replace

from padkit_agent.control.journal import Journal, Rule
from padkit_agent.core import offline
from padkit_agent.core import standing as rules
from padkit_agent.core.standing import Facts, Record
from padkit_agent.core.throttle import Moment
from padkit_agent.observe import Log
from padkit_contract.commands import Progress
from padkit_contract.messages import Holder
from padkit_contract.unlock import CODE_DIGITS
from padkit_sdk.errors import Refused

ESCROW = "escrow"  # fact: the key that codes are proved with; `uplink.contact` stores it
Change = Callable[[Rule], Awaitable[Record]]


class Challenged(msgspec.Struct, frozen=True):
    """A challenge to be read over the telephone, and for how long its code is taken."""

    challenge: str
    left_s: int
    tries: int


class WipePlan(msgspec.Struct, frozen=True):
    """What a wipe does, or would do: what is unsent, by business, is lost with it."""

    wiped: bool
    unsent: dict[str, int]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """`change` and `report` write the record and let it be in force; `holder` is who central says holds the kit."""

    journal: Journal
    entity: str
    kit: str
    change: Change
    report: Callable[[Rule, str], Awaitable[Record]]
    holder: Callable[[], Holder | None]
    random_bytes: Callable[[int], bytes]
    moment: Callable[[], Moment]
    log: Log

    async def challenge(self) -> Challenged:
        """Show the challenge of this lock. Raises `Refused` ``unlock.not_locked``, ``unlock.no_key``, ``unlock.wait``."""
        await self._key()
        now, nonce = self.moment(), self.random_bytes(8)
        record = await self.change(lambda it, _: offline.ask(it, self.entity, self.kit, nonce, now))
        assert record.asked is not None
        self.log.warning("unlock.challenge", cause=record.standing.cause, count=record.challenges)
        return Challenged(record.asked.text, int(offline.left_s(record, now)), record.codes.left())

    async def code(self, code: str, by: str) -> None:
        """Lift the lock with a code, into restricted use. A try is on disk before the code is looked at.

        Raises `Refused` ``unlock.code``, ``unlock.not_locked``, ``unlock.no_challenge``, ``unlock.no_key``, ``unlock.wait``.
        """
        key, code = await self._key(), "".join(code.split())  # it is read out in groups
        if len(code) != CODE_DIGITS or not (code.isascii() and code.isdigit()):  # nobody guesses like that
            raise Refused("unlock.code", f"unlock: a code has {CODE_DIGITS} digits; no try was spent, enter it again")
        now = self.moment()
        spent = await self.change(lambda it, _: offline.spend(it, now))

        def judge(record: Record, facts: Facts) -> Record:
            free = offline.check(record, spent, code, key, self.entity, self.kit, facts)
            return offline.forget_spent(record) if free is None else free

        record = await self.report(judge, "unlock.offline")
        if record.codes.wrong:
            self.log.warning("unlock.refused", by=by, wrong=record.codes.wrong)
            raise Refused("unlock.code", f"unlock: not the code of this challenge; {_left(record)}")
        self.log.warning("unlock.offline", by=by, cause=spent.standing.cause)

    async def reauthenticate(self, by: str, passcode: str) -> None:
        """Let the holder prove who he is. Raises `Refused` ``holder.none``, ``holder.passcode``, ``holder.wait``."""
        holder = self.holder()
        if holder is None:
            told = "central has set no passcode for this kit's holder"
            raise Refused(
                "holder.none", f"reauthenticate: {told}; ask for `padkit-central kit holder`, then connect the kit"
            )
        from padkit_contract.passcode import is_holders  # late: seldom asked for

        now = self.moment()
        await self.change(lambda it, _: offline.spend_passcode(it, now))
        right = await asyncio.to_thread(is_holders, holder, passcode)  # the loop must not wait for it
        if by != holder.name or not right:
            self.log.warning("holder.refused", by=by)
            raise Refused(
                "holder.passcode", f"reauthenticate: {by!r} and this passcode are not the holder's; try again"
            )
        await self.change(lambda it, _: offline.proved(it))
        self.log.info("holder.proved", by=by)

    async def wipe(self, by: tuple[str, ...], *, force: bool, dry_run: bool) -> WipePlan:
        """Wipe on the spot, with two people. Raises `Refused` ``wipe.*``."""
        if len({it.strip().casefold() for it in by} - {""}) < 2:
            raise Refused("wipe.people", "wipe: two different people must ask for it: --by A --by B")
        unsent = await self.journal.unsent()
        rule = partial(_wipe, by=" + ".join(by), force=force)
        if dry_run:
            return await self._plan(rule, unsent)
        self.log.warning("wipe.asked", by=list(by), force=force, unsent=unsent)
        await self.change(rule)
        return WipePlan(wiped=True, unsent=unsent)

    async def _plan(self, rule: Rule, unsent: dict[str, int]) -> WipePlan:
        def look(record: Record, facts: Facts) -> Record:
            rule(record, facts)
            return record

        try:
            await self.change(look)
        except Refused as exc:
            return WipePlan(wiped=False, unsent=unsent, refused=str(exc))
        return WipePlan(wiped=False, unsent=unsent)

    async def _key(self) -> bytes:
        raw = await self.journal.fact(ESCROW)
        if raw is None:
            told = "this kit has no key for codes, because it never reached central"
            raise Refused("unlock.no_key", f"unlock: {told}; connect it, then central can unlock it")
        return raw


def _wipe(record: Record, facts: Facts, *, by: str, force: bool) -> Record:
    taken = rules.wipe(record, f"local: {by}", facts, force=force)
    if taken.progress is not Progress.APPLIED:
        raise Refused(taken.code, f"wipe: {taken.detail}")
    return taken.record


def _left(record: Record) -> str:
    if not record.asked:
        return "no try is left; wait, then show a new challenge"
    left = record.codes.left()
    return f"{left} {'try' if left == 1 else 'tries'} left"


def woken(record: Record, now: Moment, now_s: float, *, doubtful: bool = False) -> Record:
    """Bring a record up to date after a start: pauses begin anew on another boot, the lease counts the time off.

    `doubtful`: somebody set the wall clock back while the machine was off, so nobody can count it; the lease ends.
    """
    return replace(
        record,
        codes=record.codes.anchored(now),
        passcodes=record.passcodes.anchored(now),
        lease=record.lease.ended() if doubtful else record.lease.woken(now_s),
    )
