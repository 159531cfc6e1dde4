"""What is filed stays filed, and the receipt says what."""

from __future__ import annotations

from typing import Any

from padkit_contract import messages
from padkit_contract.crypto import sm3
from padkit_contract.messages import CASE, EVIDENCE, Case, EvidenceItem, EvidencePackage, How, Outcome


def package(*history: str, items: tuple[EvidenceItem, ...] = (), catalogue: str = "ACC-01") -> EvidencePackage:
    return EvidencePackage("f1", "S1", catalogue, items, history)


async def test_the_receipt_carries_the_digest_of_what_is_on_disk(prepared: Any, audit: Any) -> None:
    sent = package("2026-11-22T08:00:00Z CORE_OK")
    async with prepared.kit() as kit:
        reply = await kit.ask(EVIDENCE, sent)
        again = await kit.ask(EVIDENCE, sent)
    assert reply.fields == {"digest": sm3(messages.encode(sent)).hex()}
    assert again == reply
    books = await audit(prepared)
    assert books.core_ok == {("demo", "S1")}
    assert books.cases == ()


async def test_a_package_of_an_unknown_business_is_refused(prepared: Any) -> None:
    async with prepared.kit() as kit:
        reply = await kit.ask(EVIDENCE, package(catalogue="ACC-99"))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "business.unknown")


async def test_evidence_that_lacks_after_the_hand_over_becomes_a_case(prepared: Any, audit: Any) -> None:
    waived = tuple(
        EvidenceItem(name, How.WAIVED, waiver=f"{waiver}@1")
        for name, waiver in (("card_in_hand", "demo-in-hand"), ("voucher_seal", "demo-voucher"))
    )
    async with prepared.kit() as kit:
        await kit.ask(EVIDENCE, package("t CARD_TAKEN", items=waived))
        assert (await audit(prepared)).cases == ()
        assert (await kit.ask(EVIDENCE, package("t CARD_TAKEN"))).outcome is Outcome.OK
    (case,) = (await audit(prepared)).cases
    assert (case.reason, case.flow) == ("evidence.incomplete", "f1")


async def test_a_case_is_open_once(prepared: Any, audit: Any) -> None:
    case = Case("c1", "f1", "box.jam", "2026-11-22T08:00:00Z", "000001", "half out")
    async with prepared.kit() as kit:
        for _ in range(2):
            assert (await kit.ask(CASE, case)).outcome is Outcome.OK
    (opened,) = (await audit(prepared)).cases
    assert (opened.id, opened.kit, opened.reason, opened.voucher, opened.detail) == (
        "c1", "kit-1", "box.jam", "000001", "half out",
    )  # fmt: skip
