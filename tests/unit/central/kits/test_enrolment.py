"""The enrolment door: certificates for who knows the code, one answer for everybody else, the true reason in the log."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from new_kit import NewKit

from padkit_central.config import Ca, Enrol
from padkit_central.kits import make_code
from padkit_central.store import KitState, Store, read_books
from padkit_contract.enrol import MAX_REQUEST, Papers, Requests
from padkit_contract.errors import Invalid
from padkit_contract.issue import Name, make_request
from padkit_contract.x509 import load_certificate

ENTITY, KIT = "demo", "kit-9"


@pytest.fixture
async def central(start: Any, parties: Any) -> AsyncIterator[Any]:
    ca = Ca(folder=str(parties / "ca"), password_file=str(parties / "password"))
    async with start(ca=ca, enrol=Enrol(host="127.0.0.1", per_minute=600)) as running:
        yield running


@pytest.fixture
async def beside(central: Any) -> AsyncIterator[Store]:
    """The store as a command beside the service opens it."""
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    yield store
    await store.stop()


@pytest.fixture
def kit(central: Any) -> NewKit:
    url = next(line["url"] for line in central.log.lines if line["event"] == "enrol.ready")
    return NewKit(central.suite, str(url))


@pytest.fixture
def new_code(central: Any, beside: Store) -> Any:
    async def make(kit: str = KIT, hours: float = 24.0) -> str:
        return await make_code(
            beside.identities, ENTITY, kit, made_by="keeper", hours=hours, code_id=central.ids(),
            now=central.clock.now(), random_bytes=os.urandom,
        )  # fmt: skip

    return make


async def refused(central: Any, kit: NewKit, body: bytes) -> str:
    """Post what is refused; return the true reason."""
    status, raw = await kit.post(body)
    assert (status, msgspec.json.decode(raw)["error"]["code"]) == (403, "enrol.refused")
    assert b"no certificates; ask for a new code" in raw
    return str(central.log.reasons()[-1]).partition(":")[0]


def serial(papers: Papers) -> str:
    return f"{load_certificate(papers.sign).serial:x}"


async def test_who_knows_the_code_gets_certificates_for_its_own_keys(central, kit, new_code, beside):
    papers = await kit.enrol(await new_code())
    sign, encrypt = load_certificate(papers.sign), load_certificate(papers.encrypt)
    assert [sign.point, encrypt.point] == [key.public for key in kit.keys]
    assert (sign.entity, sign.name) == (ENTITY, KIT)
    assert papers.peer == (central.parties / "central" / "encrypt.crt.pem").read_text()
    (row,) = await beside.identities.register(ENTITY, KIT)
    assert row.enrolled_at
    known = (await beside.identities.known([(ENTITY, KIT)]))[ENTITY, KIT]
    assert len([it for it in known.certificates if it.good(central.clock.now().isoformat())]) == 3


async def test_a_lost_answer_is_given_again_to_the_same_request_for_some_minutes(central, kit, new_code):
    code = await new_code()
    requests = kit.requests()
    first = await kit.enrol(code, requests)
    assert await kit.enrol(code, requests) == first
    central.clock.go(601)
    assert await refused(central, kit, kit.sealed(code, requests)) == "code.late"


async def test_a_spent_code_with_other_keys_is_refused_and_raises_an_alarm(central, kit, new_code):
    code = await new_code()
    await kit.enrol(code)
    assert await refused(central, kit, kit.sealed(code)) == "code.spent"
    (case,) = read_books(central.config.database).cases
    assert (case.reason, case.kit) == ("enrol.code_reused", KIT)


async def test_the_sixth_try_is_refused_even_with_the_right_code(central, kit, new_code):
    code = await new_code()
    for _ in range(5):
        assert await refused(central, kit, kit.sealed("0" * 16)) == "enrol.mac"
    assert await refused(central, kit, kit.sealed(code)) == "code.tries"
    await kit.enrol(await new_code())


async def test_a_code_ends_with_its_time(central, kit, new_code):
    code = await new_code(hours=1)
    central.clock.go(3601)
    assert await refused(central, kit, kit.sealed(code)) == "code.expired"


async def test_a_new_code_replaces_the_old_one(central, kit, new_code):
    old = await new_code()
    central.clock.go(1)
    new = await new_code()
    assert await refused(central, kit, kit.sealed(old)) == "enrol.mac"
    await kit.enrol(new)


async def test_a_code_is_for_one_kit_of_one_bank(central, kit, new_code):
    code = await new_code()
    kit.kit = "kit-8"
    assert await refused(central, kit, kit.sealed(code)) == "code.unknown"
    kit.kit, kit.entity = KIT, "other"
    assert await refused(central, kit, kit.sealed(code)) == "entity.unknown"


async def test_what_the_requests_do_not_prove_is_not_certified(central, kit, new_code):
    code = await new_code()
    good = kit.requests()
    other = make_request(Name(ENTITY, "kit-8"), central.suite.generate())
    bent = good.sign[:-1] + bytes([good.sign[-1] ^ 1])
    for requests, reason in (
        (Requests(other, good.encrypt, good.tls), "request.name"),
        (Requests(bent, good.encrypt, good.tls), "request.signature"),
        (Requests(good.sign, good.sign, good.tls), "request.keys"),
        (Requests(good.sign, good.encrypt, good.sign), "request.tls"),
        (Requests(b"", b"", b""), "request.form"),
    ):
        assert await refused(central, kit, kit.sealed(code, requests)) == reason
    await kit.enrol(code)  # no try was spent: who asked knew the code


async def test_what_is_no_request_is_refused(central, kit, new_code):
    code = await new_code()
    for body, reason in (
        (b"", "enrol.form"),
        (b"not json", "enrol.form"),
        (b"{}", "enrol.form"),
        (b"[" * 9000, "enrol.form"),
        (msgspec.json.encode({"body": b"{}", "mac": b""}), "enrol.form"),
        (kit.sealed(code, version=2), "enrol.version"),
        (kit.sealed(code)[:-3], "enrol.form"),
    ):
        assert await refused(central, kit, body) == reason
    await refused(central, kit, b" " * (MAX_REQUEST + 1))
    await refused(central, kit, b" " * (4 << 20))
    await kit.enrol(code)


async def test_no_other_route_is_there(central, kit):
    for path in ("/v1/alive", "/v1/envelopes", "/"):
        kit_url, kit.url = kit.url, f"{kit.url}{path}#"
        assert (await kit.post(b""))[0] == 403
        kit.url = kit_url


async def test_too_many_at_once_are_asked_to_come_later(start, parties):
    ca = Ca(folder=str(parties / "ca"), password_file=str(parties / "password"))
    async with start(ca=ca, enrol=Enrol(host="127.0.0.1", per_minute=1)) as central:
        url = next(line["url"] for line in central.log.lines if line["event"] == "enrol.ready")
        kit = NewKit(central.suite, str(url))
        assert (await kit.post(b""))[0] == 403
        assert (await kit.post(b""))[0] == 503


async def test_enrolling_again_ends_what_the_kit_had(central, kit, new_code, beside):
    first = await kit.enrol(await new_code())
    central.clock.go(60)
    second = await kit.enrol(await new_code())
    certificates = (await beside.identities.known([(ENTITY, KIT)]))[ENTITY, KIT].certificates
    central.clock.go(1)
    at = central.clock.now().isoformat()
    assert {it.serial: it.good(at) for it in certificates if it.use.value == "sign"} == {
        serial(first): False,
        serial(second): True,
    }


async def test_a_suspended_kit_gets_neither_code_nor_certificates(central, kit, new_code, beside):
    code = await new_code()
    await beside.identities.set_state(ENTITY, KIT, KitState.SUSPENDED, "clone.hardware", "central")
    assert await refused(central, kit, kit.sealed(code)) == "identity.suspended"
    with pytest.raises(Invalid, match="two people clear it first"):
        await new_code()


async def test_a_kits_name_is_a_name(new_code):
    with pytest.raises(Invalid, match=r"kit\.name"):
        await new_code("../kit")
