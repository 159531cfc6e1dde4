"""A central of a few lines behind real TLS: opens envelopes, and answers as a test tells it."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import open_envelope, seal
from padkit_contract.messages import Outcome, Posted, Reply, encode
from padkit_contract.party import Party


@dataclass
class Got:
    """One POST as it was opened."""

    context: Context
    payload: bytes
    request: web.Request
    c3: bytes = b""
    c3_context: Context | None = None


Answer = Callable[["LittleCentral", Got], Awaitable[web.StreamResponse]]


@dataclass
class LittleCentral:
    """`answers` are used up one a POST; when none is left, everything is answered OK."""

    party: Party
    now_s: Callable[[], float]
    answers: list[Answer] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)
    url: str = ""

    async def start(self) -> web.AppRunner:
        app = web.Application(client_max_size=16 << 20)
        app.add_routes([web.post("/v1/envelopes", self._post), web.get("/v1/key", self._key)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self.party.tls.trust))
        context.load_cert_chain(str(self.party.tls.cert), str(self.party.tls.key))
        context.verify_mode = ssl.CERT_REQUIRED
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        self.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _key(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="the newest certificate")

    async def _post(self, request: web.Request) -> web.StreamResponse:
        posted = msgspec.msgpack.decode(await request.read(), type=Posted)
        got = self._open(posted, request)
        self.got.append(got)
        transport = request.transport
        assert transport is not None
        certificate = transport.get_extra_info("peercert")
        self.peers.append(dict(part[0] for part in certificate["subject"])["commonName"])
        answer = self.answers.pop(0) if self.answers else says()
        return await answer(self, got)

    def _open(self, posted: Posted, request: web.Request) -> Got:
        now = datetime.fromtimestamp(self.now_s(), UTC)
        opened = open_envelope(posted.envelope, own=(self.party.encrypt,), trust=self.party.trust, now=now)
        got = Got(opened.context, opened.payload, request)
        if posted.c3:
            c3 = open_envelope(posted.c3, own=(self.party.encrypt,), trust=self.party.trust, now=now)
            got.c3, got.c3_context = c3.payload, c3.context
        return got

    def sealed(self, reply: Reply, context: Context, **changed: object) -> bytes:
        """Seal a reply to the request of `context`; `changed` spoils its own context."""
        assert self.party.peers is not None
        now = datetime.fromtimestamp(self.now_s(), UTC)
        recipient = self.party.peers.recipient(context.entity, context.kit, now)
        own = Context(
            version=VERSION,
            entity=context.entity,
            kit=context.kit,
            envelope=context.envelope,
            sequence=0,
            business=f"reply:{context.business}",
            catalogue=context.catalogue,
            key=recipient.key_id,
            recipient=recipient.name,
            not_after=int(self.now_s()) + 3600,
        )
        own = msgspec.structs.replace(own, **changed)
        return seal(
            encode(reply), own, sender=self.party.sign, recipient=recipient, random_bytes=secrets.token_bytes, now=now
        )


def says(outcome: Outcome = Outcome.OK, message: str = "", **changed: object) -> Answer:
    async def answer(central: LittleCentral, got: Got) -> web.StreamResponse:
        reply = Reply(outcome, "0000", message, fields={"of": got.context.envelope})
        return web.Response(body=central.sealed(reply, got.context, **changed))

    return answer


def status(code: int, body: str = "") -> Answer:
    async def answer(_central: LittleCentral, _got: Got) -> web.StreamResponse:
        return web.Response(status=code, text=body, content_type="application/json")

    return answer


async def hang_up(_central: LittleCentral, got: Got) -> web.StreamResponse:
    """Take the request and cut the connection without an answer."""
    assert got.request.transport is not None
    got.request.transport.abort()
    return web.Response()


async def garbage(_central: LittleCentral, _got: Got) -> web.StreamResponse:
    return web.Response(body=b"\x30\x82not an envelope")
