"""A whole central on loopback for unit tests: test certificates, a small core bank, kits that seal and post."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web
from chained import Chained

import padkit_sim
from padkit_central.app import Means, run
from padkit_central.business import put_policy, read_draft
from padkit_central.ca.authority import Authority
from padkit_central.ca.authority import Means as CaMeans
from padkit_central.config import Config, Core, Intake, Processing, Seals
from padkit_central.store import Books, Store, read_books
from padkit_contract import messages
from padkit_contract.catalogue import load_catalogue
from padkit_contract.context import Context
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.envelope import open_envelope, seal
from padkit_contract.ids import Uuid7
from padkit_contract.keys import KeySource
from padkit_contract.messages import (
    C3_SUFFIX,
    CARD_OPEN,
    C3Part,
    EvidenceItem,
    How,
    Posted,
    Reply,
    Request,
    Slip,
    SlipCard,
)
from padkit_contract.party import Party, load_party

PASSWORD = b"TEST ONLY"
ENTITY = "demo"
SEAL_PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10TEST ONLY"
CARDS = ("6219990000000000010", "6219990000000000028", "6219990000000000036")  # a made-up BIN
ID_NUMBER = "11010519491231002X"  # the worked example of GB 11643


UNCHECKED = """
[[waivers]]
id = "no-checks"
business = ["ACC-01"]
covers = ["cip", "account_count", "fraud_list", "gray_list", "aml_screen", "phone_match", "geo"]
reason = "no lists behind these tests"
approved_by = "TEST ONLY"
until = "2036-12-31"
"""
POLICY = read_draft(
    (Path(padkit_sim.__file__).parent / "demo" / "policy.toml").read_text(encoding="utf-8") + UNCHECKED,
    load_catalogue(),
)


class Quiet:
    """A log that remembers, for tests that look for the true reason."""

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []

    def info(self, event: str, /, **fields: object) -> None:
        self.lines.append({"event": event, **fields})

    warning = error = info

    def reasons(self) -> list[str]:
        return [str(line["why"]) for line in self.lines if "why" in line]


class Clock:
    """A wall clock that tests set forward."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def go(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def log() -> Quiet:
    return Quiet()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ids(clock: Clock) -> Uuid7:
    return Uuid7(lambda: int(clock.now().timestamp() * 1000), os.urandom)


@pytest.fixture
async def store(tmp_path: Path, ids: Uuid7, clock: Clock) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "central.db", ids=ids, at=lambda: clock.now().isoformat())
    yield opened
    await opened.stop()


@dataclass
class FakeCore:
    """A core bank of fifty lines: one success per serial, fences, faults on demand. `seen` holds every request."""

    seen: list[dict[str, Any]] = field(default_factory=list)
    results: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    live: dict[str, str] = field(default_factory=dict)
    live_at_first: dict[str, str] = field(default_factory=dict)  # told in the next account list only
    faults: list[str] = field(default_factory=list)  # drop_request, drop_reply, refuse, weak_pin, busy, nonsense
    found: dict[str, str] = field(default_factory=dict)  # by check; one that is not there is down
    told: dict[str, str] = field(default_factory=dict)  # with what a check found
    messages: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def sms(self, request: web.Request) -> web.StreamResponse:
        if "no_sms" in self.faults:
            return web.Response(status=503)
        self.messages.append(await request.json())
        return web.json_response({"sent": True})

    async def check(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.seen.append({"service": "check", **asked})
        if asked["check"] not in self.found:
            return web.Response(status=503)
        told = {"finding": self.found[asked["check"]], "system_serial": "CHK1", "fields": self.told}
        return web.json_response(told)

    def calls(self, service: str) -> list[dict[str, Any]]:
        return [each for each in self.seen if each["service"] == service]

    async def txn(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.seen.append(asked)
        fault = self.faults.pop(0) if self.faults and asked["service"] != "TXN.INQUIRY" else ""
        if fault == "drop_request":
            return self._cut(request)
        answer = self._answer(asked, fault)
        if fault == "drop_reply":
            return self._cut(request)
        if fault == "nonsense":
            return web.Response(text="<html>")
        return web.json_response(answer)

    def _cut(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    def _answer(self, asked: dict[str, Any], fault: str) -> dict[str, Any]:
        if asked["service"] == "TXN.INQUIRY":
            return self._inquire(asked)
        key = (asked["serial"], asked["attempt"])
        if key in self.results:
            return self.results[key]
        if asked["attempt"] <= self.closed.get(asked["serial"], 0):
            return _said("unknown", "4091", not_executed=True)
        if fault == "busy":
            return _said("retryable", "3001")
        if fault in ("refuse", "weak_pin"):
            answer = _said(
                "business_refusal", "2051" if fault == "weak_pin" else "1101", not_executed=fault == "weak_pin"
            )
        else:
            answer = self._execute(asked)
        self.results[key] = answer
        return answer

    def _execute(self, asked: dict[str, Any]) -> dict[str, Any]:
        fields = asked["fields"]
        match asked["service"]:
            case "CARD.OPEN":
                self.live[fields["card_no"]] = asked["serial"]
                told = {"card_no": fields["card_no"], "acct_no": "8000000001", "cust_no": "C1", "secret": "x"}
            case "CARD.REPLACE" | "CARD.REISSUE":
                self.live.pop(fields["card_no"], None)
                self.live[fields["new_card_no"]] = asked["serial"]
                told = {"card_no": fields["card_no"], "new_card_no": fields["new_card_no"], "acct_no": "8000000001"}
            case "TXN.REVERSE":
                self.live = {
                    card: serial for card, serial in self.live.items() if serial != fields["orig_channel_serial"]
                }
                told = {"result_state": "success"}
            case "CARD.BLOCK":
                self.blocked.add(fields["card_no"])
                told = {}
            case _:
                told = {"pin_error_left": 3, "card_state": "normal", "secret": "x"}
        return _said("ok", "0000", **told, core_serial=f"core-{len(self.results)}")

    def _inquire(self, asked: dict[str, Any]) -> dict[str, Any]:
        serial = asked["fields"]["orig_channel_serial"]
        known = {attempt: answer for (each, attempt), answer in self.results.items() if each == serial}
        good = next((answer for answer in known.values() if answer["resp_code"] == "0000"), None)
        if asked["fields"].get("fence") and good is None:
            self.closed[serial] = max([asked["attempt"], *known])
        attempts = [
            {"attempt": number, "resp_code": answer["resp_code"], "not_executed": "not_executed" in answer["fields"]}
            for number, answer in known.items()
        ]
        about = {"attempts": attempts, "closed_attempts": self.closed.get(serial, 0)}
        if good is not None:
            return _said("ok", "0000", **good["fields"], result_state="success", final=True, **about)
        if known:
            last = known[max(known)]
            why = {"resp_code": last["resp_code"], "not_executed": "not_executed" in last["fields"]}
            return _said("ok", "0000", result_state="failed", final=True, **why, **about)
        return _said("ok", "0000", result_state="not_found", final=serial in self.closed, **about)

    async def audit(self, request: web.Request) -> web.Response:
        live, self.live_at_first = {**self.live, **self.live_at_first}, {}
        accounts = [
            {"entity": ENTITY, "card_no": card, "state": "live", "serial": serial} for card, serial in live.items()
        ]
        return web.json_response({"accounts": accounts, "blocked": [{"card_no": each} for each in self.blocked]})


def _said(resp_class: str, code: str, **fields: object) -> dict[str, Any]:
    if fields.get("not_executed") is False:
        del fields["not_executed"]
    return {"resp_class": resp_class, "resp_code": code, "resp_msg": "", "fields": fields}


@pytest.fixture
async def core() -> AsyncIterator[FakeCore]:
    fake = FakeCore()
    app = web.Application()
    app.router.add_post("/txn", fake.txn)
    app.router.add_post("/check", fake.check)
    app.router.add_post("/sms", fake.sms)
    app.router.add_get("/audit", fake.audit)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


@pytest.fixture(scope="session")
def suite() -> Suite:
    return choose_suite(allow_pure=True, log=lambda event, **fields: None)


@pytest.fixture(scope="session")
def parties(tmp_path_factory: pytest.TempPathFactory, suite: Suite) -> Path:
    """A folder with the CA's work: ``central``, ``kit-1``, ``kit-2`` (known), ``kit-3`` (not registered); operators."""
    folder = tmp_path_factory.mktemp("parties")
    means = CaMeans(suite, PASSWORD, datetime.now(UTC), os.urandom)
    authority = Authority(folder / "ca", means)
    authority.init(ENTITY)
    authority.issue_service("central", folder / "central", hosts=["127.0.0.1"], password=PASSWORD)
    for kit, register in (("kit-1", folder / "central"), ("kit-2", folder / "central"), ("kit-3", None)):
        authority.issue_kit(kit, ENTITY, folder / kit, service="central", password=PASSWORD, register=register)
    authority.issue_seal("bank-1", "Bank TEST ONLY", SEAL_PICTURE, folder / "seals" / ENTITY, password=PASSWORD)
    for person in ("ann", "bob", "cid"):
        authority.issue_operator(person, folder / person, password=PASSWORD)
    password = folder / "password"
    password.write_bytes(PASSWORD)
    password.chmod(0o600)
    return folder


@pytest.fixture
def config(parties: Path, tmp_path: Path, core: FakeCore) -> Config:
    return Config(
        entities=(ENTITY,),
        database=tmp_path / "central.db",
        party=parties / "central",
        password_file=parties / "password",
        core=Core(core.url, timeout_s=5.0),
        seals=Seals(str(parties / "seals"), str(parties / "password")),
        intake=Intake(answer_wait_s=10.0),
        processing=Processing(workers=4, stop_s=5.0),
    )


def c3_part(fields: Mapping[str, Any]) -> bytes:
    """Return the body of a C3 envelope as central sees it: names, and bytes that it cannot open."""
    opaque = hashlib.sha256(msgspec.json.encode(fields)).digest()
    return messages.encode(C3Part(tuple(sorted(fields)), b"TEST ONLY sealed " + opaque))


@dataclass(frozen=True)
class Kit:
    """The kit's side, in few lines: seals, posts over TLS, opens the reply."""

    party: Party
    url: str
    session: aiohttp.ClientSession
    clock: Clock
    ids: Callable[[], str]
    chain: Chained

    def sealed(self, business: str, body: bytes, envelope: str = "", **changed: Any) -> bytes:
        assert self.party.peer is not None
        envelope = envelope or self.ids()
        sequence, previous = self.chain.place(envelope, business, body)
        context = Context(
            version=2,
            entity=self.party.entity,
            kit=self.party.name,
            envelope=envelope,
            sequence=sequence,
            business=business,
            catalogue=1,
            key=self.party.peer.key_id,
            recipient=self.party.peer.name,
            not_after=int(self.clock.now().timestamp()) + 3600,
            previous=previous,
        )
        context = msgspec.structs.replace(context, **changed)
        return seal(
            body,
            context,
            sender=self.party.sign,
            recipient=self.party.peer,
            random_bytes=os.urandom,
            now=self.clock.now(),
        )

    async def post(self, envelope: bytes, c3: bytes = b"") -> tuple[int, bytes]:
        return await self.post_raw(msgspec.msgpack.encode(Posted(envelope, c3)))

    async def post_raw(self, body: bytes, **more: Any) -> tuple[int, bytes]:
        async with self.session.post(f"{self.url}/v1/envelopes", data=body, **more) as response:
            return response.status, await response.read()

    def opened(self, raw: bytes) -> Reply:
        found = open_envelope(raw, own=[self.party.encrypt], trust=self.party.trust, now=self.clock.now())
        return messages.decode(found.payload, Reply)

    async def ask(self, business: str, body: msgspec.Struct, c3: Mapping[str, Any] | None = None) -> Reply:
        envelope = self.ids()
        self.chain.place(envelope, business, messages.encode(body))
        part = b"" if c3 is None else self.sealed(business + C3_SUFFIX, c3_part(c3), envelope)
        status, raw = await self.post(self.sealed(business, messages.encode(body), envelope), part)
        assert status == 200, raw
        return self.opened(raw)


@dataclass(frozen=True)
class Central:
    """A running service and how to reach it."""

    config: Config
    url: str
    parties: Path
    suite: Suite
    clock: Clock
    log: Quiet
    ids: Callable[[], str]
    chains: dict[str, Chained]

    @asynccontextmanager
    async def kit(self, name: str = "kit-1", *, tls_of: str = "") -> AsyncIterator[Kit]:
        party = load_party(self.parties / name, self.suite, PASSWORD)
        tls = load_party(self.parties / tls_of, self.suite, PASSWORD).tls if tls_of else party.tls
        context = ssl.create_default_context(cafile=str(tls.trust))
        context.load_cert_chain(tls.cert, tls.key)
        connector = aiohttp.TCPConnector(ssl=context)
        async with aiohttp.ClientSession(connector=connector) as session:
            chain = self.chains.setdefault(party.name, Chained())
            yield Kit(party, self.url, session, self.clock, self.ids, chain)


StartCentral = Callable[..., Any]


@pytest.fixture
def start(
    config: Config, parties: Path, suite: Suite, clock: Clock, log: Quiet, ids: Uuid7, libssl3: None
) -> StartCentral:
    """Return a context manager that runs a central; `store_factory` and changed settings may be given."""
    chains: dict[str, Chained] = {}

    @asynccontextmanager
    async def running(
        store_factory: Any = Store, keys: KeySource | None = None, **changed: Any
    ) -> AsyncIterator[Central]:
        settings = msgspec.structs.replace(config, **changed)
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        stop = asyncio.Event()
        means = Means(clock.now, os.urandom, log)
        service = asyncio.create_task(
            run(settings, means, ready=ready.set_result, stop=stop, store_factory=store_factory, keys=keys)
        )
        await asyncio.wait([ready, service], return_when=asyncio.FIRST_COMPLETED)
        if service.done():
            await service
        try:
            yield Central(settings, ready.result(), parties, suite, clock, log, ids, chains)
        finally:
            stop.set()
            await service

    return running


@pytest.fixture
async def central(start: StartCentral) -> AsyncIterator[Central]:
    async with start() as running:
        yield running


@pytest.fixture
async def prepared(central: Central, tmp_path: Path) -> Central:
    """A central with the demo policy put and the demo slip checked out to kit-1."""
    return await _prepare(central)


@pytest.fixture
def prepare() -> Callable[[Central], Any]:
    """Return what puts the demo policy and slip into a running central."""
    return _prepare


@pytest.fixture
def audit() -> Callable[[Central], Any]:
    """Return a reader of central's books through its audit door."""

    async def read(central: Central) -> Books:
        return await asyncio.to_thread(read_books, central.config.database)

    return read


async def _prepare(central: Central) -> Central:
    second = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    await put_policy(second, POLICY, second.now())
    await second.check_out(ENTITY, "kit-1", slip())
    await second.stop()
    return central


def slip(batch: str = "B1", first: int = 1, numbers: tuple[str, ...] = CARDS[:2]) -> Slip:
    cards = tuple(SlipCard(f"{first + place:06d}", number) for place, number in enumerate(numbers))
    return Slip(batch, "DEMO", cards)


@pytest.fixture
def demo_slip() -> Slip:
    return slip()


@pytest.fixture
def opening(clock: Clock) -> Callable[..., Request]:
    """Return a maker of complete opening requests; everything is there or waived by policy version 1."""

    def make(serial: str = "S1", attempt: int = 1, card: int = 0, **changed: Any) -> Request:
        fields: dict[str, Any] = {
            "cert_type": "110001", "cert_no": ID_NUMBER, "name": "测试甲", "sex": "1", "nation": "01",
            "birth_date": "1949-12-31", "cert_addr": "某村", "cert_issuer": "某局", "cert_start": "2016-01-01",
            "cert_end": "长期", "phone": "13800000000", "occupation": "farmer", "home_addr": "某村",
            "open_purpose": "farming", "cdd_answers": [{"q": 1}], "tax_residency": "cn_only", "acct_class": "I",
            "card_product": "DEMO", "limit_day": "5000.00", "agent_flag": False, "elder_flag": False,
            "card_no": CARDS[card], "voucher_serial": f"{card + 1:06d}", "voucher_batch": "B1", "box_slot": "1",
        }  # fmt: skip
        entry = load_catalogue().entry(CARD_OPEN)
        waived = {
            name: waiver.id for waiver in POLICY.waivers if CARD_OPEN in waiver.business for name in waiver.covers
        }
        items = [
            EvidenceItem(name, How.WAIVED, waiver=f"{waived[name]}@1")
            if name in waived
            else EvidenceItem(name, How.CAPTURED, digest="00")
            for name in entry.needs
        ]
        values = {"evidence": tuple(items), "fields": fields, **changed}
        return Request(serial, attempt, clock.now().isoformat(), **values)

    return make
