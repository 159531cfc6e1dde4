"""From an operator's order to a kit that refuses: alone, and with 500 kits connected to the same central.

Signed order to the admin socket, durable rows, a sealed command over the kit's WebSocket, checked, written down and in force
at a real agent on a simulated kit. The clock stops when the agent's API has refused and a device has refused, too. Nobody
publishes such a figure; what stands beside it is the bare way to the agent and back.
"""

from __future__ import annotations

import asyncio
import base64
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks import ground, whole_agent
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.stats import median, quantile
from padkit_central.kits.papers import OrderPaper, sign_paper
from padkit_contract.commands import AnyOrder, Lock, Unlock
from padkit_contract.crypto import choose_suite
from padkit_contract.envelope import Identity
from padkit_contract.ids import Uuid7
from padkit_contract.keyfile import load_key, read_password
from padkit_contract.x509 import load_certificate
from padkit_sim.demo import files
from padkit_sim.demo.process import start
from padkit_sim.demo.world import ENTITY, KIT, World

ROUNDS = 60
CROWD = 499
GOAL_MS = 200
LOCKED = 423
OPERATOR = "alice"
WAIT_S = 20.0


def measure() -> Result:
    """Lock and unlock alone, then among many."""
    with ground.folder() as folder:
        return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> Result:
    async with whole_agent.standing(folder) as world:
        desk = await Desk.make(world)
        echo = [await desk.echo_ms() for _ in range(ROUNDS)]
        alone = [await desk.lock_ms() for _ in range(ROUNDS)]
        async with crowd(world):
            among = [await desk.lock_ms() for _ in range(ROUNDS)]
        await desk.close()
    peer = Peer("the agent asked whether it lives, over its unix socket", median(echo))
    return Result(
        {
            "alone_p50": Figure(median(alone), "ms", None, peer, alone),
            "alone_p99": Figure(quantile(alone, 0.99), "ms", Goal("<", GOAL_MS), None, alone),
            "among_500_p50": Figure(median(among), "ms", None, peer, among),
            "among_500_p99": Figure(quantile(among, 0.99), "ms", Goal("<", GOAL_MS), None, among),
        },
        (
            f"{ROUNDS} locks each; p99 of so few is their slowest",
            "from the moment the signed order leaves for the admin socket until API and a device have refused",
            f"{CROWD} further kits hold their WebSocket from a process of its own; all share two cores",
        ),
    )


class Desk:
    """An operator's desk, and an eye on the kit."""

    def __init__(self, world: World, operator: Identity) -> None:
        self._operator = operator
        self._ids = Uuid7(lambda: int(time.time() * 1000), os.urandom)
        self._admin = aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(world.folder / "admin.sock")))
        self._kit = aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(world.folder / files.SOCKET)))
        self._folder = world.folder

    @classmethod
    async def make(cls, world: World) -> Desk:
        """Give an operator keys."""
        await world.central_cli("ca", "operator", "ca", OPERATOR, "--out", OPERATOR)
        folder, suite = world.folder / OPERATOR, choose_suite(allow_pure=False, log=_quiet)
        key = load_key(folder / "sign.key.pem", read_password(world.folder / files.PASSWORD), suite)
        return cls(world, Identity(load_certificate((folder / "sign.crt.pem").read_text()), key))

    async def close(self) -> None:
        """Put everything down."""
        await self._admin.close()
        await self._kit.close()

    async def lock_ms(self) -> float:
        """Lock, see that all is refused, unlock again; return milliseconds from the order to the refusal."""
        paper = self._paper(Lock())
        begun_s = time.perf_counter()
        await self._order(paper)
        await self._until(LOCKED)
        async with self._kit.post("http://kit/v1/devices/box/self-test") as response:
            assert response.status == LOCKED, await response.text()
        taken_ms = (time.perf_counter() - begun_s) * 1000
        await self._order(self._paper(Unlock()))
        await self._until(200)
        await whole_agent.devices_ready(self._folder)
        return taken_ms

    async def echo_ms(self) -> float:
        """Ask the agent whether it lives."""
        begun_s = time.perf_counter()
        async with self._kit.get("http://kit/v1/alive") as response:
            await response.read()
        return (time.perf_counter() - begun_s) * 1000

    def _paper(self, order: AnyOrder) -> bytes:
        now = datetime.now(UTC)
        paper = OrderPaper(self._ids(), ENTITY, (KIT,), order, "a measurement", int(now.timestamp()))
        return sign_paper(paper, self._operator, now)

    async def _order(self, paper: bytes) -> None:
        body = {"paper": base64.b64encode(paper).decode()}
        async with self._admin.post("http://central/v1/orders", json=body) as response:
            assert response.status < 300, await response.text()

    async def _until(self, status: int) -> None:
        async with asyncio.timeout(WAIT_S):
            while True:
                async with self._kit.get("http://kit/v1/flows") as response:
                    await response.read()
                    if response.status == status:
                        return


@asynccontextmanager
async def crowd(world: World) -> AsyncIterator[None]:
    """Let many kits connect and stay connected."""
    folder = world.folder / "crowd"
    folder.mkdir(exist_ok=True)
    _issue(world.folder, folder)
    environment = {"PYTHONPATH": str(ground.ROOT)}
    words = (sys.executable, "-m", "benchmarks.crowd", world.central_url, str(folder))
    child = await start("crowd", words, world.folder, environment)
    try:
        yield
    finally:
        await child.stop()


def _issue(place: Path, folder: Path) -> None:
    """Write a TLS certificate and key for each kit of the crowd; TEST ONLY, like the CA that signs them."""
    issuer = x509.load_pem_x509_certificate((place / "ca" / "tls-ca.crt.pem").read_bytes())
    secret = (place / "ca" / "tls-ca.key.pem").read_bytes()
    signer = serialization.load_pem_private_key(secret, read_password(place / files.PASSWORD))
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    (folder / "tls-trust.pem").write_bytes((place / "ca" / "tls-ca.crt.pem").read_bytes())
    start_at = datetime.now(UTC) - timedelta(minutes=5)
    for number in range(CROWD):
        name, key = f"CROWD-{number:04}", ec.generate_private_key(ec.SECP256R1())
        owner = x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, ENTITY), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        )
        builder = x509.CertificateBuilder().subject_name(owner).issuer_name(issuer.subject).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start_at)
        leaf = builder.not_valid_after(start_at + timedelta(days=1)).sign(signer, hashes.SHA256())
        (folder / f"{name}.crt.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        (folder / f"{name}.key.pem").write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        )


def _quiet(event: str, /, **fields: str) -> None:
    """Log nothing."""
