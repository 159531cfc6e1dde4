"""Answering a kit's regular word: is it the same machine, does its chain end where ours does; back go time, lease and keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import msgspec

from padkit_central.business.ask import Ask, moment
from padkit_central.business.chain import stated
from padkit_central.business.ports import Compute
from padkit_central.kits.contact_rules import check, meet
from padkit_central.kits.peripherals import check_words, judge, key_of
from padkit_central.observe import Log
from padkit_central.store import Happened, OpenCase, Store
from padkit_central.store.chain_records import Alarm, How, Link
from padkit_contract.catalogue import Catalogue
from padkit_contract.contact import Contact, ContactReply
from padkit_contract.context import MAX_SEQUENCE
from padkit_contract.envelope import Identity
from padkit_contract.errors import Invalid
from padkit_contract.messages import Outcome, Policy, Reply, decode
from padkit_contract.risk import MAX_FACTS, Counts, check_counts, check_fixes
from padkit_contract.unlock import KEY_SIZE

LEASE = "offline_max_hours"
CLOCKS_APART_MS = 5000  # of central's machines
HOUR_S = 3600

Judging = Callable[[str, str, Contact, Sequence[str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class EscrowKeys:
    """Makes kits' keys for unlocking without network; `seal` and `unseal` are the service's own encryption key."""

    random_bytes: Callable[[int], bytes]
    seal: Callable[[bytes], bytes]
    unseal: Callable[[bytes], bytes]


def unsealed(sealed: bytes, own: Sequence[Identity]) -> bytes:
    """Open a kit's key with the first of our keys that opens it. Raises `Invalid` ``escrow.key``."""
    for identity in own:
        try:
            return identity.key.decrypt(sealed)
        except ValueError:
            continue
    raise Invalid("escrow.key", "the kit's key for unlocking opens with none of ours")


class Contacts:
    """Answers `CONTACT`; `certificate` and `revocation_lists` (PEM) are handed on with each answer."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        keys: EscrowKeys,
        *,
        now: Callable[[], datetime],
        compute: Compute,
        log: Log,
        certificate: str = "",
        revocation_lists: Callable[[], str] = str,
        judged: Judging,
    ) -> None:
        self._judged = judged
        self._certificate = certificate
        self._revocation_lists = revocation_lists
        self._store = store
        self._lease_hours = catalogue.dictionary("parameters")[LEASE]["value"]
        self._keys = keys
        self._now = now
        self._compute = compute
        self._log = log

    async def contact(self, ask: Ask) -> Reply:
        """Note what the kit says and answer with signed time. Another machine is refused, and the kit suspended."""
        said = decode(ask.payload, Contact)
        check(said)
        check_words(said.devices)
        check_fixes(said.fixes)
        check_counts(said.counts)
        made = min(moment(said.at, "at"), self._now())  # a moment to come would make all that follows late
        meeting = partial(meet, said=said, at=_written(made))
        escrow = b"" if said.has_escrow else await self._compute(self._new_key)
        met = await self._store.chains.meet(ask.entity, ask.kit, meeting, said.standing, escrow)
        if met.alarm is not None:
            self._tell(ask, met.alarm)
            await self._judge(ask, msgspec.structs.replace(said, fixes=(), counts=Counts()), ("clone",))
            return Reply(
                Outcome.REFUSED, met.alarm.code, "not the machine that the kit was set up on, or not its store"
            )
        if met.drifted:
            self._log.warning("contact.drifted", entity=ask.entity, kit=ask.kit)
        if not met.stale:
            facts = [*(["traits_drifted"] if met.drifted else []), *await self._look_at_head(ask, said)]
            await self._note_jumps(ask, said)
            facts += await self._note_devices(ask, said)
            await self._judge(ask, said, facts)
        key = b"" if said.has_escrow else await self._compute(lambda: self._keys.unseal(met.known.escrow))
        time_ms = int(self._now().timestamp() * 1000)
        lease_s = await self._lease_s(ask.entity)
        told = ContactReply(time_ms, lease_s, key.hex(), self._certificate, self._revocation_lists())
        return Reply(Outcome.OK, fields={"contact": told})

    async def _judge(self, ask: Ask, said: Contact, facts: Sequence[str]) -> None:
        await self._judged(ask.entity, ask.kit, said, facts)

    def _new_key(self) -> bytes:
        return self._keys.seal(self._keys.random_bytes(KEY_SIZE))

    async def _look_at_head(self, ask: Ask, said: Contact) -> list[str]:
        """The last record that the kit has is the last that came, or one that is to come; nothing stands behind it."""
        head, alarm = said.head, None
        if head.seq > MAX_SEQUENCE:
            raise Invalid("contact.form", f"a head at place {head.seq}")
        if head.link:
            link = Link(head.seq, "", "", head.link, How.STATED)
            alarm = await self._store.chains.book(ask.entity, ask.kit, link, stated)
        if alarm is None and said.heard_ms:
            alarm = await self._beyond(ask, said)
        if alarm is None:
            return []
        self._tell(ask, alarm)
        return ["chain_broken"]

    async def _beyond(self, ask: Ask, said: Contact) -> Alarm | None:
        """What central had when the kit last heard of it, the kit had, too."""
        heard = datetime.fromtimestamp((said.heard_ms - CLOCKS_APART_MS) / 1000, UTC)
        top = await self._store.chains.top_before(ask.entity, ask.kit, _written(heard))
        if top is None or top.seq <= said.head.seq:
            return None
        alarm = Alarm("chain.invented", top.seq, top.envelope, f"the kit says that its last record is {said.head.seq}")
        await self._store.chains.sound(ask.entity, ask.kit, alarm)
        return alarm

    async def _note_jumps(self, ask: Ask, said: Contact) -> None:
        for jump in said.jumps:
            what = f"the wall clock moved by {jump.seconds:.0f} s at {jump.at}"
            case = OpenCase(ask.entity, ask.kit, f"clock.jump:{jump.at}", "clock.jump", self._store.now(), detail=what)
            await self._store.open_case(case)
            self._log.warning("clock.jump", entity=ask.entity, kit=ask.kit, at=jump.at, seconds=jump.seconds)

    async def _note_devices(self, ask: Ask, said: Contact) -> list[str]:
        """Write down which devices came, left, or are said to be at two kits at once."""
        heard = partial(judge, kit=ask.kit, said=said.devices, at=_written(self._now()))
        keys = {key_of(ask.kit, word) for word in said.devices}
        facts = []
        for change in await self._store.devices.meet(ask.entity, ask.kit, keys, heard):
            if change.case:
                self._log.warning(change.case, entity=ask.entity, kit=ask.kit, device=change.row.key.name)
                facts.append("foreign_device")
            elif change.event is not None and change.event.what is Happened.MOVED:
                facts.append("swapped_device")
        return facts[:MAX_FACTS]

    async def _lease_s(self, entity: str) -> int:
        stored = await self._store.policy(entity)
        parameters = decode(stored.body, Policy).parameters if stored else {}
        return int(float(parameters.get(LEASE, self._lease_hours)) * HOUR_S)

    def _tell(self, ask: Ask, alarm: Alarm) -> None:
        self._log.warning(alarm.code, entity=ask.entity, kit=ask.kit, seq=alarm.seq, why=str(alarm))


def _written(at: datetime) -> str:
    """Return a moment as rows hold it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
