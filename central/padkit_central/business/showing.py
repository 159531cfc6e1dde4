"""What authorisers are shown of a request before they decide: its pictures and documents, as its kit sealed them.

It comes as evidence packages come, in pieces, but is none: it is judged like one, holds for its one request, and is forgotten
after a day. It is opened each time somebody looks, and never kept open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from padkit_central.business.ask import SERIAL, Ask
from padkit_central.business.packages import CONTEXT, Opening, package_reply
from padkit_central.business.ports import Compute
from padkit_central.observe import Log
from padkit_central.store import Authorisation, Store
from padkit_central.store.evidence_records import Upload
from padkit_contract.authorise import AuthShown
from padkit_contract.errors import Invalid
from padkit_contract.evidence import SHOWN, Item, Judged, PackageState
from padkit_contract.messages import Outcome, Reply, decode

KEPT = timedelta(hours=24)
MAX_SHOWN = 16 << 20


class ShownFile(msgspec.Struct, frozen=True):
    """One file of a request: evidence type, media type, bytes, SM3 (hex), and when it was captured."""

    type: str
    media: str
    size: int
    sm3: str
    at: str


class Showing:
    """Takes in what is shown, and opens it for the desk."""

    def __init__(self, store: Store, opening: Opening, *, compute: Compute, log: Log) -> None:
        self._store = store
        self._opening = opening
        self._compute = compute
        self._log = log

    async def show(self, ask: Ask) -> Reply:
        """Answer `AUTH_SHOW`: how the upload stands, and once it is whole whether it shows the request.

        Raises `Invalid` ``serial.form``, ``auth.shown_size``.
        """
        asked = decode(ask.payload, AuthShown)
        if SERIAL.fullmatch(asked.serial) is None:
            raise Invalid("serial.form", f"{asked.serial[:64]!r}: 1 to 64 letters, digits or _ . : - are wanted")
        if not 0 < asked.size <= MAX_SHOWN:
            raise Invalid(
                "auth.shown_size", f"{asked.size} bytes, 1 to {MAX_SHOWN} are shown; the decision goes on without"
            )
        found = await self._store.authorisations.newest(ask.entity, ask.kit, asked.serial)
        if found is None or found.request.round != asked.round:
            return Reply(Outcome.NOT_FOUND, "auth.unknown", "no such request has come (yet)")
        upload = await self._store.evidence.upload(ask.entity, ask.kit, asked.seal)
        if upload is None or upload.size != asked.size or upload.have < upload.size:
            return package_reply(asked.seal, PackageState.INCOMPLETE, upload.have if upload else 0)
        if upload.state == PackageState.INCOMPLETE.value:
            wrong = await self._wrong(upload, found, ask.received_at)
            if wrong:
                await self._store.evidence.drop(upload)
                self._log.warning("auth.not_shown", kit=ask.kit, authorisation=found.id, why="; ".join(wrong))
                return package_reply(asked.seal, PackageState.REFUSED, 0, wrong)
            await self._store.evidence.shown(upload, found.id)
            self._log.info("auth.shown", kit=ask.kit, authorisation=found.id, size=upload.size)
        return package_reply(asked.seal, PackageState.STORED, upload.have)

    async def here(self, entity: str) -> frozenset[str]:
        """Return the ids of the requests of which something is shown."""
        return await self._store.evidence.shown_here(entity)

    async def files(self, it: Authorisation) -> Sequence[ShownFile]:
        """Return what is there of a request, the oldest first; nothing while it has not come."""
        judged = await self._open(it)
        items = judged.manifest.items if judged and judged.manifest else ()
        return [ShownFile(each.type, each.media, each.size, each.sm3, each.at) for each in items]

    async def content(self, it: Authorisation, digest: str) -> tuple[Item, bytes]:
        """Return one file of a request. Raises `Invalid` ``auth.no_file``."""
        judged = await self._open(it)
        items = judged.manifest.items if judged and judged.manifest else ()
        for number, item in enumerate(items, 1):
            if judged is not None and item.sm3 == digest and number in judged.contents:
                return item, judged.contents[number]
        raise Invalid("auth.no_file", f"{it.id}: no file {digest[:16]}… is here (any more); look at the request again")

    async def forget(self, now: datetime) -> None:
        """Drop what is older than a day."""
        before = (now - KEPT).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if gone := await self._store.evidence.forget_shown(before):
            self._log.info("auth.shown_forgotten", uploads=gone)

    async def _open(self, it: Authorisation) -> Judged | None:
        upload = await self._store.evidence.shown_of(it.entity, it.kit, it.id)
        return await self._judge(upload, datetime.fromisoformat(upload.touched_at)) if upload else None

    async def _judge(self, upload: Upload, now: datetime) -> Judged:
        raw = await self._store.evidence.content(upload)
        return await self._compute(lambda: self._opening.judge(raw, now))

    async def _wrong(self, upload: Upload, it: Authorisation, now: datetime) -> tuple[str, ...]:
        """Say what keeps an upload from showing this very request."""
        judged = await self._judge(upload, now)
        found, manifest = [each.code for each in judged.findings], judged.manifest
        if manifest is None:
            return tuple(found)
        named = (manifest.entity, manifest.kit, judged.seal, manifest.number, manifest.serial)
        if named != (upload.entity, upload.kit, upload.seal, SHOWN, it.request.serial):
            found.append(CONTEXT)
        if manifest.evidence != (*it.request.evidence, *it.request.checks):
            found.append("manifest.evidence")
        return tuple(found)
