"""Brings evidence packages to central, behind everything else: in pieces, from where central says it stands, one after another.

A cut costs one piece. What central says while pieces come is a hint; its sealed answer at the end is what lets files go.
A package that fails rests while the next one is tried.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import msgspec

from padkit_agent.core.clock import Clock
from padkit_agent.core.queue import Why
from padkit_agent.observe import Log, place_of
from padkit_agent.store import KitStore, Package, StoreUnavailable
from padkit_agent.uplink.courier import Courier
from padkit_agent.uplink.trouble import Stuck, Troubles, why_of
from padkit_agent.uplink.wire import Rejected, Wire
from padkit_contract.evidence import SEAL_AGAIN, Agreed, PackageReply, PackageState
from padkit_contract.messages import EVIDENCE_SEALED, Outcome
from padkit_sdk.errors import LinkLost, Refused

PIECE = 64 << 10
ASK_S = 60.0  # central judges the whole package before it answers
REST_S = (1.0, 60.0)


class Uploader:
    """Uploads what is ready. `run` is awaited by the app."""

    def __init__(
        self,
        store: KitStore,
        courier: Courier,
        wire: Wire,
        pack: Callable[[], Awaitable[None]],
        *,
        clock: Clock,
        chance: random.Random,
        timeout_s: float,
        log: Log,
    ) -> None:
        self._store = store
        self._courier = courier
        self._wire = wire
        self._pack = pack
        self._clock = clock
        self._chance = chance
        self._timeout_s = timeout_s
        self._log = log
        self._work = asyncio.Event()
        self._work.set()  # of before the start
        self._failures = 0
        self.troubles = Troubles()  # by flow
        self.hindered: tuple[Why, str] | None = None  # why no package can be made just now

    def wake(self) -> None:
        """Central has answered an evidence list: its package is due."""
        self._work.set()

    async def run(self) -> None:
        """Make and upload, until cancelled."""
        while True:
            self._work.clear()
            if await self._round():
                self._failures = 0
                await self._work.wait()
                continue
            self._failures += 1
            await self._rest()

    async def _round(self) -> bool:
        """Try each package once; False when one of them must be tried again."""
        done = True
        try:
            await self._pack()
            self.hindered = None
            for package in await self._store.packages.listed("ready"):
                done = await self._try(package) and done
        except (StoreUnavailable, LinkLost) as exc:
            self.hindered = (Why.DISK, "") if isinstance(exc, StoreUnavailable) else why_of(exc)
            self._log.error("evidence.waits", why=str(exc))
            return False
        except Exception as exc:  # noqa: BLE001 - evidence waits; the agent does not end for it
            self._log.error("evidence.failed", flow="", error=type(exc).__name__, place=place_of(exc))
            return False
        return done

    async def _try(self, package: Package) -> bool:
        try:
            return await self._upload(package)
        except LinkLost as exc:
            self.troubles.note(package.flow_id, *why_of(exc))
            self._log.warning("evidence.cut", flow=package.flow_id, why=str(exc))
        except Refused as exc:
            await self._store.packages.end(package.flow_id, "broken")
            self._log.error("evidence.broken", flow=package.flow_id, why=str(exc))
            return True
        except StoreUnavailable:
            raise
        except Exception as exc:  # noqa: BLE001 - one package must not end the road for the others
            self.troubles.note(package.flow_id, Why.BUG, type(exc).__name__)
            self._log.error("evidence.failed", flow=package.flow_id, error=type(exc).__name__, place=place_of(exc))
        return False

    async def _rest(self) -> None:
        """Rest before what failed is tried again; a new package does not wait for that."""
        low, high = REST_S
        ceiling = min(high, low * 2 ** min(self._failures, 10))
        rest = asyncio.ensure_future(self._clock.sleep(self._chance.uniform(low, max(low, ceiling))))
        work = asyncio.ensure_future(self._work.wait())
        try:
            await asyncio.wait((rest, work), return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()
            work.cancel()
            await asyncio.gather(rest, work, return_exceptions=True)

    async def _upload(self, package: Package) -> bool:
        have = await self._at(self._wire.stands(package.seal, timeout_s=self._timeout_s), package)
        while have < package.size:
            piece = await self._store.packages.read(package, have, PIECE)
            await self._courier.calm()
            sent = self._wire.piece(package.seal, have, package.size, piece, timeout_s=self._timeout_s)
            before, have = have, await self._at(sent, package)
            if have <= before:
                raise LinkLost(f"central has {have} bytes after a piece at {before}")
        return await self._end(package)

    async def _at(self, answer: Awaitable[int | Rejected], package: Package) -> int:
        """Return how far central is. Raises `LinkLost` when it does not say."""
        have = await answer
        if isinstance(have, Rejected):
            raise Stuck(Why.CENTRAL, have.code, f"central takes no piece: {have.code}: {have.message}")
        if not 0 <= have <= package.size:
            raise LinkLost(f"central says {have} of {package.size} bytes")
        return have

    async def _end(self, package: Package) -> bool:
        reply = await self._courier.ask(EVIDENCE_SEALED, Agreed(package.seal, package.size), timeout_s=ASK_S)
        if reply is None or reply.outcome is not Outcome.OK:
            if reply is None:
                raise LinkLost("no word about the package: silence")
            raise Stuck(Why.CENTRAL, reply.code, f"no word about the package: {reply.code}")
        try:
            told = msgspec.convert(reply.fields.get("package"), PackageReply)
        except msgspec.ValidationError as exc:
            raise LinkLost(f"central's word about the package is none: {exc}") from exc
        if told.seal != package.seal:
            raise LinkLost("central speaks of another package")
        return await self._take(package, told)

    async def _take(self, package: Package, told: PackageReply) -> bool:
        """Do what central's word asks for; False when the package is to be tried again."""
        packages = self._store.packages
        match told.state:
            case PackageState.STORED:
                await self._store.files.free(package.flow_id, self._clock.iso())
                await packages.end(package.flow_id, "stored")
                self.troubles.over(package.flow_id)
                self._log.info("evidence.stored", flow=package.flow_id, size=package.size)
                return True
            case PackageState.REFUSED if not SEAL_AGAIN.isdisjoint(told.findings):
                await packages.end(package.flow_id, "making")
                return False
            case PackageState.REFUSED:
                await packages.end(package.flow_id, "refused")
                self.troubles.note(package.flow_id, Why.REFUSED, ", ".join(told.findings))
                self._log.error("evidence.refused", flow=package.flow_id, findings=", ".join(told.findings))
                return True
        return False  # bytes are missing after all
