"""Making evidence packages: once central has a case's evidence list, its files become one sealed file in the store.

The manifest is fixed first, with its place in the chain; then each part is sealed and written. A power cut in between seals it
again under the same manifest. What cannot be made is set aside and holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec

from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import Flow
from padkit_agent.core.queue import Why
from padkit_agent.observe import Log, place_of
from padkit_agent.store import KitStore, StoreUnavailable
from padkit_agent.store.packages import PIECE
from padkit_agent.uplink.trouble import Stuck
from padkit_contract.crypto import sm3
from padkit_contract.errors import ContractError, KeySilent
from padkit_contract.evidence import Item, Manifest, PackageSealer, head, section
from padkit_contract.evidence.manifest import FORMAT
from padkit_contract.messages import EvidencePackage, decode
from padkit_sdk.errors import Refused


class Packer:
    """Makes what is due, one after another."""

    def __init__(
        self,
        store: KitStore,
        sealer: PackageSealer,
        clock: Clock,
        new_id: Callable[[], str],
        *,
        version: str,
        holder: Callable[[], str],
        log: Log,
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._new_id = new_id
        self._version = version
        self._holder = holder
        self._log = log

    async def pack(self) -> None:
        """Bring everything that is due to a whole file. Raises `StoreUnavailable`; `LinkLost` while a hardware key is silent."""
        for flow_id in await self._store.packages.due():
            try:
                await self._begin(flow_id)
            except StoreUnavailable:
                raise
            except Exception as exc:  # noqa: BLE001 - whatever stands in one case, the others go on
                await self._store.packages.set_aside(flow_id)
                self._log.error("evidence.broken", flow=flow_id, why=_told(exc))
        for package in await self._store.packages.listed("making"):
            try:
                await self._seal(package.flow_id)
            except KeySilent as exc:
                raise Stuck(Why.KEY, exc.reason, f"evidence cannot be signed now: {exc}") from exc
            except StoreUnavailable:
                raise
            except Exception as exc:  # noqa: BLE001 - as above
                await self._store.packages.end(package.flow_id, "broken")
                self._log.error("evidence.broken", flow=package.flow_id, why=_told(exc))

    async def _begin(self, flow_id: str) -> None:
        body = await self._store.packages.told(flow_id)
        files = await self._store.files.of(flow_id)
        steps = await self._store.steps(flow_id)
        if not steps:
            raise Refused("package.damaged", f"the journal has no flow {flow_id!r}; the outbox row was changed")
        flow, told = msgspec.json.decode(steps[-1].flow, type=Flow), decode(body, EvidencePackage)
        items = tuple(Item(it.type, it.media, it.size, it.sm3, it.at, it.about) for it in files)
        party, package, made_at = self._sealer.party, self._new_id(), self._clock.iso()

        def make(number: int, previous: str) -> bytes:
            return Manifest(
                format=FORMAT,
                package=package,
                entity=party.entity,
                kit=party.name,
                fingerprint=self._sealer.fingerprint,
                agent=self._version,
                number=number,
                previous=previous,
                made_at=made_at,
                flow=flow_id,
                serial=told.serial,
                catalogue=told.catalogue,
                policy=flow.policy,
                agreed=sm3(body).hex(),
                items=items,
                evidence=told.items,
                history=told.history,
                holder=self._holder(),
                people=flow.people,
                ticket=flow.ticket,
            ).encode()

        await self._store.packages.begin(flow_id, make)

    async def _seal(self, flow_id: str) -> None:
        packages = self._store.packages
        await packages.clear(flow_id)
        manifest = Manifest.decode(await packages.manifest(flow_id))
        sealed = await asyncio.to_thread(self._sealer.manifest, manifest)
        size, held = 0, b""
        async for part in self._parts(flow_id, manifest, sealed):
            held += part
            while len(held) >= PIECE:
                await packages.write(flow_id, size, held[:PIECE])
                size, held = size + PIECE, held[PIECE:]
        if held:
            await packages.write(flow_id, size, held)
        await packages.ready(flow_id, sm3(sealed).hex(), size + len(held))
        self._log.info("evidence.packed", flow=flow_id, items=len(manifest.items), size=size + len(held))

    async def _parts(self, flow_id: str, manifest: Manifest, sealed: bytes) -> AsyncIterator[bytes]:
        yield head(len(manifest.items)) + section(sealed)
        for number, item in enumerate(manifest.items, 1):
            content = await self._store.files.read(flow_id, item.sm3)
            yield section(await asyncio.to_thread(self._sealer.item, manifest, number, content))


def _told(exc: Exception) -> str:
    """Name what went wrong; a text that is not ours may quote what must not be seen."""
    return str(exc) if isinstance(exc, Refused | ContractError) else f"{type(exc).__name__} at {place_of(exc)}"
