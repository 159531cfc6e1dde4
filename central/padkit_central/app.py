"""The composition root: builds the rooms, wires them, runs until told to stop. The only place with a real clock and chance."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import uvloop
from aiohttp import web

from padkit_central.api import enrol_context, make_admin, make_app, make_enrol_app, private_socket, server_context
from padkit_central.business import (
    Authorisations,
    Chains,
    Checking,
    Desk,
    Filing,
    Functions,
    Handler,
    Handlers,
    Intake,
    Ledger,
    Limits,
    Opener,
    Opening,
    Packages,
    PhoneCodes,
    Policies,
    SealOffice,
    Showing,
    Transactions,
    Vouchers,
)
from padkit_central.business.ports import Compute
from padkit_central.ca.kits import KitIssuer
from padkit_central.ca.shelf import Means as CaMeans
from padkit_central.config import Config
from padkit_central.gateway import CoreClient, Gateway
from padkit_central.kits import (
    Around,
    CommandRoom,
    Contacts,
    EscrowKeys,
    IdentityRoom,
    RiskWatch,
    command_room,
    identity_room,
    unsealed,
)
from padkit_central.observe import Log, carry_library_logs, start_log
from padkit_central.store import Store, StoreFailed
from padkit_contract import authorise, checks, contact, messages, phone, voucher
from padkit_contract.catalogue import Catalogue, load_catalogue
from padkit_contract.commands import COMMAND_ACK, SUPPORT
from padkit_contract.context import Context
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.eseal import FILE as SEAL
from padkit_contract.ids import Uuid7
from padkit_contract.keyfile import read_password
from padkit_contract.keys import FileKeys, KeySource
from padkit_contract.party import SIGN_CERTIFICATE, Party, load_identity, load_party
from padkit_contract.x509 import Usage

LASTING = 50_000  # objects made before the collector looks: what is in hand here lives for a while, and is much
BACKLOG = 4096
CHANCE_AT_ONCE = 512  # bytes

T = TypeVar("T")


class StoreFactory(Protocol):
    """Makes the store; a test may give one that ends the process at a commit of its choice."""

    def __call__(self, path: Path, *, ids: Callable[[], str], at: Callable[[], str]) -> Store: ...


@dataclass(frozen=True, slots=True)
class Means:
    """Clock, chance and voice of one process."""

    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    log: Log

    def at(self) -> str:
        """Return the moment as it is written into rows."""
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def ids(self) -> Callable[[], str]:
        """Return a maker of row ids. They are no secrets, so chance is fetched for many at a time."""
        return Uuid7(lambda: int(self.now().timestamp() * 1000), _in_stock(self.random_bytes))


def _in_stock(random_bytes: Callable[[int], bytes]) -> Callable[[int], bytes]:
    stock = b""

    def take(count: int) -> bytes:
        nonlocal stock
        if len(stock) < count:
            stock = random_bytes(max(count, CHANCE_AT_ONCE))
        taken, stock = stock[:count], stock[count:]
        return taken

    return take


def real_means() -> Means:
    """Return the operating system's clock and chance, and a log on the error stream."""

    def now() -> datetime:
        return datetime.fromtimestamp(time.time(), UTC)

    return Means(now, os.urandom, start_log(now))


def serve(config: Config, *, ready: Callable[[str], None], store_factory: StoreFactory = Store) -> None:
    """Run the service until SIGTERM or SIGINT; `ready` is told the URL once kits may come."""

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        gc.set_threshold(LASTING)
        means = real_means()
        carry_library_logs(means.log)
        await run(config, means, ready=ready, stop=stop, store_factory=store_factory)

    uvloop.run(main())


async def run(
    config: Config,
    means: Means,
    *,
    ready: Callable[[str], None],
    stop: asyncio.Event,
    store_factory: StoreFactory = Store,
    keys: KeySource | None = None,
) -> None:
    """Run the service until `stop` is set, then let what is in hand come to its end.

    `keys` gives the service's private keys in place of its folder's files.
    """
    suite = choose_suite(allow_pure=config.crypto.allow_pure, library=config.crypto.library, log=means.log.info)
    party = load_party(config.party, suite, read_password(config.password_file), keys=keys)
    async with AsyncExitStack() as stack:
        store = store_factory(config.database, ids=means.ids(), at=means.at)
        stack.push_async_callback(store.stop)
        gateway = await stack.enter_async_context(bank(config, store, means.log))
        ledger = Ledger(store, gateway, means.log)
        pool = stack.enter_context(ThreadPoolExecutor(len(os.sched_getaffinity(0)), "envelopes"))
        chains = Chains(store, means.log, gap_hours=config.chain.gap_hours)
        identity = await _identity(config, means, party, suite, store, _computing(pool))
        opening = Opening(party.kept, party.trust, identity.keys.check_signer)
        showing = Showing(store, opening, compute=_computing(pool), log=means.log)
        commands = _commands(config, means, party, store, identity, showing, _computing(pool))
        packages = Packages(store, opening, compute=_computing(pool), log=means.log)
        watch = _watch(config, means, suite, store, commands)
        vouchers = Vouchers(store, _seals(config, suite), now=means.now, compute=_computing(pool), log=means.log)
        desk = _desk(
            config, means, party, store, gateway, ledger, chains, packages, showing, vouchers, identity, commands,
            watch, _computing(pool),
        )  # fmt: skip
        await watch.act()
        await gateway.recover()
        await desk.take_up()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(desk.run(config.processing.workers)),
                group.create_task(_rounds(store, gateway, ledger, chains, showing, config.core.sweep_s, means)),
                group.create_task(commands.dispatcher.run(config.commands.sweep_s)),
                group.create_task(identity.revocations.run(asyncio.sleep)),
            ]
            intake = _intake(config, means, party, store, desk)
            async with (
                _door(config, means, party, intake, packages, identity, commands) as url,
                _enrol_door(config, means, party, identity),
                _admin_door(config, means, commands),
            ):
                means.log.info("central.ready", url=url, entities=",".join(config.entities))
                ready(url)
                await stop.wait()
            await _come_to_an_end(desk, config)
            for task in tasks:
                task.cancel()
    means.log.info("central.stopped", waiting=desk.waiting)


@asynccontextmanager
async def bank(config: Config, store: Store, log: Log) -> AsyncIterator[Gateway]:
    """Yield the way to the core; also for commands that run beside the service."""
    core = CoreClient(config.core.url, config.core.timeout_s)
    try:
        yield Gateway(store, core, log=log)
    finally:
        await core.close()


def _desk(
    config: Config,
    means: Means,
    party: Party,
    store: Store,
    gateway: Gateway,
    ledger: Ledger,
    chains: Chains,
    packages: Packages,
    showing: Showing,
    vouchers: Vouchers,
    identity: IdentityRoom,
    commands: CommandRoom,
    watch: RiskWatch,
    compute: Compute,
) -> Desk:
    catalogue = load_catalogue()
    policies = Policies(store, catalogue)
    functions = Functions(store, catalogue)
    authorisations = Authorisations(functions, store, means.log)
    transactions = Transactions(functions, store, policies, authorisations, gateway)
    filing = Filing(store, functions, policies, means.log, deadline_hours=config.evidence.deadline_hours)
    codes = PhoneCodes(store, gateway, now=means.now, random_bytes=means.random_bytes, log=means.log)
    named: Mapping[str, Handler] = {
        messages.REVERSAL: transactions.reverse,
        messages.INQUIRY: transactions.inquire,
        checks.CHECK: Checking(functions, store, gateway, means.log).check,
        phone.SEND: codes.send,
        phone.JUDGE: codes.judge,
        voucher.SEAL: vouchers.seal,
        messages.KIT_PACK: policies.pack,
        messages.CARD_RESERVE: ledger.reserve,
        messages.CARD_LEDGER: ledger.book,
        messages.EVIDENCE: filing.evidence,
        messages.EVIDENCE_SEALED: packages.sealed,
        messages.CASE: filing.case,
        authorise.AUTHORISE: authorisations.request,
        authorise.AUTH_STATE: authorisations.state,
        authorise.AUTH_WITHDRAW: authorisations.withdraw,
        authorise.AUTH_SHOW: showing.show,
        contact.CHAIN_VOID: chains.void,
        contact.CONTACT: _contacts(means, party, store, catalogue, identity, watch, compute).contact,
        messages.RENEW: identity.renewals.renew,
        COMMAND_ACK: commands.acknowledgements.acknowledge,
        SUPPORT: commands.acknowledgements.support,
    }
    handlers = Handlers(named, transactions.function)
    opener = Opener(
        party=party,
        peers=identity.keys,
        check_signer=identity.keys.check_signer,
        known=handlers,
        catalogue_version=catalogue.version,
        random_bytes=means.random_bytes,
        reply_valid_s=config.processing.reply_valid_s,
    )
    return Desk(store, opener, chains, handlers, now=means.now, compute=compute, pause=asyncio.sleep, log=means.log)


def _seals(config: Config, suite: Suite) -> Mapping[str, SealOffice]:
    """Read the seal of each entity that has one."""
    if not config.seals.folder:
        return {}
    password, offices = read_password(Path(config.seals.password_file)), {}
    for entity in config.entities:
        folder = Path(config.seals.folder) / entity
        if folder.is_dir():
            signer = load_identity(folder / SIGN_CERTIFICATE, Usage.SIGNATURE, FileKeys(folder, suite, password))
            offices[entity] = SealOffice((folder / SEAL).read_bytes(), signer)
    return offices


def _watch(config: Config, means: Means, suite: Suite, store: Store, commands: CommandRoom) -> RiskWatch:
    operators = {}
    if config.risk.operators:
        password = read_password(Path(config.risk.password_file))
        for entity in config.entities:
            folder = Path(config.risk.operators) / entity
            operators[entity] = load_identity(
                folder / SIGN_CERTIFICATE, Usage.SIGNATURE, FileKeys(folder, suite, password)
            )
    ordering = commands.governing.ordering
    return RiskWatch(store.risks, ordering, operators, now=means.now, ids=means.ids(), log=means.log)


def _contacts(
    means: Means,
    party: Party,
    store: Store,
    catalogue: Catalogue,
    identity: IdentityRoom,
    watch: RiskWatch,
    compute: Compute,
) -> Contacts:
    def seal(key: bytes) -> bytes:
        own = party.trust.check(party.encrypt.certificate, Usage.KEY_ENCIPHERMENT, means.now())
        return own.key.encrypt(key)

    keys = EscrowKeys(means.random_bytes, seal, lambda sealed: unsealed(sealed, party.kept))
    news = identity.news
    return Contacts(
        store, catalogue, keys, now=means.now, compute=compute, log=means.log,
        certificate=news.encrypt_certificate, revocation_lists=lambda: news.revocation_lists, judged=watch.hear,
    )  # fmt: skip


async def _identity(
    config: Config, means: Means, party: Party, suite: Suite, store: Store, compute: Compute
) -> IdentityRoom:
    issuer = None
    if config.ca.folder:
        password = read_password(Path(config.ca.password_file))
        ca_means = CaMeans(suite, password, means.now(), means.random_bytes)
        issuer = KitIssuer.load(Path(config.ca.folder), ca_means, config.ca.days)
    return await identity_room(config, store.identities, party, issuer, now=means.now, compute=compute, log=means.log)


def _commands(
    config: Config,
    means: Means,
    party: Party,
    store: Store,
    identity: IdentityRoom,
    showing: Showing,
    compute: Compute,
) -> CommandRoom:
    barred = identity.standings.barred
    around = Around(means.now, means.random_bytes, compute, asyncio.sleep, barred, showing, means.log)
    return command_room(config, store, party, identity.keys, load_catalogue(), around)


def _intake(config: Config, means: Means, party: Party, store: Store, desk: Desk) -> Intake:
    limits = Limits(config.intake.answer_wait_s, config.intake.max_waiting, config.intake.max_waiting_mib << 20)
    entities = frozenset(config.entities)

    def ours(context: Context) -> bool:
        """Tell whether an envelope for this service claims a key that it opens with just now."""
        own = party.own(means.now())
        return context.recipient != party.name or any(it.certificate.key_id == context.key for it in own)

    return Intake(store, desk, entities=entities, limits=limits, ids=means.ids(), at=means.at, log=means.log, ours=ours)


def _computing(pool: Executor) -> Compute:
    """SM2, SM3 and SM4 leave the interpreter to others while they work: envelopes are worked on by every core."""

    async def compute(work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    return compute


@asynccontextmanager
async def _door(
    config: Config,
    means: Means,
    party: Party,
    intake: Intake,
    packages: Packages,
    identity: IdentityRoom,
    commands: CommandRoom,
) -> AsyncIterator[str]:
    """Listen for kits; yield the URL. Raises OSError when the address cannot be had."""
    app = make_app(
        intake,
        packages,
        commands.dispatcher,
        identity.standings.check,
        identity.news.encrypt_certificate,
        body_timeout_s=config.intake.body_timeout_s,
        log=means.log,
    )
    async with _listening(app, config, config.listen.host, config.listen.port, server_context(party.tls)) as url:
        yield url


@asynccontextmanager
async def _enrol_door(config: Config, means: Means, party: Party, identity: IdentityRoom) -> AsyncIterator[None]:
    """Listen for kits that have no certificates yet, where they may enrol. Raises OSError when the address cannot be had."""
    if identity.enrolment is None:
        yield
        return
    enrol = config.enrol
    app = make_enrol_app(identity.enrolment, per_minute=enrol.per_minute, mono_s=time.monotonic, log=means.log)
    async with _listening(app, config, enrol.host, enrol.port, enrol_context(party.tls)) as url:
        means.log.info("enrol.ready", url=url)
        yield


@asynccontextmanager
async def _listening(
    app: web.Application, config: Config, host: str, port: int, context: ssl.SSLContext
) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=config.processing.stop_s)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=context, backlog=BACKLOG).start()
        host, port = runner.addresses[0][:2]
        yield f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _admin_door(config: Config, means: Means, commands: CommandRoom) -> AsyncIterator[None]:
    """Listen on the admin socket. Raises OSError when its place cannot be had."""
    runner = web.AppRunner(make_admin(commands.governing, commands.authorising, means.log), access_log=None)
    await runner.setup()
    try:
        async with private_socket(runner, config.admin_socket):
            yield
    finally:
        await runner.cleanup()


async def _rounds(
    store: Store, gateway: Gateway, ledger: Ledger, chains: Chains, showing: Showing, every_s: float, means: Means
) -> None:
    """Again and again: ask for what is unknown, block what is missing, name what never came."""
    while True:
        try:
            await gateway.sweep()
            await ledger.block_missing()
            await chains.sweep(means.now())
            await showing.forget(means.now())
            for it in await store.evidence.name_late():
                means.log.warning("evidence.late", entity=it.entity, kit=it.kit, flow=it.flow, due_at=it.due_at)
        except StoreFailed as exc:
            means.log.error("store.failed", why=str(exc))
        await asyncio.sleep(every_s)


async def _come_to_an_end(desk: Desk, config: Config) -> None:
    """Give envelopes in hand some time; what is left waits on disk for the next start."""
    if config.processing.workers:
        try:
            async with asyncio.timeout(config.processing.stop_s):
                await desk.idle()
        except TimeoutError:
            pass
