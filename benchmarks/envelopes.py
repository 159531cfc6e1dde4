"""Envelopes sealed and opened in a second, from 2 KB to 5 MB, the recipient's key parsed once; gmssl in the same run.

Ours is the whole thing: certificates, context, DER, every check on opening. gmssl does the primitives only. What the
envelope is made of (SM2, SM3, SM4-GCM) stands beside `openssl speed` of the same.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks import ground, parties
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.peers.openssl_speed import Speed
from benchmarks.peers.raw_gmssl import RawGmssl
from benchmarks.stats import median
from padkit_contract.context import VERSION, Context
from padkit_contract.crypto import gcm_seal, sm3
from padkit_contract.crypto.suite import Suite
from padkit_contract.envelope import open_envelope, seal

KB, MB = 1024, 1 << 20


@dataclass(frozen=True, slots=True)
class Size:
    """One size of message: rounds of ours, envelopes in each round, rounds of gmssl, and the goal as a multiple of it."""

    label: str
    bytes: int
    rounds: int
    each: int
    gmssl_rounds: int
    times: float | None


SIZES = (
    Size("2kb", 2 * KB, 15, 40, 15, 25),
    Size("100kb", 100 * KB, 9, 10, 2, None),
    Size("1mb", MB, 9, 2, 1, 500),
    Size("5mb", 5 * MB, 5, 1, 1, None),  # gmssl takes minutes for its one
)
LIFE_S = 3600
PRIMITIVE_ROUNDS, MB_EACH, SM2_EACH = 5, 40, 300
GCM_SHARE = 0.85
GMSSL = "gmssl 3.2.2, SM2 + SM3 + SM4-CBC, primitives only"


@dataclass(slots=True)
class Rates:
    """Per second, of both forms."""

    ours_sealed: list[float] = field(default_factory=list)
    ours_opened: list[float] = field(default_factory=list)
    gmssl_sealed: list[float] = field(default_factory=list)
    gmssl_opened: list[float] = field(default_factory=list)

    def figures(self, size: Size) -> dict[str, Figure]:
        return {
            f"sealed_{size.label}": _rate(self.ours_sealed, self.gmssl_sealed, size.times),
            f"opened_{size.label}": _rate(self.ours_opened, self.gmssl_opened, size.times),
        }


class Road:
    """Kit to central: seals and opens with what is parsed once."""

    def __init__(self, both: parties.Parties) -> None:
        assert both.kit.peer is not None
        self._kit, self._central, self._recipient = both.kit, both.central, both.kit.peer
        self._context = Context(
            version=VERSION,
            entity=both.kit.entity,
            kit=both.kit.name,
            envelope="019aa000-0000-7000-8000-000000000000",
            sequence=1,
            business="evidence.package",
            catalogue=1,
            key=self._recipient.key_id,
            recipient=self._recipient.name,
            not_after=int(time.time()) + LIFE_S,
        )

    def seal(self, payload: bytes) -> bytes:
        return seal(
            payload,
            self._context,
            sender=self._kit.sign,
            recipient=self._recipient,
            random_bytes=os.urandom,
            now=datetime.now(UTC),
        )

    def open(self, envelope: bytes) -> bytes:
        own = [self._central.encrypt]
        return open_envelope(envelope, own=own, trust=self._central.trust, now=datetime.now(UTC)).payload


def measure() -> Result:
    """Measure every size, then the primitives alone."""
    with ground.folder() as folder:
        both = asyncio.run(parties.make(folder / "w"))
    road, gmssl = Road(both), _gmssl(both.suite)
    figures: dict[str, Figure] = {}
    for size in SIZES:
        figures |= _both(road, gmssl, size).figures(size)
    primitives, notes = _primitives(both.suite)
    return Result(
        figures | primitives,
        (
            "goals are multiples of what gmssl did in this run; gmssl is measured at every size, not reckoned from less",
            f"ours: {both.suite.name}; SM3 and SM4-GCM from the cryptography wheel",
            *notes,
        ),
    )


def _both(road: Road, gmssl: RawGmssl, size: Size) -> Rates:
    rates = Rates()
    payload = os.urandom(size.bytes)
    envelope = road.seal(payload)
    assert road.open(envelope) == payload
    for number in range(size.rounds):
        rates.ours_sealed.append(per_s(lambda: road.seal(payload), size.each))
        rates.ours_opened.append(per_s(lambda: road.open(envelope), size.each))
        if number < size.gmssl_rounds:
            _once(gmssl, payload, rates)
    return rates


def _once(gmssl: RawGmssl, payload: bytes, rates: Rates) -> None:
    """Let gmssl seal and open one."""
    begun_s = time.perf_counter()
    sealed = gmssl.seal(payload)
    sealed_s = time.perf_counter()
    opened = gmssl.open(*sealed)
    rates.gmssl_sealed.append(1 / (sealed_s - begun_s))
    rates.gmssl_opened.append(1 / (time.perf_counter() - sealed_s))
    assert opened == payload


def per_s(work: Callable[[], object], times: int) -> float:
    """Return how often a second `work` is done."""
    begun_s = time.perf_counter()
    for _ in range(times):
        work()
    return times / (time.perf_counter() - begun_s)


def _gmssl(suite: Suite) -> RawGmssl:
    while RawGmssl.spoils((key := suite.generate()).public):
        pass
    return RawGmssl(key.scalar(), key.public)


def _rate(ours: list[float], gmssl: list[float], times: float | None) -> Figure:
    peer = Peer(GMSSL, median(gmssl))
    return Figure(median(ours), "1/s", Goal.times(">=", times, peer.value) if times else None, peer, ours)


def _primitives(suite: Suite) -> tuple[dict[str, Figure], tuple[str, ...]]:
    """SM4-GCM, SM3 and SM2 as the envelope calls them, in turn with `openssl speed`; all by processor time."""
    speed = Speed.find()
    if speed is None:
        return {}, ("the primitives against `openssl speed`: left out, no openssl command that knows SM4 here",)
    key, nonce, data, secret = os.urandom(16), os.urandom(12), os.urandom(MB), suite.generate()
    public, signature = suite.load_public(secret.public), secret.sign(data[:32])
    work: dict[str, Callable[[], object]] = {
        "sm4_gcm_1mb": lambda: gcm_seal(key, nonce, b"", data),
        "sm3_1mb": lambda: sm3(data),
        "sm2_sign": lambda: secret.sign(data[:32]),
        "sm2_verify": lambda: public.verify(signature, data[:32]),
    }
    ours: dict[str, list[float]] = {name: [] for name in work}
    theirs: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(PRIMITIVE_ROUNDS):
        sm2 = speed.sm2_per_s()
        theirs["sm4_gcm_1mb"].append(speed.mb_per_s("sm4-ctr", MB))
        theirs["sm3_1mb"].append(speed.mb_per_s("sm3", MB))
        theirs["sm2_sign"].append(sm2[0])
        theirs["sm2_verify"].append(sm2[1])
        for name, do in work.items():
            ours[name].append(
                _by_processor(do, SM2_EACH) if name.startswith("sm2") else _by_processor(do, MB_EACH) * MB / 1e6
            )
    return {name: _beside_openssl(name, ours[name], theirs[name]) for name in work}, ()


def _beside_openssl(name: str, ours: list[float], theirs: list[float]) -> Figure:
    spoken = {"sm4_gcm_1mb": "-evp sm4-ctr", "sm3_1mb": "-evp sm3", "sm2_sign": "sm2", "sm2_verify": "sm2"}[name]
    peer = Peer(f"openssl speed {spoken}", median(theirs))
    goal = Goal.times(">=", GCM_SHARE, peer.value) if name == "sm4_gcm_1mb" else None
    return Figure(median(ours), "1/s" if name.startswith("sm2") else "MB/s", goal, peer, ours)


def _by_processor(work: Callable[[], object], times: int) -> float:
    """Return how often a second of processor time `work` is done."""
    begun_s = time.process_time()
    for _ in range(times):
        work()
    return times / (time.process_time() - begun_s)
