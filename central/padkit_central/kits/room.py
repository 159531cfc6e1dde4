"""The room of commands, put together from what the composition root has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from padkit_central.business import Compute, Functions, Kits, Showing
from padkit_central.config import Config
from padkit_central.kits.acknowledging import Acknowledgements
from padkit_central.kits.authorising import Authorising
from padkit_central.kits.dispatch import Barred, Dispatcher
from padkit_central.kits.governing import Governing
from padkit_central.kits.kept import KeptPapers
from padkit_central.kits.ordering import Ordering
from padkit_central.kits.sealing import Sealer
from padkit_central.kits.unlocking import Unlocking
from padkit_central.observe import Log
from padkit_central.store import Store
from padkit_contract.catalogue import Catalogue
from padkit_contract.party import Party


@dataclass(frozen=True, slots=True)
class Around:
    """What the room is given: clock and chance, a place to compute, who may not stay, and what authorisers are shown."""

    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    compute: Compute
    pause: Callable[[float], Awaitable[None]]
    barred: Barred
    showing: Showing
    log: Log


@dataclass(frozen=True, slots=True)
class CommandRoom:
    """Who sends commands, who hears what became of them, who governs, and who authorises."""

    dispatcher: Dispatcher
    acknowledgements: Acknowledgements
    governing: Governing
    authorising: Authorising


def command_room(
    config: Config, store: Store, party: Party, peers: Kits, catalogue: Catalogue, around: Around
) -> CommandRoom:
    """Put the room together."""
    book, now, log = store.orders, around.now, around.log
    papers = KeptPapers(party.trust, config.commands.lock_alone_max)
    dispatcher = Dispatcher(
        book,
        Sealer(party.command, peers.recipient, papers, catalogue.version, around.random_bytes),
        open_case=store.open_case, barred=around.barred, now=now, compute=around.compute, pause=around.pause, log=log,
    )  # fmt: skip
    ordering = Ordering(
        book=book,
        trust=party.trust,
        known=peers.recipient,
        entities=config.entities,
        businesses=catalogue.ids,
        lock_alone_max=config.commands.lock_alone_max,
        now=now,
        at=store.now,
        compute=around.compute,
        hint=dispatcher.hint,
        log=log,
    )
    unlocking = Unlocking(
        book=book,
        trust=party.trust,
        entities=config.entities,
        own=lambda _: party.kept,
        now=now,
        compute=around.compute,
        log=log,
    )
    governing = Governing(
        book=book, ordering=ordering, unlocking=unlocking, dispatcher=dispatcher,
        entities=config.entities, known_kits=peers.names, now=now,
    )  # fmt: skip
    authorising = Authorising(
        store.authorisations,
        store.people,
        party.trust,
        config.entities,
        Functions(store, catalogue),
        now=now,
        at=store.now,
        showing=around.showing,
        compute=around.compute,
        log=log,
    )
    return CommandRoom(dispatcher, Acknowledgements(store, dispatcher.hint, log), governing, authorising)
