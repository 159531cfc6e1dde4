"""Who the kit is while it runs: renewed in time, and never talked into another key than central's newest."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from structlog.testing import LogCapture

from padkit_agent.core.clock import Clock
from padkit_agent.uplink.folder import KitFolder
from padkit_agent.uplink.keyring import Keyring
from padkit_central.ca.revocation import Revocations
from padkit_central.ca.rotation import rotate
from padkit_central.ca.shelf import Shelf
from padkit_contract import pem
from padkit_contract.contact import ContactReply
from padkit_contract.crypto import NativeSuite
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.messages import RENEW, Outcome, Reply
from padkit_contract.party import Party, load_party
from padkit_contract.x509 import Usage
from padkit_sdk.errors import Refused

from .test_folder import NOW, PASSWORD, Issuing


class FakeCourier:
    """Answers what is asked as central would."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Any]] = []

    async def ask(self, business: str, body: Any, *, timeout_s: float) -> Reply | None:
        self.asked.append((business, body))
        told: Reply | None = self.answer(body)
        return told


class Bench:
    """A keyring with its folder and its central."""

    def __init__(self, place: Path) -> None:
        self.issuing = Issuing(place, NativeSuite.load("libcrypto.so.3"))
        (place / "by-hand").rename(place / "kit")
        self.place = place
        self.folder = KitFolder(place / "kit", self.issuing.suite, PASSWORD)
        self.now = NOW
        self.adopted: list[Party] = []
        self.naps: list[float] = []
        self.courier = FakeCourier(self.renewed)
        self.log = LogCapture()
        log: Any = structlog.wrap_logger(None, processors=[self.log], wrapper_class=structlog.BoundLogger)
        courier: Any = self.courier
        clock = Clock(lambda: self.now.timestamp(), lambda: 0.0, self.nap)
        self.keyring = Keyring(
            self.folder, self.folder.load(), courier, clock, random_bytes=os.urandom, adopt=self.adopt, log=log
        )

    def renewed(self, requests: Any) -> Reply:
        return Reply(Outcome.OK, fields={"papers": msgspec.to_builtins(self.issuing.papers(requests, now=self.now))})

    async def adopt(self, party: Party) -> None:
        self.adopted.append(party)

    async def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        if len(self.naps) > 2:
            raise KeyboardInterrupt

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.place / "ca", replace(self.issuing.authority._means, now=self.now))

    def newest(self) -> str:
        return (self.place / "central" / "encrypt.crt.pem").read_text()

    def events(self) -> list[str]:
        return [str(entry["event"]) for entry in self.log.entries]

    def code(self) -> str:
        return str(self.log.entries[-1]["code"])


@pytest.fixture
def bench(tmp_path: Path, libssl3: None) -> Bench:
    return Bench(tmp_path)


async def test_certificates_are_renewed_when_less_than_a_third_of_their_life_is_left(bench):
    before = bench.keyring.party.sign.certificate
    assert not bench.keyring.due()
    bench.now = before.not_after - (before.not_after - before.not_before) / 3 + timedelta(minutes=1)
    assert bench.keyring.due()
    await bench.keyring.renew()
    ((business, requests),) = bench.courier.asked
    assert (business, bool(requests.tls_serial)) == (RENEW, True)
    assert bench.adopted == [bench.keyring.party]
    assert bench.keyring.party.sign.certificate != before
    assert bench.events() == ["identity.renewed"]


async def test_the_keyring_looks_by_itself_and_says_why_it_could_not(bench):
    bench.courier.answer = lambda requests: None
    bench.now += timedelta(days=300)
    with pytest.raises(KeyboardInterrupt):
        await bench.keyring.run()
    assert bench.events() == ["identity.not_renewed"] * 3
    first, *others = [requests for _, requests in bench.courier.asked]
    assert others == [first] * 2, "the same keys until an answer comes"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "renew.silent"),
        (Reply(Outcome.REFUSED, "request.name", "no"), "renew.refused"),
        (Reply(Outcome.OK), "papers.form"),
        (Reply(Outcome.OK, fields={"papers": {"sign": 1}}), "papers.form"),
    ],
)
async def test_without_a_good_answer_all_stays_as_it_was(bench, answer, reason):
    before = bench.keyring.party.sign.certificate
    bench.courier.answer = lambda requests: answer
    with pytest.raises(Refused) as refused:
        await bench.keyring.renew()
    assert refused.value.reason == reason
    assert (bench.folder.load().sign.certificate, bench.adopted) == (before, [])


async def test_centrals_newest_key_is_learned_and_used(bench):
    bench.now += timedelta(hours=1)
    rotate(bench.shelf, "central", bench.place / "central", password=PASSWORD, overlap_days=1)
    await bench.keyring.heard(ContactReply(0, 0, encrypt_certificate=bench.newest()))
    central = load_party(bench.place / "central", bench.issuing.suite, PASSWORD)
    assert bench.adopted[-1].peer.certificate == central.encrypt.certificate
    assert bench.folder.load().peer.certificate == central.encrypt.certificate
    await bench.keyring.heard(ContactReply(0, 0, encrypt_certificate=bench.newest()))
    assert bench.events() == ["identity.learned"]


async def test_no_other_certificate_takes_the_place_of_centrals_key(bench):
    old = bench.newest()
    bench.now += timedelta(hours=1)
    rotate(bench.shelf, "central", bench.place / "central", password=PASSWORD, overlap_days=1)
    await bench.keyring.learn(bench.newest())
    held = bench.keyring.party.peer.certificate
    bench.issuing.authority.issue_service("other", bench.place / "other", hosts=["x"], password=PASSWORD)
    for text, reason in (
        (old, "peer.older"),
        ((bench.place / "other" / "encrypt.crt.pem").read_text(), "peer.name"),
        ((bench.place / "kit" / "encrypt.crt.pem").read_text(), "peer.name"),
        ("nonsense", "pem.blocks"),
    ):
        await bench.keyring.learn(text)
        assert bench.code() == reason
        assert bench.keyring.party.peer.certificate == held


async def test_a_revoked_command_key_is_refused_after_the_next_contact(bench):
    command = load_party(bench.place / "central", bench.issuing.suite, PASSWORD).command.certificate
    assert bench.keyring.party.trust.check(command, Usage.SIGNATURE, bench.now)
    revocations = Revocations(bench.shelf)
    older = lists_of(revocations)
    revocations.revoke_file(bench.place / "central" / "command.crt.pem", "key lost")
    await bench.keyring.heard(ContactReply(0, 0, revocation_lists=lists_of(revocations)))
    for _ in range(2):
        with pytest.raises(EnvelopeRefused) as refused:
            bench.keyring.party.trust.check(command, Usage.SIGNATURE, bench.now)
        assert refused.value.reason == "certificate.revoked"
        await bench.keyring.heard(ContactReply(0, 0, revocation_lists=older))
    assert bench.events() == ["identity.learned"]


def lists_of(revocations: Revocations) -> str:
    return "".join(pem.write(pem.REVOCATION_LIST, raw) for raw in revocations.make_lists(400))
