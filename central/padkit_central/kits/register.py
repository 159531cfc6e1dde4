"""The room of identity, put together from what the composition root has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from padkit_central.business import Compute
from padkit_central.config import Config
from padkit_central.kits.enrolment import Enrolment
from padkit_central.kits.issuing import Issuer
from padkit_central.kits.keys import KitKeys
from padkit_central.kits.news import News
from padkit_central.kits.renewal import Renewals
from padkit_central.kits.revocations import Revocations
from padkit_central.kits.standings import Standings
from padkit_central.observe import Log
from padkit_central.store import IdentityBook
from padkit_contract.party import Party
from padkit_contract.peers import FOLDER, Peers


@dataclass(frozen=True, slots=True)
class IdentityRoom:
    """Who kits are and who may come in. `enrolment` is None where kits do not enrol."""

    keys: KitKeys
    standings: Standings
    news: News
    revocations: Revocations
    renewals: Renewals
    enrolment: Enrolment | None


async def identity_room(
    config: Config,
    book: IdentityBook,
    party: Party,
    issuer: Issuer | None,
    *,
    now: Callable[[], datetime],
    compute: Compute,
    log: Log,
) -> IdentityRoom:
    """Put the room together and read every kit's certificates."""
    keys = KitKeys(book, Peers(config.party / FOLDER, party.trust), party.trust)
    await keys.load()
    news = News(config.party)
    overlap = timedelta(days=config.ca.overlap_days)
    renewals = Renewals(book, issuer, news, keys, overlap=overlap, now=now, compute=compute, log=log)
    enrolment = None
    if issuer is not None and config.enrol.host:
        entities, repeat_s = frozenset(config.entities), config.enrol.repeat_s
        enrolment = Enrolment(
            book, issuer, news, entities=entities, repeat_s=repeat_s, now=now, compute=compute, log=log
        )
    revocations = Revocations(config.party, party.trust, news, compute=compute, log=log)
    return IdentityRoom(keys, Standings(book, keys, now=now, log=log), news, revocations, renewals, enrolment)
