"""Any function of the catalogue: checked by its entry, made once, sent to the core by its entry's service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from padkit_central.business import put_policy
from padkit_central.business.policies import PolicyDraft
from padkit_central.store import Store
from padkit_contract.catalogue import load_catalogue
from padkit_contract.messages import (
    AUTHORISER,
    CARD_OPEN,
    INQUIRY,
    EvidenceItem,
    How,
    Outcome,
    Reply,
    Request,
    Waiver,
)

CARD = "6219990000000000093"
PIN_CHANGE, GREY_LIST, JOURNAL, REAUTHENTICATED = "ACC-08", "ACC-17", "PUB-05", "ACC-21"
PINS = {"pin_block": "00" * 16, "new_pin_block": "11" * 16}
CATALOGUE = load_catalogue()
WAIVER = Waiver("state", (PIN_CHANGE,), ("card_state",), "TEST ONLY", "test", "2099-12-31")


@pytest.fixture
async def prepared(central: Any) -> Any:
    """A central whose policy waives the one check that only the bank's own systems answer."""
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    await put_policy(store, PolicyDraft("demo", {}, (WAIVER,)), store.now())
    await store.stop()
    return central


def asked(kit: Any, business: str, fields: Mapping[str, Any], *, attempt: int = 1, without: str = "") -> Request:
    """Return a request with all evidence and checks of its entry captured, but not `without`."""
    entry = CATALOGUE.entry(business)
    items = {name: EvidenceItem(name, How.CAPTURED, digest="00") for name in entry.needs if name != without}
    if "card_state" in items:
        items["card_state"] = EvidenceItem("card_state", How.WAIVED, waiver="state@1")
    checks = tuple(items.pop(name) for name in entry.checks if name in items)
    return Request("S1", attempt, kit.clock.now().isoformat(), dict(fields), tuple(items.values()), checks)


def change(kit: Any, *, attempt: int = 1, without: str = "") -> Request:
    return asked(kit, PIN_CHANGE, {"card_no": CARD, "pin_key_id": "K1"}, attempt=attempt, without=without)


async def inquire(kit: Any, *, attempt: int = 1, fence: bool = False) -> Reply:
    fields = {"orig_channel_serial": "S1", "fence": fence}
    reply: Reply = await kit.ask(INQUIRY, Request("S1", attempt, kit.clock.now().isoformat(), fields))
    return reply


async def test_a_function_goes_to_the_core_by_its_entry(prepared: Any, core: Any) -> None:
    async with prepared.kit() as kit:
        reply = await kit.ask(PIN_CHANGE, change(kit), PINS)
        again = await kit.ask(PIN_CHANGE, change(kit), PINS)
    assert (reply.outcome, reply.fields.get("pin_error_left")) == (Outcome.OK, 3), reply
    assert not reply.fields.keys() & {"secret", "card_state"}  # the entry of a PIN change names neither
    assert again == reply
    (sent,) = core.calls("CARD.PIN.CHANGE")
    assert sent["fields"].keys() == {"card_no", "pin_key_id", "c3_sealed"}


async def test_what_an_entry_needs_is_there_or_nothing_is_sent(prepared: Any, core: Any) -> None:
    async with prepared.kit() as kit:
        for name in ("pin_verify", "sign_form", "card_state"):
            reply = await kit.ask(PIN_CHANGE, change(kit, without=name), PINS)
            assert (reply.outcome, reply.code) == (Outcome.INVALID, "evidence.missing"), name
            assert name in reply.message
        only_new = await kit.ask(PIN_CHANGE, change(kit), {"new_pin_block": "11" * 16})
        shown = await kit.ask(PIN_CHANGE, asked(kit, PIN_CHANGE, {"card_no": CARD, **PINS}), PINS)
        strange = await kit.ask(PIN_CHANGE, asked(kit, PIN_CHANGE, {"card_no": CARD, "limit_day": "1.00"}), PINS)
    assert [it.code for it in (only_new, shown, strange)] == ["field.missing", "field.c3", "field.unknown"]
    assert not core.calls("CARD.PIN.CHANGE")


async def test_a_lost_answer_of_a_function_is_inquired(prepared: Any, core: Any) -> None:
    async with prepared.kit() as kit:
        core.faults.append("drop_reply")
        assert (await kit.ask(PIN_CHANGE, change(kit), PINS)).outcome is Outcome.UNKNOWN
        found = await inquire(kit)
        repeated = await kit.ask(PIN_CHANGE, change(kit, attempt=2), PINS)
    assert (found.outcome, found.final, found.fields["pin_error_left"]) == (Outcome.OK, True, 3)
    assert "secret" not in found.fields
    assert (repeated.outcome, repeated.code) == (Outcome.INVALID, "serial.done")
    assert len(core.calls("CARD.PIN.CHANGE")) == 1


async def test_a_lost_request_of_a_function_is_fenced_before_the_next_attempt(prepared: Any, core: Any) -> None:
    async with prepared.kit() as kit:
        core.faults.append("drop_request")
        assert (await kit.ask(PIN_CHANGE, change(kit), PINS)).outcome is Outcome.UNKNOWN
        assert (await kit.ask(PIN_CHANGE, change(kit, attempt=2), PINS)).code == "attempt.open"
        closed = await inquire(kit, fence=True)
        done = await kit.ask(PIN_CHANGE, change(kit, attempt=2), PINS)
    assert (closed.outcome, closed.final) == (Outcome.NOT_FOUND, True)
    assert done.outcome is Outcome.OK


async def test_a_serial_belongs_to_one_function(prepared: Any) -> None:
    async with prepared.kit() as kit:
        await kit.ask(PIN_CHANGE, change(kit), PINS)
        other = await kit.ask(JOURNAL, asked(kit, JOURNAL, {}))
    assert (other.outcome, other.code) == (Outcome.INVALID, "serial.reused")


@pytest.mark.parametrize(("without", "code"), [(AUTHORISER, "evidence.missing"), ("", "ticket.none")])
async def test_what_must_be_authorised_is_not_sent_without_its_ticket(
    prepared: Any, core: Any, without: str, code: str
) -> None:
    fields = {"gray_action": "add", "gray_reason": "seen", "gray_expiry": "2099-12-31"}
    async with prepared.kit() as kit:
        reply = await kit.ask(GREY_LIST, asked(kit, GREY_LIST, fields, without=without))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, code)
    assert not core.calls("RISK.GRAY")


async def test_a_card_of_the_stock_leaves_it_only_as_its_books_can_follow(central: Any, core: Any) -> None:
    """A bank's own function through a service of which central does not know what it makes of the card."""
    own = {
        "id": "OWN-02", "key": "card_gift", "name": {"zh": "赠卡", "en": "Gift card"}, "risk": "R2",
        "authorisation": "none", "offline": "no", "inputs": [{"field": "card_no", "source": "device"}],
        "evidence": ["card_dispense"], "checks": ["kit_policy", "stock"], "devices": ["card.dispense"],
        "documents": [], "core": {"service": "CARD.GIFT", "request": ["card_no"], "response": []}, "accept": "-",
    }  # fmt: skip
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    await put_policy(store, PolicyDraft("demo", {}, (), (own,)), store.now())
    await store.stop()
    async with central.kit() as kit:
        asks = Request("S1", 1, kit.clock.now().isoformat(), {"card_no": CARD})
        reply = await kit.ask("OWN-02", asks)
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "business.stock")
    assert not core.calls("CARD.GIFT")


async def test_every_function_is_known_and_none_is_sent_empty(prepared: Any, core: Any) -> None:
    strange = []
    async with prepared.kit() as kit:
        for number, business in enumerate(sorted(CATALOGUE.functions)):
            request = Request(f"S{number}", 1, kit.clock.now().isoformat(), {})
            reply = await kit.ask(business, request, None)
            bare = not CATALOGUE.entry(business).required and not CATALOGUE.entry(business).evidence
            if reply.outcome is not Outcome.INVALID and not bare:
                strange.append((business, reply))
    assert not strange
    assert not core.calls(CATALOGUE.entry(CARD_OPEN).core.service)


def test_who_must_prove_himself_again_is_needed_by_the_entry() -> None:
    entry = CATALOGUE.entry(REAUTHENTICATED)
    assert "fp_manager" not in entry.evidence
    assert "fp_manager" in entry.needs


def test_a_service_names_its_entry() -> None:
    assert CATALOGUE.of_service("CARD.PIN.CHANGE").id == PIN_CHANGE
    assert len(CATALOGUE.functions) == 83
