"""Envelopes sealed and opened in a second, at 2 KB and 1 MB, the recipient's key parsed once; gmssl in the same run.

Ours is the whole thing: certificates, context, DER, every check on opening. gmssl does the primitives only.
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
from benchmarks.peers.openssl_speed import sm4_ctr_mb_per_s
from benchmarks.peers.raw_gmssl import RawGmssl
from benchmarks.stats import median
from padkit_contract.context import VERSION, Context
from padkit_contract.crypto import gcm_seal
from padkit_contract.crypto.suite import Suite
from padkit_contract.envelope import open_envelope, seal

KB, MB = 1024, 1 << 20
ROUNDS = {2 * KB: (15, 40), MB: (9, 2)}  # rounds, and envelopes of ours in each
GMSSL_ROUNDS = {2 * KB: 15, MB: 1}  # at 1 MB one takes longer than all else here
TIMES = {2 * KB: 25, MB: 500}
LABELS = {2 * KB: "2kb", MB: "1mb"}
LIFE_S = 3600
GCM_ROUNDS, GCM_EACH = 5, 40
GCM_SHARE = 0.85
GMSSL = "gmssl 3.2.2, SM2 + SM3 + SM4-CBC, primitives only"


@dataclass(slots=True)
class Rates:
    """Per second, of both forms."""

    ours_sealed: list[float] = field(default_factory=list)
    ours_opened: list[float] = field(default_factory=list)
    gmssl_sealed: list[float] = field(default_factory=list)
    gmssl_opened: list[float] = field(default_factory=list)

    def figures(self, size: int) -> dict[str, Figure]:
        return {
            f"sealed_{LABELS[size]}": _rate(self.ours_sealed, self.gmssl_sealed, TIMES[size]),
            f"opened_{LABELS[size]}": _rate(self.ours_opened, self.gmssl_opened, TIMES[size]),
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
    """Measure both sizes, then SM4-GCM alone."""
    with ground.folder() as folder:
        both = asyncio.run(parties.make(folder / "w"))
    road, gmssl = Road(both), _gmssl(both.suite)
    figures: dict[str, Figure] = {}
    for size in ROUNDS:
        figures |= _both(road, gmssl, os.urandom(size), size).figures(size)
    gcm, notes = _gcm()
    return Result(
        figures | gcm,
        (
            "goals are multiples of what gmssl did in this run; gmssl at 1 MB is measured, once, not reckoned from less",
            f"ours: {both.suite.name}; SM3 and SM4-GCM from the cryptography wheel",
            *notes,
        ),
    )


def _both(road: Road, gmssl: RawGmssl, payload: bytes, size: int) -> Rates:
    rates = Rates()
    rounds, each = ROUNDS[size]
    envelope = road.seal(payload)
    assert road.open(envelope) == payload
    for number in range(rounds):
        rates.ours_sealed.append(per_s(lambda: road.seal(payload), each))
        rates.ours_opened.append(per_s(lambda: road.open(envelope), each))
        if number < GMSSL_ROUNDS[size]:
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


def _rate(ours: list[float], gmssl: list[float], times: float) -> Figure:
    peer = Peer(GMSSL, median(gmssl))
    return Figure(median(ours), "1/s", Goal.times(">=", times, peer.value), peer, ours)


def _gcm() -> tuple[dict[str, Figure], tuple[str, ...]]:
    """SM4-GCM as the envelope calls it, in turn with `openssl speed`; both by processor time."""
    ours: list[float] = []
    openssl: list[float] = []
    key, nonce, data = os.urandom(16), os.urandom(12), os.urandom(MB)
    for _ in range(GCM_ROUNDS):
        speed = sm4_ctr_mb_per_s(MB)
        if speed is None:
            return {}, (
                "SM4-GCM against `openssl speed -evp sm4-ctr`: left out, no openssl command that knows sm4-ctr here",
            )
        openssl.append(speed)
        begun_s = time.process_time()
        for _ in range(GCM_EACH):
            gcm_seal(key, nonce, b"", data)
        ours.append(GCM_EACH * MB / 1e6 / (time.process_time() - begun_s))
    peer = Peer("openssl speed -evp sm4-ctr", median(openssl))
    return {"sm4_gcm_1mb": Figure(median(ours), "MB/s", Goal.times(">=", GCM_SHARE, peer.value), peer, ours)}, ()
