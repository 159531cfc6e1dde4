"""Who may come in: what the rows say at that moment, for every contact."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from padkit_central.kits.keys import KitKeys, moment
from padkit_central.kits.standings import Standings
from padkit_central.store import CertificateRow, EnrolCode, KeyUse, KitState, Store
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused, Invalid
from padkit_contract.party import load_party
from padkit_contract.peers import FOLDER, Peers
from padkit_contract.x509 import load_certificate

ENTITY, KIT = "demo", "kit-1"
KEY = (ENTITY, KIT)


@pytest.fixture
def keys(store: Store, parties: Any, suite: Any) -> KitKeys:
    trust = load_party(parties / "central", suite, (parties / "password").read_bytes()).trust
    return KitKeys(store.identities, Peers(parties / "central" / FOLDER, trust), trust)


@pytest.fixture
def standings(store: Store, keys: KitKeys, clock: Any, log: Any) -> Standings:
    return Standings(store.identities, keys, now=clock.now, log=log)


def row(use: KeyUse, serial: str, request: str, at: str, body: bytes = b"", **changed: str) -> CertificateRow:
    return CertificateRow(*KEY, serial, use, body, at, "2099", request=request, **changed)


@pytest.fixture
def certificate(parties: Any) -> Any:
    return lambda kit, file: load_certificate((parties / kit / f"{file}.crt.pem").read_text())


@pytest.fixture
async def enrolled(store: Store, clock: Any, certificate: Any) -> list[CertificateRow]:
    """Rows as if kit-1 had enrolled with the certificates of its folder."""
    at = moment(clock.now())
    sign, encrypt = certificate("kit-1", "sign"), certificate("kit-1", "encrypt")
    rows = [
        row(KeyUse.SIGN, f"{sign.serial:x}", "r1", at, sign.der),
        row(KeyUse.ENCRYPT, f"{encrypt.serial:x}", "r1", at, encrypt.der),
        row(KeyUse.TLS, "a1", "r1", at),
    ]
    code = EnrolCode(*KEY, "c1", b"key", "keeper", at, "2099")
    await store.identities.put_code(code)
    assert await store.identities.enrol(code, rows, 5)
    return rows


async def refusal(standings: Standings, serial: str) -> str:
    with pytest.raises(Invalid) as refused:
        await standings.check(ENTITY, KIT, serial)
    return refused.value.reason


async def test_a_kit_without_rows_comes_in_as_its_certificates_say(standings):
    await standings.check(ENTITY, KIT, "A1")
    await standings.check(ENTITY, "kit-of-nobody", "")


async def test_a_kit_with_rows_comes_with_its_own_tls_certificate_only(standings, enrolled):
    await standings.check(ENTITY, KIT, "00A1")
    for serial in ("A2", "", "nonsense"):
        assert await refusal(standings, serial) == "identity.revoked"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (KitState.SUSPENDED, "identity.suspended"),
        (KitState.REVOKED, "identity.revoked"),
        (KitState.WIPED, "identity.revoked"),
    ],
)
async def test_what_the_register_says_counts_at_the_next_contact(standings, store, enrolled, log, state, code):
    await standings.check(ENTITY, KIT, "A1")
    await store.identities.set_state(*KEY, state, "lost", "keeper")
    assert await refusal(standings, "A1") == code
    assert log.lines[-1]["why"] == f"the kit is {state.value}"
    assert await standings.barred([(*KEY, "A1"), (ENTITY, "kit-2", "B1")]) == {(*KEY, "A1"): code}
    await store.identities.set_state(*KEY, KitState.IN_USE, "cleared", "a and b")
    if state is not KitState.REVOKED:
        await standings.check(ENTITY, KIT, "A1")


async def test_renewed_certificates_end_with_the_overlap(standings, store, enrolled, clock):
    at = moment(clock.now())
    new = [row(use, f"b{number}", "r2", at) for number, use in enumerate(KeyUse)]
    clock.go(60)
    ends = moment(clock.now())
    clock.go(-30)
    assert await store.identities.renew(new, [], ends)
    for serial in ("A1", "B2"):
        await standings.check(ENTITY, KIT, serial)
    clock.go(60)
    await standings.check(ENTITY, KIT, "B2")
    assert await refusal(standings, "A1") == "identity.revoked"


async def test_contacts_at_one_time_share_a_look(standings, store, enrolled, monkeypatch):
    looks = []
    known = store.identities.known

    async def counted(kits: Any) -> Any:
        looks.append(len(kits))
        return await known(kits)

    monkeypatch.setattr(store.identities, "known", counted)
    await asyncio.gather(*(standings.check(ENTITY, f"kit-{number}", "A1") for number in range(1, 101)))
    assert sum(looks) == 100
    assert len(looks) <= 3


async def test_a_look_that_failed_is_made_again(standings, store, enrolled, monkeypatch):
    known = store.identities.known

    async def cancelled(kits: Any) -> Any:
        monkeypatch.setattr(store.identities, "known", known)
        raise asyncio.CancelledError

    monkeypatch.setattr(store.identities, "known", cancelled)
    ends = await asyncio.gather(*(standings.check(ENTITY, KIT, "A1") for _ in range(3)), return_exceptions=True)
    assert sorted(str(type(end).__name__) for end in ends) == ["CancelledError", "NoneType", "NoneType"]


async def test_a_kit_is_sealed_for_with_what_it_was_issued(standings, keys, enrolled, clock, certificate, store):
    await standings.check(ENTITY, KIT, "A1")
    assert keys.recipient(*KEY, clock.now()).certificate == certificate("kit-1", "encrypt")
    keys.check_signer(certificate("kit-1", "sign"), clock.now())
    with pytest.raises(EnvelopeRefused) as refused:
        keys.check_signer(certificate("kit-1", "encrypt"), clock.now())
    assert refused.value.reason == "certificate.withdrawn"
    await store.identities.set_state(*KEY, KitState.REVOKED, "lost", "keeper")
    await refusal(standings, "A1")
    clock.go(1)
    with pytest.raises(EnvelopeRefused) as refused:
        keys.recipient(*KEY, clock.now())
    assert refused.value.reason == "certificate.withdrawn"


async def test_a_renewing_kit_is_sealed_for_with_the_key_that_it_shows(
    standings, keys, enrolled, clock, certificate, store
):
    at, newer = moment(clock.now()), certificate("kit-2", "encrypt")  # stands in for another of kit-1
    clock.go(1)
    new = [row(KeyUse.ENCRYPT, f"{newer.serial:x}", "r2", at, newer.der), row(KeyUse.TLS, "b1", "r2", at)]
    assert await store.identities.renew(new, [], "2099")
    await standings.check(ENTITY, KIT, "A1")
    assert keys.recipient(*KEY, clock.now()).certificate == certificate("kit-1", "encrypt")
    await standings.check(ENTITY, KIT, "B1")
    assert keys.recipient(*KEY, clock.now()).certificate == newer
    again = KitKeys(store.identities, keys._files, keys._trust)
    await again.load()
    assert again.recipient(*KEY, clock.now()).certificate == certificate("kit-1", "encrypt"), "both open with this one"


async def test_kits_issued_by_hand_are_found_in_their_files(keys, enrolled, clock, certificate):
    await keys.load()
    assert keys.recipient(ENTITY, "kit-2", clock.now()).certificate == certificate("kit-2", "encrypt")
    assert list(keys.names(ENTITY)) == ["kit-1", "kit-2"]
    with pytest.raises(CryptoUnfit):
        keys.recipient(ENTITY, "kit-3", clock.now())
    keys.check_signer(certificate("kit-3", "sign"), clock.now())
