"""Evidence packages of kits: pieces on disk before they are answered, the whole judged once, and a word that kits may rely on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from padkit_central.business.ask import Ask
from padkit_central.business.ports import Compute
from padkit_central.observe import Log
from padkit_central.store import OpenCase, Store
from padkit_central.store.evidence_records import Upload, Verdict
from padkit_contract.envelope import Identity
from padkit_contract.evidence import MAX_PACKAGE, SEAL_AGAIN, SHOWN, Agreed, Judged, PackageReply, PackageState, judge
from padkit_contract.messages import Outcome, Reply, decode
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate

MAX_PIECE = 1 << 20
AT_ONCE = 4  # packages that are whole in memory
REFUSED = "evidence.refused"  # a case's reason
CONTEXT = "manifest.context"
MAX_TOLD = 16  # findings that a kit is told


@dataclass(frozen=True, slots=True)
class Opening:
    """With what packages are opened: our keys, newest first, whom we believe, and which signers count."""

    own: Sequence[Identity]
    trust: Trust
    check_signer: Callable[[Certificate, datetime], None]

    def judge(self, raw: bytes, now: datetime) -> Judged:
        """Judge a package that arrived at `now`."""
        return judge(raw, own=self.own, trust=self.trust, now=now, check_signer=self.check_signer)


class Packages:
    """Takes packages in."""

    def __init__(self, store: Store, opening: Opening, *, compute: Compute, log: Log) -> None:
        self._store = store
        self._opening = opening
        self._compute = compute
        self._log = log
        self._room = asyncio.Semaphore(AT_ONCE)

    async def have(self, entity: str, kit: str, seal: str) -> int:
        """Return how many bytes of an upload are on disk."""
        upload = await self._store.evidence.upload(entity, kit, seal)
        return upload.have if upload else 0

    async def take(self, entity: str, kit: str, seal: str, at: int, size: int, body: bytes) -> int | None:
        """Take a piece in; it is on disk when this returns. None when another place is wanted, see `have`."""
        return await self._store.evidence.take(entity, kit, seal, at, size, body)

    async def sealed(self, ask: Ask) -> Reply:
        """Answer `EVIDENCE_SEALED`: how an upload stands. The first time it is whole it is judged."""
        asked = decode(ask.payload, Agreed)
        upload = await self._store.evidence.upload(ask.entity, ask.kit, asked.seal)
        if upload is None or upload.size != asked.size:
            return package_reply(asked.seal, PackageState.INCOMPLETE, 0)
        if upload.state == PackageState.INCOMPLETE.value and upload.have == upload.size:
            async with self._room:
                upload = await self._judge(upload, ask.received_at)
        return package_reply(asked.seal, PackageState(upload.state), upload.have, upload.findings)

    async def _judge(self, upload: Upload, now: datetime) -> Upload:
        raw = await self._store.evidence.content(upload)
        found = await self._compute(lambda: self._opening.judge(raw, now))
        told = verdict(found, upload.entity, upload.kit, upload.seal)
        if any(it.code in SEAL_AGAIN for it in found.findings):
            await self._store.evidence.drop(upload)
            self._log.warning("evidence.seal_again", kit=upload.kit, seal=upload.seal, why="; ".join(told.findings))
            return _as_refused(upload, told)
        upload = await self._store.evidence.judged(upload, told)
        if upload.state == PackageState.REFUSED.value:
            await self._set_aside(upload, now)
        else:
            self._log.info("evidence.stored", kit=upload.kit, flow=upload.flow, number=upload.number)
        return upload

    async def _set_aside(self, upload: Upload, now: datetime) -> None:
        what = "; ".join(upload.findings[:MAX_TOLD])
        self._log.error("evidence.refused", entity=upload.entity, kit=upload.kit, flow=upload.flow, why=what)
        name = f"{upload.seal[:32]}:evidence"
        at = now.isoformat()
        await self._store.open_case(
            OpenCase(upload.entity, upload.kit, name, REFUSED, at, upload.flow, "", what[:1000])
        )


def verdict(judged: Judged, entity: str, kit: str, seal: str) -> Verdict:
    """Return what the store keeps of a judgement; `entity` and `kit` are who brought it, `seal` under which name."""
    findings = [str(it) for it in judged.findings]
    manifest = judged.manifest
    if manifest is None:
        return Verdict("", "", 0, "", "", "", tuple(findings))
    said = (manifest.entity, manifest.kit, judged.seal)
    if said != (entity, kit, seal):
        findings.append(f"{CONTEXT}: manifest: {said} came as {(entity, kit, seal)}")
    if manifest.number == SHOWN:
        findings.append("manifest.number: manifest: it is to be shown to authorisers, and is no package of a case")
    believed = not any(it.startswith("manifest.") for it in findings)
    place = (manifest.number, manifest.digest, manifest.previous) if believed else (0, "", "")
    return Verdict(manifest.package[:36], manifest.flow[:36], *place, manifest.agreed, tuple(findings))


def _as_refused(upload: Upload, told: Verdict) -> Upload:
    return replace(upload, state=PackageState.REFUSED.value, findings=told.findings)


def package_reply(seal: str, state: PackageState, have: int, findings: Sequence[str] = ()) -> Reply:
    """Return what a kit is told of an upload."""
    codes = tuple(dict.fromkeys(it.partition(":")[0] for it in findings))[:MAX_TOLD]
    return Reply(Outcome.OK, fields={"package": PackageReply(seal, state, have, codes)})


def fits(at: int, size: int, body: bytes) -> bool:
    """Tell whether a piece is one that may come: not empty, within its package, and neither too large."""
    return 0 < len(body) <= MAX_PIECE and 0 < size <= MAX_PACKAGE and at + len(body) <= size
