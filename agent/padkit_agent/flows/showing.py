"""What a case has so far, shown to the authorisers: its pictures and documents go to central while people there look at it.

It is made in memory for one request, sealed as an evidence package is, and is none: nothing is booked for it on the kit, and the
decision does not wait for it. What a lost network cut off goes on where central stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import Flow
from padkit_agent.flows.run import Run
from padkit_agent.observe import Log, place_of
from padkit_agent.store import Files
from padkit_agent.uplink import Courier
from padkit_agent.uplink.wire import Rejected, Wire
from padkit_contract.authorise import AUTH_SHOW, AuthShown
from padkit_contract.crypto import sm3
from padkit_contract.errors import ContractError, KeySilent
from padkit_contract.evidence import (
    SHOWN,
    START,
    Item,
    Manifest,
    PackageReply,
    PackageSealer,
    PackageState,
    head,
    section,
)
from padkit_contract.evidence.manifest import FORMAT
from padkit_contract.messages import Outcome
from padkit_sdk.errors import LinkLost, Refused

PIECE = 64 << 10
MAX_SHOWN = 16 << 20
ASK_S = 60.0
REST_S = 5.0
PIECE_S = 30.0


class Shower:
    """Shows cases, one request at a time for each flow."""

    def __init__(
        self,
        files: Files,
        sealer: PackageSealer,
        wire: Wire,
        courier: Courier,
        clock: Clock,
        new_id: Callable[[], str],
        *,
        version: str,
        holder: Callable[[], str],
        log: Log,
    ) -> None:
        self._files = files
        self._sealer = sealer
        self._wire = wire
        self._courier = courier
        self._clock = clock
        self._new_id = new_id
        self._version = version
        self._holder = holder
        self._log = log

    async def show(self, run: Run, number: int) -> None:
        """Bring what the flow of `run` has to central, for its request of round `number`; once, and until it is there."""
        if run.shown == number:
            return
        flow, made = run.flow, b""
        while run.shown != number:
            try:
                made = made or await self._made(flow)
                if made and not await self._brought(flow, number, made):
                    return
                run.shown = number
            except (LinkLost, KeySilent) as exc:
                self._log.warning("show.waits", flow=flow.id, why=str(exc))
                await self._clock.sleep(REST_S)
            except (Refused, ContractError) as exc:
                self._log.error("show.failed", flow=flow.id, why=str(exc))
                return
            except Exception as exc:  # noqa: BLE001 - who decides sees no pictures; the case goes on
                self._log.error("show.failed", flow=flow.id, error=type(exc).__name__, place=place_of(exc))
                return

    async def _made(self, flow: Flow) -> bytes:
        """Return the file, or nothing when nothing was captured. Raises `Refused` ``show.size``, ``vault.damaged``."""
        files = await self._files.of(flow.id)
        if not files:
            return b""
        if (size := sum(it.size for it in files)) > MAX_SHOWN - (1 << 20):
            raise Refused("show.size", f"flow {flow.id}: {size} bytes, which is more than authorisers are shown")
        party = self._sealer.party
        manifest = Manifest(
            format=FORMAT,
            package=self._new_id(),
            entity=party.entity,
            kit=party.name,
            fingerprint=self._sealer.fingerprint,
            agent=self._version,
            number=SHOWN,
            previous=START,
            made_at=self._clock.iso(),
            flow=flow.id,
            serial=flow.serial,
            catalogue=flow.business,
            policy=flow.policy,
            agreed=START,
            items=tuple(Item(it.type, it.media, it.size, it.sm3, it.at, it.about) for it in files),
            evidence=(*flow.evidence, *flow.checks),
            history=flow.history,
            holder=self._holder(),
            people=flow.people,
        )
        parts = [head(len(files)), section(await asyncio.to_thread(self._sealer.manifest, manifest))]
        for number, item in enumerate(manifest.items, 1):
            content = await self._files.read(flow.id, item.sm3)
            parts.append(section(await asyncio.to_thread(self._sealer.item, manifest, number, content)))
        return b"".join(parts)

    async def _brought(self, flow: Flow, number: int, made: bytes) -> bool:
        """Upload it and hear that it is there; False when central does not want it. Raises `LinkLost`."""
        seal = seal_of(made)
        have = _at(await self._wire.stands(seal, timeout_s=PIECE_S), len(made))
        while have < len(made):
            await self._courier.calm()
            piece = made[have : have + PIECE]
            before, have = have, _at(await self._wire.piece(seal, have, len(made), piece, timeout_s=PIECE_S), len(made))
            if have <= before:
                raise LinkLost(f"central has {have} bytes after a piece at {before}")
        reply = await self._courier.ask(AUTH_SHOW, AuthShown(flow.serial, number, seal, len(made)), timeout_s=ASK_S)
        if reply is None or reply.outcome is Outcome.NOT_FOUND:
            raise LinkLost("no word about what is shown: the request is not there yet, or silence")
        if reply.outcome is not Outcome.OK:
            self._log.error("show.failed", flow=flow.id, why=reply.code)
            return False
        told = msgspec.convert(reply.fields.get("package"), PackageReply)
        if told.state is PackageState.INCOMPLETE:
            raise LinkLost(f"central has {told.have} of {len(made)} bytes after all")
        if told.state is PackageState.REFUSED:
            self._log.error("show.failed", flow=flow.id, why=", ".join(told.findings))
            return False
        self._log.info("show.shown", flow=flow.id, size=len(made))
        return True


def seal_of(made: bytes) -> str:
    """Return what an upload is named by: SM3 (hex) of its sealed manifest, its first section."""
    begin = len(head(0)) + 4
    size = int.from_bytes(made[begin - 4 : begin], "big")
    return sm3(made[begin : begin + size]).hex()


def _at(have: int | Rejected, size: int) -> int:
    if isinstance(have, Rejected):
        raise Refused("show.refused", f"central takes no piece: {have.code}: {have.message}")
    if not 0 <= have <= size:
        raise LinkLost(f"central says {have} of {size} bytes")
    return have
