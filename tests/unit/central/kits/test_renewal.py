"""Renewal through the front door: the old key asks, both are good for a while, and then only the new one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from new_kit import NewKit

from padkit_central.ca import rotation
from padkit_central.ca.shelf import Means, Shelf
from padkit_central.config import Ca
from padkit_central.store import KitState, Store
from padkit_contract import messages
from padkit_contract.enrol import Papers, Requests
from padkit_contract.messages import KIT_PACK, RENEW, Outcome, Request
from padkit_contract.x509 import load_certificate

ENTITY, KIT = "demo", "kit-1"
PACK = Request("", 0, "", {})


@pytest.fixture
async def central(start: Any, parties: Any) -> AsyncIterator[Any]:
    ca = Ca(folder=str(parties / "ca"), password_file=str(parties / "password"), overlap_days=2)
    async with start(ca=ca) as running:
        yield running


def requests_of(central: Any, parties: Any, kit: str = KIT) -> Requests:
    from cryptography import x509

    serial = x509.load_pem_x509_certificate((parties / KIT / "tls.crt.pem").read_bytes()).serial_number
    return msgspec.structs.replace(NewKit(central.suite, "", ENTITY, kit).requests(), tls_serial=f"{serial:X}")


async def refusal(kit: Any) -> tuple[int, str]:
    status, raw = await kit.post(kit.sealed(KIT_PACK, messages.encode(PACK)))
    return status, msgspec.json.decode(raw)["error"]["code"] if status != 200 else ""


async def test_a_kit_issued_by_hand_renews_and_its_former_certificates_end_later(central, parties):
    requests = requests_of(central, parties)
    async with central.kit(KIT) as kit:
        reply = await kit.ask(RENEW, requests)
        assert reply.outcome is Outcome.OK
        papers = msgspec.convert(reply.fields["papers"], Papers)
        assert load_certificate(papers.sign).name == KIT
        again = await kit.ask(RENEW, requests)
        assert msgspec.convert(again.fields["papers"], Papers) == papers, "a lost answer is given again"
        assert (await kit.ask(KIT_PACK, PACK)).outcome is not Outcome.UNKNOWN
        central.clock.go(2 * 86_400 + 60)
        assert await refusal(kit) == (403, "identity.revoked")


async def test_what_the_requests_do_not_prove_is_refused_with_its_reason(central, parties):
    requests = requests_of(central, parties, "kit-2")
    async with central.kit(KIT) as kit:
        reply = await kit.ask(RENEW, requests)
        assert (reply.outcome, reply.code) == (Outcome.REFUSED, "request.name")
        reply = await kit.ask(RENEW, PACK)
        assert (reply.outcome, reply.code) == (Outcome.INVALID, "message.form")


async def test_without_a_ca_nobody_renews(start, parties):
    async with start() as central, central.kit(KIT) as kit:
        reply = await kit.ask(RENEW, requests_of(central, parties))
        assert (reply.outcome, reply.code) == (Outcome.REFUSED, "renew.off")


async def test_another_kits_tls_certificate_does_not_open_the_door(central, parties):
    async with central.kit(KIT) as kit:
        await kit.ask(RENEW, requests_of(central, parties))
    async with central.kit(KIT, tls_of="kit-2") as stranger:
        assert await refusal(stranger) == (403, "identity.mismatch")


async def test_a_revoked_kit_is_refused_at_its_next_contact_on_an_open_connection(central, parties):
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    async with central.kit(KIT) as kit:
        assert (await refusal(kit))[0] == 200
        await store.identities.set_state(ENTITY, KIT, KitState.REVOKED, "lost", "keeper")
        assert await refusal(kit) == (403, "identity.revoked")
        async with kit.session.get(f"{kit.url}/v1/alive") as response:
            assert response.status == 403
    await store.stop()


async def test_a_record_for_the_old_service_key_is_opened_until_the_overlap_is_over(
    start, parties, suite, clock, config
):
    service = parties / "central"
    kept = {path.name: path.read_bytes() for path in service.glob("encrypt*")}
    password = (parties / "password").read_bytes()
    shelf = Shelf(parties / "ca", Means(suite, password, clock.now(), os.urandom))
    try:
        rotation.rotate(shelf, "central", service, password=password, overlap_days=1)
        async with start() as central, central.kit(KIT) as kit:
            assert (await refusal(kit))[0] == 200
            async with kit.session.get(f"{kit.url}/v1/key") as response:
                assert await response.text() == (service / "encrypt.crt.pem").read_text()
            central.clock.go(86_400 + 60)
            assert await refusal(kit) == (409, "key.superseded")
            assert "key.superseded" in [line["event"] for line in central.log.lines]
    finally:
        for path in service.glob("encrypt*"):
            path.unlink()
        for name, content in kept.items():
            (service / name).write_bytes(content)
            (service / name).chmod(0o600)
        (parties / "ca" / "services" / "central.crt.pem").write_bytes(kept["encrypt.crt.pem"])
