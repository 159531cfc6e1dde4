"""Who may come in: asked before anything else of every contact, and answered from the rows as they are at that moment.

Contacts that come at the same time share one look into the database, so that the look costs a busy service little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from padkit_central.kits.keys import Key, KitKeys, moment
from padkit_central.observe import Log
from padkit_central.store import IdentityBook, KeyUse, KitState, Known
from padkit_contract.errors import Invalid

REVOKED, SUSPENDED = "identity.revoked", "identity.suspended"
OUT = {KitState.SUSPENDED: SUSPENDED, KitState.REVOKED: REVOKED, KitState.WIPED: REVOKED}


@dataclass(slots=True, eq=False)
class _Look:
    """One look for many: who is asked for, and what was found."""

    keys: set[Key] = field(default_factory=set)
    found: dict[Key, Known] | None = None


class Standings:
    """Knows whose contact is taken. Kits without rows come in as their certificates say."""

    def __init__(self, book: IdentityBook, keys: KitKeys, *, now: Callable[[], datetime], log: Log) -> None:
        self._book = book
        self._keys = keys
        self._now = now
        self._log = log
        self._turn = asyncio.Lock()
        self._next = _Look()

    async def check(self, entity: str, kit: str, tls_serial: str) -> None:
        """Let a kit in that comes with the TLS certificate `tls_serial` (hex).

        Raises:
            Invalid: ``identity.revoked`` or ``identity.suspended``; why stands in the log.
            StoreFailed: nobody knows just now.
        """
        key, serial = (entity, kit), _plain(tls_serial)
        known = await self._look(key)
        await self._keys.learn(key, known, serial)
        code, why = _judge(known, serial, moment(self._now()))
        if code:
            self._log.warning(code, entity=entity, kit=kit, why=why)
            raise Invalid(code, "this kit may not come in; ask who gave it out")

    async def barred(self, lines: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
        """Return those of `lines` (entity, kit, TLS serial) that may not stay, with the code: for open connections."""
        asked = list(lines)
        found = await self._book.known({(entity, kit) for entity, kit, _ in asked})
        at = moment(self._now())
        judged = {it: _judge(found[it[0], it[1]], _plain(it[2]), at)[0] for it in asked}
        return {it: code for it, code in judged.items() if code}

    async def _look(self, key: Key) -> Known:
        look = self._next
        look.keys.add(key)
        async with self._turn:
            if look.found is None:  # the first of those who wait looks for all of them
                self._next = _Look()
                look.found = await self._book.known(look.keys)
        return look.found[key]


def _judge(known: Known, serial: str, at: str) -> tuple[str, str]:
    """Return the refusal's code and the true reason; empty for who may come in."""
    if known.state in OUT:
        return OUT[known.state], f"the kit is {known.state.value}"
    if not known.certificates:
        return "", ""
    own = [row for row in known.certificates if row.use is KeyUse.TLS and row.serial == serial]
    if not own:
        return REVOKED, f"TLS serial {serial} is not one of the kit's"
    return ("", "") if own[0].good(at) else (REVOKED, f"TLS serial {serial}: {own[0].reason}")


def _plain(serial: str) -> str:
    try:
        return f"{int(serial, 16):x}"
    except ValueError:
        return ""
