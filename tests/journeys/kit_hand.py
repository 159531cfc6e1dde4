"""A hand at central's door with a kit's own keys: seals and posts as the agent does, or wrongly on purpose."""

from __future__ import annotations

import io
import os
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import aiohttp
import msgspec
from journey import Journey

from padkit_agent.uplink import Secrecy
from padkit_central.business.chain import is_record
from padkit_contract import messages
from padkit_contract.context import Context
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.envelope import Recipient, open_envelope, seal
from padkit_contract.ids import Uuid7
from padkit_contract.messages import C3_SUFFIX, Posted, Reply
from padkit_contract.party import Party, TlsFiles, load_party
from padkit_contract.profiles import Profile
from padkit_sim.demo import files

LIFE_S = 3600
FAR_AHEAD = 1_000_000_000
new_id = Uuid7(lambda: int(time.time() * 1000), os.urandom)


@cache
def suite() -> Suite:
    return choose_suite(allow_pure=True, log=lambda _event, **_fields: None)


def now() -> datetime:
    return datetime.now(UTC)


def load(journey: Journey, folder: str) -> Party:
    """Read the keys of a party in the world's folder."""
    return load_party(journey.folder / folder, suite(), (journey.folder / files.PASSWORD).read_bytes())


def trusting(tls: TlsFiles, *, certificate: bool = True) -> ssl.SSLContext:
    """Return the kit's side of the TLS connection, with its certificate or without."""
    context = ssl.create_default_context(cafile=str(tls.trust))
    if certificate:
        context.load_cert_chain(tls.cert, tls.key)
    return context


@dataclass(frozen=True)
class KitHand:
    """One kit's keys and one TLS connection."""

    party: Party
    url: str
    session: aiohttp.ClientSession
    places: dict[str, tuple[int, str]] = field(default_factory=dict)

    def place(self, envelope: str, business: str) -> tuple[int, str]:
        """Return sequence and previous of a record far ahead in the kit's chain, where nothing is booked beside it."""
        if not is_record(business.removesuffix(C3_SUFFIX)):
            return 0, ""
        return self.places.setdefault(envelope, (FAR_AHEAD + secrets.randbelow(FAR_AHEAD), secrets.token_hex(32)))

    def sealed(
        self,
        business: str,
        body: bytes,
        *,
        envelope: str = "",
        by: Party | None = None,
        to: Party | None = None,
        profile: Profile = Profile.A,
        **changed: Any,
    ) -> bytes:
        """Return an envelope; `by` signs it, `to` can open it, and `changed` fields of the context are what they are not."""
        peer = self.party.peer if to is None else to.peer
        assert peer is not None
        context = self.context(business, peer, envelope or new_id(), **changed)
        signer = (by or self.party).sign
        return seal(body, context, sender=signer, recipient=peer, random_bytes=os.urandom, now=now(), profile=profile)

    def context(self, business: str, peer: Recipient, envelope: str, **changed: Any) -> Context:
        """Return what an envelope for `peer` is bound to, but for the `changed` fields."""
        sequence, previous = self.place(envelope, business)
        context = Context(
            version=2,
            entity=self.party.entity,
            kit=self.party.name,
            envelope=envelope,
            sequence=sequence,
            business=business,
            catalogue=1,
            key=peer.key_id,
            recipient=peer.name,
            not_after=int(time.time()) + LIFE_S,
            previous=previous,
        )
        return msgspec.structs.replace(context, **changed)

    def c3_part(self, business: str, body: bytes, fields: Mapping[str, Any], envelope: str) -> bytes:
        """Return the body of the C3 envelope of a request: `fields` as the kit seals them for the HSM."""
        place = msgspec.json.decode(body)
        way = Secrecy(self.party, time.time, os.urandom)
        return way.seal(fields, business=business, envelope=envelope, serial=place["serial"], attempt=place["attempt"])

    async def post(self, envelope: bytes, c3: bytes = b"") -> tuple[int, bytes]:
        return await self.post_raw(msgspec.msgpack.encode(Posted(envelope, c3)))

    async def post_raw(self, body: bytes) -> tuple[int, bytes]:
        async with self.session.post(f"{self.url}/v1/envelopes", data=io.BytesIO(body)) as response:
            return response.status, await response.read()

    def opened(self, raw: bytes) -> Reply:
        found = open_envelope(raw, own=[self.party.encrypt], trust=self.party.trust, now=now())
        return messages.decode(found.payload, Reply)

    async def ask(
        self, business: str, body: bytes, c3: Mapping[str, Any] | None = None, *, envelope: str = "", **changed: Any
    ) -> Reply:
        """Send a request and return the opened reply; a receipt is asked about again."""
        envelope = envelope or new_id()
        part = b""
        if c3 is not None:
            part = self.sealed(
                business + C3_SUFFIX, self.c3_part(business, body, c3, envelope), envelope=envelope, **changed
            )
        status = 202
        while status == 202:
            status, raw = await self.post(self.sealed(business, body, envelope=envelope, **changed), part)
        assert status == 200, raw
        return self.opened(raw)


@asynccontextmanager
async def kit_hand(journey: Journey, *, keys: str = "kit", tls: str = "kit") -> AsyncIterator[KitHand]:
    """Hold the keys in folder `keys`, connected with the TLS certificate in folder `tls`."""
    connector = aiohttp.TCPConnector(ssl=trusting(load(journey, tls).tls))
    async with aiohttp.ClientSession(connector=connector) as session:
        yield KitHand(load(journey, keys), journey.world.central_url, session)
