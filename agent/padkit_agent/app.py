"""The composition root of the agent: builds every room, wires them, runs them until told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from padkit_agent import observe
from padkit_agent.api import ApiServer, Handlers, PageRoom, Practice
from padkit_agent.config import Settings
from padkit_agent.control import Control, Hands, Journal, People
from padkit_agent.core import standing
from padkit_agent.core.clock import Clock
from padkit_agent.core.gate import Gate
from padkit_agent.core.throttle import Moment
from padkit_agent.core.trusted_time import TrustedTime
from padkit_agent.devices import DeviceProfile, KitProfile
from padkit_agent.devices.cameras import CAMERAS, CameraScan
from padkit_agent.devices.clock import LoopClock
from padkit_agent.devices.discovery import WireScan
from padkit_agent.devices.libraries import VENDOR_LIBRARIES, LibraryScan
from padkit_agent.devices.room import DeviceRoom, Ground, open_room
from padkit_agent.devices.spawning import SpawnerLauncher
from padkit_agent.devices.uevents import kernel_hints
from padkit_agent.flows import DayEnd, Desk, Feed, Waiting, tell_devices
from padkit_agent.flows.feed import Progress
from padkit_agent.flows.inventory import device_words
from padkit_agent.flows.pack import Packs
from padkit_agent.flows.packing import Packer
from padkit_agent.flows.perform import Performer
from padkit_agent.flows.post import Post
from padkit_agent.flows.showing import Shower
from padkit_agent.flows.visits import Visits
from padkit_agent.plugins.finding import FoundPlugin, find_plugins
from padkit_agent.store import BoundVault, KitStore, StoreUnavailable, Vault, sole_owner
from padkit_agent.store.vault import Binding, binding_of
from padkit_agent.store.vault.wrapped import MAX_SHARES
from padkit_agent.store.writer import Writer
from padkit_agent.uplink import (
    Contacts,
    Courier,
    Keyring,
    KitFolder,
    Orders,
    Sealer,
    Secrecy,
    Timekeeper,
    Uploader,
    Wire,
    clock_of,
    reader,
)
from padkit_contract.contact import ContactReply, trait_mark
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.errors import ContractError
from padkit_contract.evidence import PackageSealer
from padkit_contract.ids import Uuid7
from padkit_contract.keyfile import read_password
from padkit_contract.messages import EVIDENCE
from padkit_contract.party import Party
from padkit_sdk.errors import Refused

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def real_clock() -> Clock:
    """Return the machine's clocks."""
    return Clock(time.time, time.monotonic, asyncio.sleep)


async def run(settings: Settings, *, writer: type[Writer] = Writer) -> None:
    """Run the agent until SIGTERM or SIGINT; prints one ``ready`` line on standard output.

    Raises `Refused` when keys, store or settings are not usable, or another agent works with them.
    """
    begun_s = time.monotonic()
    ring = observe.LogRing()
    observe.configure(settings.log_level, ring)
    with sole_owner(settings.store.path):
        await _run(settings, writer, ring, begun_s)


async def _run(settings: Settings, writer: type[Writer], ring: observe.LogRing, begun_s: float) -> None:
    trusted = TrustedTime(reader(_boot_id(), lambda: time.clock_gettime(time.CLOCK_BOOTTIME), time.time))
    clock = clock_of(trusted, real_clock())
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    launcher = SpawnerLauncher(_worker_environ(settings), LoopClock())
    gate = Gate()  # locked until the kit's record was read: workers start meanwhile, no device opens
    try:
        async with open_room(
            profile_of(settings), _plugins(settings.bundles), _ground(settings, launcher, gate)
        ) as room:
            agent = _Agent(settings, room, gate, clock, trusted, ring, writer, stop)
            parts = await agent.start()
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(part) for part in parts]
                _announce(begun_s)
                _settle()
                await stop.wait()
                for task in tasks:
                    task.cancel()
            await agent.close()
    finally:
        await launcher.close()


def _boot_id() -> str:
    """Return what tells this start of the machine from every other."""
    return BOOT_ID.read_text(encoding="ascii").strip()


def _plugins(bundles: Sequence[Path]) -> dict[str, FoundPlugin]:
    search = find_plugins(bundles)
    for label, refused in search.refused.items():
        observe.logger("plugins").error("plugin.refused", plugin=label, why=str(refused))
    return search.found


def _worker_environ(settings: Settings) -> dict[str, str]:
    """Our environment, in which the settings alone say where libraries of vendors are; a simulated kit may name cameras, too."""
    folder = settings.vendor_libraries
    rest = {name: value for name, value in os.environ.items() if name != VENDOR_LIBRARIES}
    named = {} if folder is None else {VENDOR_LIBRARIES: str(folder)}
    return {**rest, **named, CAMERAS: "\n".join(_cameras(settings))}


def _cameras(settings: Settings) -> tuple[str, ...]:
    return (*settings.cameras, *os.environ.get(CAMERAS, "").splitlines())


def _ground(settings: Settings, launcher: SpawnerLauncher, gate: Gate) -> Ground:
    return Ground(
        launcher=launcher,
        scan=CameraScan(
            _cameras(settings), LibraryScan(settings.vendor_libraries, WireScan.from_environment(os.environ))
        ),
        hints=kernel_hints,
        clock=LoopClock(),
        chance=random.SystemRandom(),
        log=observe.logger("devices"),
        gate=gate,
    )


def _announce(begun_s: float) -> None:
    sys.stdout.write(f'{{"event":"ready","seconds":{time.monotonic() - begun_s:.3f},"pid":{os.getpid()}}}\n')
    sys.stdout.flush()


def _settle() -> None:
    """What came up stays: the collector, off until now, need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def profile_of(settings: Settings) -> KitProfile:
    """Return the kit profile that the settings describe."""
    return KitProfile(
        tuple(
            DeviceProfile(it.name, it.plugin, it.model, it.serial, it.location, it.settings) for it in settings.device
        )
    )


class _Agent:
    """Everything above the devices."""

    def __init__(
        self,
        settings: Settings,
        room: DeviceRoom,
        gate: Gate,
        clock: Clock,
        trusted: TrustedTime,
        ring: observe.LogRing,
        writer: type[Writer],
        stop: asyncio.Event,
    ) -> None:
        self._settings, self._clock, self._trusted, self._stop = settings, clock, trusted, stop
        self._erase_at = ""
        log = observe.logger
        new_id = Uuid7(lambda: int(clock.now_s() * 1000), secrets.token_bytes)
        suite = _suite(settings)
        binding = binding_of(settings.keys, suite, os.environ, secrets.token_bytes)
        record = _first_record(settings, clock)
        self._vault = vault = _vault(settings, binding)
        self._store = _store(settings, vault, writer, record)
        folder, party = _party(settings, suite)
        self._wire = Wire(settings.central.url, party.tls)
        sealer = Sealer(party, clock.now_s, secrets.token_bytes)
        self._courier = Courier(
            self._store,
            sealer,
            self._wire,
            clock=clock,
            new_id=new_id,
            chance=random.SystemRandom(),
            timeout_s=settings.central.timeout_s,
            log=log("uplink"),
        )
        self._keyring = Keyring(
            folder, party, self._courier, clock, random_bytes=secrets.token_bytes, adopt=self._adopt, log=log("uplink")
        )
        self._courier.learn = self._keyring.learn
        self._keeper = Timekeeper(trusted, self._store, clock, log("uplink"))
        asking = Sealer(party, trusted.asking_s, secrets.token_bytes)
        self._contacts = Contacts(
            self._courier,
            self._store,
            self._keeper,
            asking,
            clock,
            version=version("padkit-agent"),
            marks=[trait_mark(party.name, it.kind, it.value) for it in binding.traits[:MAX_SHARES]],
            standing=lambda: gate.standing,
            devices=lambda: device_words(room.list()),
            heard=(self._heard, self._keyring.heard),
            chance=random.SystemRandom(),
            log=log("uplink"),
        )
        self._packs = Packs(self._store, self._courier, clock, log("flows"))
        secrecy = Secrecy(party, clock.now_s, secrets.token_bytes)
        self._post = Post(self._courier, secrecy, clock, new_id)
        evidence = PackageSealer(party, clock.now_s, secrets.token_bytes)
        self._sealers: tuple[Sealer | Secrecy | PackageSealer, ...] = (sealer, asking, secrecy, evidence)

        def holder() -> str:
            return self._packs.holder.name if self._packs.holder else ""

        made_by = version("padkit-agent")
        packer = Packer(*(self._store, evidence, clock, new_id), version=made_by, holder=holder, log=log("flows"))
        shower = Shower(
            *(self._store.files, evidence, self._wire, self._courier, clock, new_id),
            version=made_by, holder=holder, log=log("flows"),
        )  # fmt: skip
        self._uploader = Uploader(
            *(self._store, self._courier, self._wire, packer.pack),
            clock=clock, chance=random.SystemRandom(), timeout_s=settings.central.timeout_s, log=log("uplink"),
        )  # fmt: skip
        self._courier.answered = self._answered
        self._feed = feed = Feed(new_id())
        performer = Performer(
            room, self._courier, shower, lambda: evidence.party.trust, self._store.files, clock, secrets.token_bytes
        )
        performer.papers.kit = party.name
        self._desk = Desk(
            *(self._store, self._packs, performer, self._post, feed),
            clock=clock, new_id=new_id, log=log("flows"), gate=gate,
        )  # fmt: skip
        journal = Journal(self._store, new_id=new_id, now_s=clock.now_s)
        journal.policy = lambda: self._packs.version or 0
        hands = Hands(self._refresh, self._support_bundle, self._erase, self._tell, self._courier.wake)
        self._control = control = Control(
            *(journal, gate, hands),
            open_command=sealer.open_command, new_id=new_id, moment=self._moment, clock=clock, log=log("control"),
            doubtful=lambda: trusted.doubtful,
        )  # fmt: skip
        self._desk.on_end = control.wake
        self._waiting = waiting = Waiting(
            *(self._store, self._courier, self._uploader, self._desk, gate, feed),
            parameters=self._packs.parameters, store_bytes=settings.store.max_mb << 20,
            doubtful=lambda: trusted.doubtful, new_id=new_id, clock=clock, log=log("flows"),
        )  # fmt: skip
        self._desk.measure = waiting.look
        people = People(
            *(journal, party.entity, party.name, control.change, control.report),
            *(lambda: self._packs.holder, secrets.token_bytes, self._moment, log("control")),
        )
        self._orders = Orders(
            settings.central.url, party.tls, clock=clock, chance=random.SystemRandom(), log=log("uplink")
        )
        day_end = DayEnd(self._store, self._post, self._courier)
        page = PageRoom(
            *(gate, feed, lambda: self._packs.current.policy.parameters),
            now_mono_s=clock.mono_s, random_bytes=secrets.token_bytes, iso=clock.iso,
            practice=settings.page is not None and settings.page.practice,
        )  # fmt: skip
        self._practice = practice = Practice(log("api"))
        handlers = Handlers(
            *(self._desk, room, self._store, day_end, gate, people, page, performer.papers, waiting),
            practice=practice, visits=Visits(self._store),
            about=self._about, support=self._support_bundle, renew=self._keyring.renew, log=log("api"),
        )  # fmt: skip
        self._api = ApiServer(handlers, feed, settings.page)
        self._room, self._ring, self._suite, self._party, self._new_id = room, ring, suite, party, new_id

    async def start(self) -> tuple[Any, ...]:
        """Load what the store knows, open the API; return what must run."""
        await self._keeper.load()
        await self._control.load()  # from here on the gate is what the kit's record says
        await self._courier.hold_lost_c3()
        await self._packs.load()
        await _opened(self._api, self._settings.api.socket)
        return (
            self._courier.run(),
            self._uploader.run(),
            self._desk.run(),
            self._waiting.run(),
            tell_devices(self._room, self._feed, self._clock.iso),
            self._packs.keep_fresh(self._post.ledger),
            self._keeper.run(),
            self._contacts.run(),
            self._keyring.run(),
            self._control.run(),
            self._orders.run(self._control.take),
        )

    async def close(self) -> None:
        """Close what was opened."""
        await self._api.close()
        await self._practice.close()
        await self._wire.close()
        await self._keeper.save()
        self._store.close()
        if self._erase_at:
            self._vault.erase(at=self._erase_at)

    async def _support_bundle(self) -> bytes:
        from padkit_agent.support import Support  # late: seldom asked for
        from padkit_agent.uplink.support import SupportSealer

        clock = self._clock
        sealer = SupportSealer(self._party, clock.now_s, self._new_id, secrets.token_bytes)
        support = Support(
            self._settings,
            self._room,
            self._store,
            self._ring,
            sealer,
            suite=self._suite,
            about=self._about,
            iso=clock.iso,
        )
        return await support.sealed()

    def _answered(self, business: str) -> None:
        if business == EVIDENCE:
            self._uploader.wake()

    async def _refresh(self) -> bool:
        return await self._packs.refresh(self._post.ledger)

    async def _erase(self, at: str) -> None:
        """End, and destroy the keys when nothing runs any more that would ask for them; a restart in between goes on with it."""
        self._erase_at = at
        self._stop.set()

    async def _adopt(self, party: Party) -> None:
        """Use the kit's new certificates, or what it learned of central's, from the next message on."""
        self._party = party
        for sealer in self._sealers:
            sealer.party = party
        await self._wire.close()

    async def _heard(self, reply: ContactReply) -> None:
        await self._control.heard(reply.lease_s)

    def _tell(self, kind: str, note: str) -> None:
        self._feed.say(Progress(kind, "", "", "", self._clock.iso(), note=note))

    def _moment(self) -> Moment:
        reading = self._trusted.reading()
        return Moment(reading.boot, reading.boottime_s)

    def _about(self) -> dict[str, Any]:
        return {
            "kit": self._settings.kit.id,
            "entity": self._settings.kit.entity,
            "online": self._courier.online,
            "shut_out": self._courier.shut_out,
            "policy": self._packs.version,
            "standing": self._control.standing,
        }


def _first_record(settings: Settings, clock: Clock) -> bytes:
    """Return what a new store begins with: an open kit, or a locked one when only its store was taken away."""
    removed = settings.keys.data_key.exists() and not settings.store.path.exists()
    record = standing.lost(standing.Facts(clock.now_s())) if removed else standing.Record()
    return msgspec.json.encode(record)


def _log_crypto(event: str, /, **fields: str) -> object:
    return observe.logger("crypto").info(event, **fields)


def _log_vault(event: str, /, **fields: object) -> object:
    return observe.logger("store").warning(event, **fields)


def _store(settings: Settings, vault: Vault, writer: type[Writer], record: bytes) -> KitStore:
    store = settings.store
    try:
        return KitStore.open(store.path, vault, max_mb=store.max_mb, writer=writer, record=record)
    except StoreUnavailable as exc:
        raise Refused("store.unreadable", str(exc)) from exc


async def _opened(api: ApiServer, socket: Path) -> None:
    try:
        await api.open(socket)
    except OSError as exc:
        raise Refused("api.socket", f"socket {socket}: {exc}; give a path of at most 107 bytes that is ours") from exc


def _suite(settings: Settings) -> Suite:
    keys = settings.keys
    try:
        return choose_suite(allow_pure=keys.allow_pure, library=keys.libcrypto, log=_log_crypto)
    except ContractError as exc:
        raise Refused(exc.reason, f"keys of kit {settings.kit.id}: {exc}; see [keys] in the settings") from exc


def _vault(settings: Settings, binding: Binding) -> BoundVault:
    make = not settings.store.path.exists()
    return BoundVault.load(settings.keys.data_key, binding, secrets.token_bytes, make=make, log=_log_vault)


def _party(settings: Settings, suite: Suite) -> tuple[KitFolder, Party]:
    keys = settings.keys
    try:
        folder = KitFolder(keys.folder, suite, read_password(keys.password_file))
        party = folder.load()
    except ContractError as exc:
        raise Refused(exc.reason, f"keys of kit {settings.kit.id}: {exc}; see [keys] in the settings") from exc
    if (party.entity, party.name) != (settings.kit.entity, settings.kit.id):
        raise Refused(
            "kit.identity",
            f"settings say kit {settings.kit.id} of {settings.kit.entity}, the certificates {party.name} of {party.entity}; "
            "name the folder of this kit's keys",
        )
    return folder, party
