"""The code that unlocks a kit without network: two operators sign the same challenge, and get it once between them."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from padkit_central.business import Compute
from padkit_central.kits import lifecycle
from padkit_central.kits.contact import unsealed
from padkit_central.kits.papers import Believed, UnlockPaper, check_text, read_paper
from padkit_central.observe import Log
from padkit_central.store import FINAL, Given, OrderBook, Place
from padkit_contract.envelope import Identity
from padkit_contract.errors import Invalid
from padkit_contract.trust import Trust
from padkit_contract.unlock import Challenge, read_challenge, unlock_code

LOCAL_CAUSES = ("lease", "lost")  # locks that a kit makes itself; central may not have heard of them
PEOPLE = 2


class UnlockCode(msgspec.Struct, frozen=True):
    """The code, for whom it is, and who answers for it. Its `repr` does not show the code."""

    entity: str
    kit: str
    cause: str
    by: tuple[str, ...]
    code: str

    def __repr__(self) -> str:
        return f"UnlockCode({self.entity}/{self.kit}, {self.by})"


@dataclass(frozen=True, slots=True)
class Unlocking:
    """Makes codes; `own` opens what is sealed for this service, the newest first."""

    book: OrderBook
    trust: Trust
    entities: Container[str]
    own: Callable[[datetime], Sequence[Identity]]
    now: Callable[[], datetime]
    compute: Compute
    log: Log

    async def code(self, papers: tuple[bytes, ...]) -> UnlockCode:
        """Return the code of one challenge; the same pair gets the same one again, each time with a line in the trail.

        Raises `Invalid`: ``paper.*``, ``order.form``, ``unlock.people``, ``challenge.*``, ``escrow.*``, ``kit.wiped``,
                ``entity.unknown``.
        """
        now = self.now()
        believed = await self.compute(lambda: [read_paper(raw, UnlockPaper, self.trust, now) for raw in papers])
        paper = _same(believed)
        if paper.entity not in self.entities:
            raise Invalid("entity.unknown", f"{paper.entity}: this service does not answer for it")
        for each in believed:
            check_text("reason", each.paper.reason)
        challenge = read_challenge(paper.challenge)
        place = await self.book.place(paper.entity, paper.kit)
        if lifecycle.is_wiped(place.word):
            raise Invalid("kit.wiped", f"{paper.kit}: it is wiped; enrol it again")
        cause = _cause(paper, challenge, place)
        key = await self.compute(lambda: _opened(place.word.escrow, self.own(now), paper.kit))
        code = unlock_code(key, paper.entity, paper.kit, challenge)
        people = tuple(sorted(it.by for it in believed))
        body = msgspec.json.encode(
            {
                "kit": paper.kit,
                "challenge": challenge.text(),
                "cause": cause,
                "reasons": [it.paper.reason for it in believed],
            }
        )
        given = Given(paper.entity, paper.kit, challenge.text(), cause, "+".join(people), body)
        await self.book.give_unlock(given)
        self.log.warning("unlock.code", entity=paper.entity, kit=paper.kit, by="+".join(people), cause=cause)
        return UnlockCode(paper.entity, paper.kit, cause, people, code)


def _same(believed: list[Believed[UnlockPaper]]) -> UnlockPaper:
    first = believed[0].paper if believed else None
    if first is None or len(believed) != PEOPLE or len({it.by for it in believed}) != PEOPLE:
        raise Invalid("unlock.people", f"{PEOPLE} different operators must sign; give --operator twice")
    if len({(it.paper.entity, it.paper.kit, it.paper.challenge) for it in believed}) != 1:
        raise Invalid("unlock.people", "the operators signed different challenges; read the kit's screen again")
    return first


def _cause(paper: UnlockPaper, challenge: Challenge, place: Place) -> str:
    """Return which lock the challenge is about. Raises `Invalid` ``challenge.kit``."""
    for cause in _present_locks(place):
        if challenge.is_for(paper.entity, paper.kit, cause):
            return cause
    raise Invalid(
        "challenge.kit",
        f"it is not about a lock that {paper.kit} can have now; compare kit and challenge with the screen",
    )


def _present_locks(place: Place) -> list[str]:
    """The locks that central ordered; without any, those that a kit makes itself."""
    ordered = [
        it.asked.command for it in place.pending if it.target.kind == lifecycle.LOCK and it.target.state not in FINAL
    ]
    standing = lifecycle.standing_of(place.word)
    if lifecycle.is_locked(place):
        last = place.last_lock
        if last is not None and last.kind == lifecycle.LOCK:
            ordered.append(last.command)
        if standing is not None and standing.cause:
            ordered.append(standing.cause)
    return ordered or list(LOCAL_CAUSES)


def _opened(escrow: bytes, own: Sequence[Identity], kit: str) -> bytes:
    if not escrow:
        raise Invalid("escrow.none", f"{kit}: it has no key to unlock without network; it must reach central once")
    return unsealed(escrow, own)
